package catalogue

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"myevents/lib/persistence"
)

// MaxLimit is how many events a list has at most.
const MaxLimit = 1000

// ErrCursor means that a cursor is not one, or was made for another query.
var ErrCursor = errors.New("not a cursor of this query")

// Query says which events are wanted. The zero value means all.
type Query struct {
	// Text must occur in the event's name or its place's name, address or country, in any case.
	Text string
	// From and To are Unix seconds: the event goes on after From and begins before To. 0 means no bound.
	From, To int64
	// Country must be the place's, in any case.
	Country string
	// Location must be the place.
	Location persistence.ID
	// Limit is how many at most; 0 means MaxLimit.
	Limit int
	// After is the Next of the page before.
	After string
}

// List is an answer that is a JSON array. It never changes.
type List struct {
	// Body is the array, and ETag its strong entity tag.
	Body []byte
	ETag string
	// Next is the cursor of the next page, "" on the last.
	Next string
	// Events are what the array has.
	Events []*Entry

	compress   sync.Once
	compressed []byte
	until      int64 // when the first of them is over
}

// Gzip gives the compressed body.
func (l *List) Gzip() []byte {
	l.compress.Do(func() {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write(l.Body)
		if err := errors.Join(err, w.Close()); err != nil {
			panic(err) // a buffer takes everything
		}
		l.compressed = b.Bytes()
	})
	return l.compressed
}

func newList(parts [][]byte) *List {
	body := slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	sum := sha256.Sum256(body)
	return &List{Body: body, ETag: strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:12])), until: math.MaxInt64}
}

// List gives the events that are neither over nor cancelled, by their start. ErrCursor.
func (c *Catalogue) List(now int64, q Query) (*List, error) {
	s := c.current.Load()
	if q != (Query{}) {
		return s.filter(now, q)
	}
	if l := s.list.Load(); l != nil && now < l.until {
		return l, nil
	}
	l, err := s.filter(now, q)
	if err == nil {
		s.list.Store(l)
	}
	return l, err
}

func (s *snapshot) filter(now int64, q Query) (*List, error) {
	rest, err := s.after(q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit == 0 {
		limit = MaxLimit
	}
	q.Text = strings.ToLower(q.Text)
	var found []*Entry
	more := false
	for _, e := range rest {
		if q.To != 0 && e.StartDate >= q.To {
			break
		}
		if !e.listed(now) || !q.matches(e) {
			continue
		}
		if more = len(found) == limit; more {
			break
		}
		found = append(found, e)
	}
	return listOf(found, more, q), nil
}

func listOf(found []*Entry, more bool, q Query) *List {
	parts := make([][]byte, len(found))
	until := int64(math.MaxInt64)
	for i, e := range found {
		parts[i] = e.JSON
		until = min(until, e.EndDate)
	}
	l := newList(parts)
	l.Events, l.until = found, until
	if more {
		l.Next = q.cursor(found[len(found)-1])
	}
	return l
}

func (q Query) matches(e *Entry) bool {
	return strings.Contains(e.text, q.Text) && e.EndDate > q.From &&
		(q.Country == "" || strings.EqualFold(e.Location.Country, q.Country)) &&
		(q.Location.IsZero() || e.Location.ID == q.Location)
}

// A cursor is the start and the ID of the last event of a page, and a hash of the query's filter.
const cursorSize = 8 + 12 + 4

func (q Query) cursor(last *Entry) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(last.StartDate)) //nolint:gosec // read back by after
	b = append(b, last.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, q.hash()))
}

func (q Query) hash() uint32 {
	h := fnv.New32a()
	for _, part := range []string{
		strings.ToLower(q.Text), strconv.FormatInt(q.From, 10), strconv.FormatInt(q.To, 10),
		strings.ToLower(q.Country), q.Location.String(),
	} {
		_, _ = h.Write([]byte(part + "\x00")) // a hash takes everything
	}
	return h.Sum32()
}

// after gives the events that come after the cursor.
func (s *snapshot) after(q Query) ([]*Entry, error) {
	if q.After == "" {
		return s.byStart, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil || len(b) != cursorSize || binary.BigEndian.Uint32(b[20:]) != q.hash() {
		return nil, ErrCursor
	}
	last := &Entry{Event: persistence.Event{
		ID: persistence.ID(b[8:20]), StartDate: int64(binary.BigEndian.Uint64(b)), //nolint:gosec // written by cursor
	}}
	n, found := slices.BinarySearchFunc(s.byStart, last, byStart)
	if found {
		n++
	}
	return s.byStart[n:], nil
}

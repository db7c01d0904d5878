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
	"sync/atomic"

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
	// From and To are Unix seconds: the event starts at From or after it, and before To. 0 means no bound.
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
	// Body is the array, and ETag its strong entity tag; GzipETag is that of the compressed one, which is not the same.
	Body           []byte
	ETag, GzipETag string
	// Next is the cursor of the next page, "" on the last.
	Next string
	// Events are what the array has.
	Events []*Entry

	compress    sync.Once
	compressed  []byte
	from, until int64 // when it was made, and when the first of its events is over
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
	name := base64.RawURLEncoding.EncodeToString(sum[:12])
	return &List{Body: body, ETag: strconv.Quote(name), GzipETag: strconv.Quote(name + "-gzip"), until: math.MaxInt64}
}

// List gives the events that are neither over nor cancelled, by their start. ErrCursor.
func (c *Catalogue) List(now int64, q Query) (*List, error) {
	s := c.current.Load()
	if q != (Query{}) {
		rest, err := q.after(s.listed)
		if err != nil {
			return nil, err
		}
		return q.list(now, rest), nil
	}
	fits := func(l *List) bool { return l != nil && l.from <= now && now < l.until }
	return s.made(&s.list, fits, func() *List { return q.list(now, s.listed) }), nil
}

// Locations lists all locations, by name.
func (c *Catalogue) Locations() *List {
	s := c.current.Load()
	fits := func(l *List) bool { return l != nil }
	return s.made(&s.places, fits, func() *List {
		parts := make([][]byte, len(s.locations))
		for i, l := range s.locations {
			parts[i] = EncodeLocation(l)
		}
		return newList(parts)
	})
}

// made gives the list that is kept, as long as it fits; however many ask for it at the same time, it is made once.
func (s *snapshot) made(kept *atomic.Pointer[List], fits func(*List) bool, build func() *List) *List {
	if l := kept.Load(); fits(l) {
		return l
	}
	s.making.Lock()
	defer s.making.Unlock()
	if l := kept.Load(); fits(l) {
		return l
	}
	l := build()
	kept.Store(l)
	return l
}

// list makes the list of those that are wanted.
func (q Query) list(now int64, entries []*Entry) *List {
	limit := q.Limit
	if limit == 0 {
		limit = MaxLimit
	}
	q.Text = strings.ToLower(q.Text)
	var found []*Entry
	more := false
	for _, e := range entries {
		if q.To != 0 && e.StartDate >= q.To {
			break
		}
		if !q.matches(e) || e.EndDate <= now {
			continue
		}
		if more = len(found) == limit; more {
			break
		}
		found = append(found, e)
	}
	l := listOf(found, more, q)
	l.from = now
	return l
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
	return strings.Contains(e.text, q.Text) && (q.From == 0 || e.StartDate >= q.From) &&
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

// after gives those that come after the cursor.
func (q Query) after(entries []*Entry) ([]*Entry, error) {
	if q.After == "" {
		return entries, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil || len(b) != cursorSize || binary.BigEndian.Uint32(b[20:]) != q.hash() {
		return nil, ErrCursor
	}
	last := &Entry{Event: persistence.Event{
		ID: persistence.ID(b[8:20]), StartDate: int64(binary.BigEndian.Uint64(b)), //nolint:gosec // written by cursor
	}}
	n, found := slices.BinarySearchFunc(entries, last, byStart)
	if found {
		n++
	}
	return entries[n:], nil
}

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/bookingservice/ledger"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/builder"
)

// unsure is a broker that now and then does not take, or does not say that it took, some of what it is given.
type unsure struct {
	builder.Broker
	random *rand.Rand
	fails  int
}

func (u *unsure) Emit(ctx context.Context, all []msgqueue.Envelope) []error {
	errs := make([]error, len(all))
	for n, e := range all {
		if u.random.IntN(8) == 0 {
			u.fails++
			errs[n] = fmt.Errorf("%w: gone", msgqueue.ErrUnavailable)
			if u.random.IntN(2) == 0 {
				continue
			}
		}
		if err := u.Broker.Emit(ctx, []msgqueue.Envelope{e})[0]; err != nil {
			errs[n] = err
		}
	}
	return errs
}

func readAll(t *testing.T, broker any) (all []msgqueue.Envelope) {
	t.Helper()
	err := newReader(t, broker).Read(t.Context(), func(_ msgqueue.Position, e msgqueue.Envelope) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// byDocument lists the first deliveries of every document, in their order.
func byDocument(all []msgqueue.Envelope) map[string][]string {
	documents, seen := make(map[string][]string), make(map[string]bool)
	for _, e := range all {
		document := e.ID[:strings.LastIndexByte(e.ID, ':')]
		if !seen[e.ID] {
			seen[e.ID] = true
			documents[document] = append(documents[document], e.ID)
		}
	}
	return documents
}

// versions are envelopes of some documents, of each many versions.
func versions(n int) []msgqueue.Envelope {
	all := make([]msgqueue.Envelope, n)
	for i := range all {
		all[i] = msgqueue.Envelope{
			ID: fmt.Sprintf("%024x:%016x", i%7, i/7), Name: "event.updated", Key: fmt.Sprint(i % 7), Body: []byte(`{}`),
			Time: time.Unix(int64(i), 0).UTC(),
		}
	}
	return all
}

func noReport(error) {}

// TestCopyKeepsTheOrder copies to a broker that fails all the time: nothing is lost, and the versions of a document come
// in their order.
func TestCopyKeepsTheOrder(t *testing.T) {
	from, to := inprocBroker(t), inprocBroker(t)
	if err := errors.Join(from.Emit(t.Context(), versions(100))...); err != nil {
		t.Fatal(err)
	}
	u := &unsure{Broker: to, random: rand.New(rand.NewPCG(1, 2))}
	c := ledger.NewCopier(u, func(msgqueue.Position) error { return nil }, noReport)
	copyAll(t, newReader(t, from), c)
	if u.fails < 5 {
		t.Errorf("the broker failed %d times only", u.fails)
	}
	if diff := cmp.Diff(byDocument(readAll(t, from)), byDocument(readAll(t, to))); diff != "" {
		t.Errorf("the copy (-want +got):\n%s", diff)
	}
}

func copyAll(t *testing.T, r *ledger.Reader, c *ledger.Copier) {
	t.Helper()
	err := r.Read(t.Context(), func(p msgqueue.Position, e msgqueue.Envelope) error { return c.Add(t.Context(), p, e) })
	if err := errors.Join(err, c.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// TestCopyGoesOn copies a log while it grows, in several parts, from and to a real broker.
func TestCopyGoesOn(t *testing.T) {
	onBrokers(t, func(t *testing.T, open func() builder.Broker) {
		t.Helper()
		s := startSystem(t, open())
		to := open()
		path := filepath.Join(t.TempDir(), "bookmark.json")
		for range 2 {
			s.mix(30)
			s.settle()
			b, err := ledger.OpenBookmark(path, "here", "there")
			if err != nil {
				t.Fatal(err)
			}
			r, err := ledger.NewReader(s.broker, b.Position(), nil)
			if err != nil {
				t.Fatal(err)
			}
			copyAll(t, r, ledger.NewCopier(to, b.Move, noReport))
			if err := b.Write(); err != nil {
				t.Fatal(err)
			}
		}
		want, got := readAll(t, s.broker), readAll(t, to)
		if diff := cmp.Diff(byDocument(want), byDocument(got)); diff != "" {
			t.Errorf("the copy (-want +got):\n%s", diff)
		}
		if len(want) != len(got) {
			t.Errorf("%d messages became %d, though nobody failed", len(want), len(got))
		}
		s.wantFaults(s.auditOf(to, s.store))
	})
}

// refusing is a broker that never takes one of the envelopes.
type refusing struct{ builder.Broker }

func (refusing) Emit(_ context.Context, all []msgqueue.Envelope) []error {
	errs := make([]error, len(all))
	errs[len(all)-1] = errors.New("too large")
	return errs
}

// TestCopyDoesNotLeaveOut ends with what the other broker does not take, and goes on with it the next time.
func TestCopyDoesNotLeaveOut(t *testing.T) {
	saved := msgqueue.Position("")
	c := ledger.NewCopier(refusing{}, func(p msgqueue.Position) error { saved = p; return nil }, noReport)
	err := errors.Join(c.Add(t.Context(), "1", versions(1)[0]), c.Flush(t.Context()))
	if err == nil || !strings.Contains(err.Error(), "too large") || saved != "" {
		t.Errorf("it ended with %v, at %q", err, saved)
	}
}

func TestBookmarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "bookmark.json")
	open := func(from string) (*ledger.Bookmark, error) { return ledger.OpenBookmark(path, from, "there") }
	b, err := open("here")
	if err != nil || b.Position() != "" {
		t.Fatal(b, err)
	}
	for _, p := range []msgqueue.Position{"1", "2", "3"} {
		if err := b.Move(p); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := open("here"); err != nil || again.Position() != "1" { // the others came within a second
		t.Error(again, err)
	}
	if err := b.Write(); err != nil {
		t.Fatal(err)
	}
	if again, err := open("here"); err != nil || again.Position() != "3" {
		t.Error(again, err)
	}
	if _, err := open("elsewhere"); !errors.Is(err, ledger.ErrOtherCopy) {
		t.Errorf("a bookmark of another copy is answered with %v", err)
	}
}

// TestFollow reads what is added, through the broker's absence, and ends with its context.
func TestFollow(t *testing.T) {
	broker := inprocBroker(t)
	all := versions(30)
	if err := errors.Join(broker.Emit(t.Context(), all[:10])...); err != nil {
		t.Fatal(err)
	}
	log := &absent{Broker: broker, times: 1}
	ctx, stop := context.WithCancel(t.Context())
	var got []msgqueue.Envelope
	var reports []error
	ends := 0
	err := newReader(t, log).Follow(ctx, func(_ msgqueue.Position, e msgqueue.Envelope) error {
		got = append(got, e)
		if len(got) == len(all) {
			stop()
		}
		return nil
	}, func() error {
		ends++
		if ends > 2 {
			return nil
		}
		return errors.Join(broker.Emit(ctx, all[10*ends:10*ends+10])...)
	}, func(err error) { reports = append(reports, err) })
	if err != nil {
		t.Errorf("it ended with %v", err)
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("it read (-want +got):\n%s", diff)
	}
	if len(reports) < 2 || reports[0] == nil || !slices.Contains(reports, nil) {
		t.Errorf("it reported %v", reports)
	}
	failed := errors.New("no paper")
	err = newReader(t, broker).Follow(t.Context(), func(msgqueue.Position, msgqueue.Envelope) error { return failed }, nil, noReport)
	if !errors.Is(err, failed) {
		t.Errorf("a printer that fails ends it with %v", err)
	}
}

// absent is a broker that is away in the middle of its log, so many times.
type absent struct {
	builder.Broker
	times int
}

func (a *absent) ReadLog(ctx context.Context, after msgqueue.Position, f ledger.Entry) error {
	if a.times > 0 {
		a.times--
		return fmt.Errorf("%w: gone", msgqueue.ErrUnavailable)
	}
	return a.Broker.(msgqueue.Log).ReadLog(ctx, after, f)
}

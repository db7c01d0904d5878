package dynamolayer_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

// counter counts the requests that are made.
type counter struct {
	mu       sync.Mutex
	requests map[string]int
}

func (c *counter) observe(operation string, _ time.Duration, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests[operation]++
}

// take gives what was counted since the last time.
func (c *counter) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := maps.Clone(c.requests)
	clear(c.requests)
	return taken
}

// publisher removes from the store at once what it is offered.
type publisher struct {
	t     *testing.T
	store persistence.Outbox
}

// Offer implements inventory.Publisher.
func (p publisher) Offer(messages ...persistence.Message) {
	ids := make([]string, len(messages))
	for n, m := range messages {
		ids[n] = m.ID
	}
	if err := p.store.Done(p.t.Context(), ids...); err != nil {
		p.t.Error(err)
	}
}

// TestRequestsOfOneBooking counts what a booking costs, with its message sent.
func TestRequestsOfOneBooking(t *testing.T) {
	count := counter{requests: make(map[string]int)}
	c := fresh(t)
	c.Observe = count.observe
	store := openBookings(t, c)
	event, b := persistence.NewID(), book()
	i := inventory.New(store, encodeMessage, publisher{t, store}, nil)
	adopt(t, i, event, 100)
	for _, step := range []struct {
		what    string
		request inventory.Request
		want    map[string]int
	}{
		{"booking", b, map[string]int{"getitem": 1, "batchgetitem": 1, "transactwriteitems": 1, "updateitem": 1}},
		{"the same again", b, map[string]int{"getitem": 1, "batchgetitem": 1}},
		{"giving back", inventory.Keep{ID: b.ID, Date: now},
			map[string]int{"getitem": 1, "batchgetitem": 1, "transactwriteitems": 1, "updateitem": 1}},
	} {
		i.Close()
		count.take()
		if a := i.Do(t.Context(), event, step.request); a.Err != nil {
			t.Fatal(a.Err)
		}
		i.Close()
		if diff := cmp.Diff(step.want, count.take()); diff != "" {
			t.Errorf("%s takes other requests (-want +got):\n%s", step.what, diff)
		}
	}
}

// TestOneTransaction commits as much as a transaction takes, and refuses more, without a half of it.
func TestOneTransaction(t *testing.T) {
	store := openBookings(t, fresh(t))
	changes := func(event persistence.ID, bookings int) []persistence.Change {
		all := make([]persistence.Change, bookings)
		for n := range all {
			b := persistence.Booking{ID: persistence.NewID(), EventID: event, Seats: 1, Version: 1}
			all[n] = persistence.Change{Booking: &b, Inventory: persistence.Inventory{Booked: int64(n + 1)}}
			m := encodeMessage(all[n])
			all[n].Message = &m
		}
		return all
	}
	for bookings, fits := range map[int]bool{99: true, 100: false} {
		event := persistence.NewID()
		err := store.Commit(t.Context(), persistence.Snapshot{EventID: event}, changes(event, bookings))
		if (err == nil) != fits {
			t.Errorf("%d bookings at once: %v", bookings, err)
		}
		s, err := store.Load(t.Context(), event)
		if err != nil || (s.Inventory.Booked == int64(bookings)) != fits || (s.Inventory.Booked == 0) == fits {
			t.Errorf("then the inventory is %+v, %v", s.Inventory, err)
		}
	}
}

// TestRoundFits has more ask at once than fit into a transaction, after a round that holds them up.
func TestRoundFits(t *testing.T) {
	const clients = 300
	s := newSale(t)
	if a := s.inventory.Do(t.Context(), s.event, inventory.Adopt{Event: persistence.EventCopy{
		ID: s.event, EndDate: now + 3600, Capacity: persistence.Unlimited, Version: 2,
	}}); a.Err != nil {
		t.Fatal(a.Err)
	}
	var mu sync.Mutex
	sizes := make(map[int]int)
	s.let(func(operation string, body []byte) fate {
		if operation == "TransactWriteItems" {
			mu.Lock()
			sizes[strings.Count(string(body), `"TableName"`)]++
			mu.Unlock()
		}
		return pass
	})
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			if a := s.inventory.Do(within(t, patience), s.event, book()); a.Err != nil {
				t.Error(a.Err)
			}
		})
	}
	all.Wait()
	if largest := slices.Max(slices.Collect(maps.Keys(sizes))); largest < 50 || largest > 100 {
		t.Errorf("the transactions have so many items: %v", sizes)
	}
}

// TestFullOutbox fills a document's outbox while nobody sends anything: then there is no room, until somebody does.
func TestFullOutbox(t *testing.T) {
	store := openEvents(t, fresh(t))
	id := persistence.NewID()
	tell := func(version int64) persistence.Message {
		m := message(id.String(), version)
		m.Body = []byte(strings.Repeat("x", 50_000))
		return m
	}
	if err := store.AddEvent(t.Context(), persistence.Event{ID: id, Version: 1}, tell(1)); err != nil {
		t.Fatal(err)
	}
	change := func(e persistence.Event) (persistence.Event, persistence.Message, error) {
		e.Version++
		return e, tell(e.Version), nil
	}
	version := int64(1)
	for ; version < 20; version++ {
		_, err := store.ChangeEvent(t.Context(), id, 0, change)
		if err != nil {
			if !errors.Is(err, persistence.ErrUnavailable) || !strings.Contains(err.Error(), "no room") {
				t.Errorf("without room: %v", err)
			}
			break
		}
	}
	if e, err := store.FindEvent(t.Context(), id); err != nil || e.Version != version || version < 6 {
		t.Errorf("after %d changes the event is %+v, %v", version-1, e, err)
	}
	if err := store.Done(t.Context(), persistence.MessageID(id.String(), 1)); err != nil {
		t.Error(err)
	}
	if _, err := store.ChangeEvent(t.Context(), id, 0, change); err != nil {
		t.Error(err)
	}
}

// TestManyEvents reads more than DynamoDB answers with at once, which is a megabyte, and never scans.
func TestManyEvents(t *testing.T) {
	const many = 60
	count := counter{requests: make(map[string]int)}
	c := fresh(t)
	c.Observe = count.observe
	store := openEvents(t, c)
	name := strings.Repeat("A long name. ", 3000)
	for n := range many {
		e := persistence.Event{ID: persistence.NewID(), Name: fmt.Sprint(name, n), Version: 1}
		if err := store.AddEvent(t.Context(), e, message(e.ID.String(), 1)); err != nil {
			t.Fatal(err)
		}
	}
	count.take()
	events, _, err := store.EventsSince(t.Context(), "")
	seen := make(map[persistence.ID]bool)
	for _, e := range events {
		seen[e.ID] = true
	}
	if err != nil || len(events) != many || len(seen) != many {
		t.Errorf("%d events were read, %d different ones, %v", len(events), len(seen), err)
	}
	if got := count.take(); len(got) != 1 || got["query"] < 2 {
		t.Errorf("it took %v", got)
	}
}

// TestLaterWithEarlierStamp shows that a write which becomes visible late, with a stamp from before others that were
// seen, is not missed, nor is anything because of a clock that is ahead; and that a quiet store answers with nothing.
func TestLaterWithEarlierStamp(t *testing.T) {
	c := fresh(t)
	store := openEvents(t, c)
	server, table := api(t), c.TablePrefix+"events"
	base := time.Now()
	written := func(name string, changed time.Duration) {
		id := persistence.NewID()
		e := persistence.Event{ID: id, Name: name, Version: 1}
		if err := store.AddEvent(t.Context(), e, message(id.String(), 1)); err != nil {
			t.Fatal(err)
		}
		_, err := server.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &table, Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "event#" + id.String()}},
			UpdateExpression: aws.String("SET changed = :t"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":t": &types.AttributeValueMemberN{Value: fmt.Sprint(base.Add(changed).UnixMilli())},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	since := func(m persistence.Mark, want ...string) persistence.Mark {
		t.Helper()
		events, next, err := store.EventsSince(t.Context(), m)
		var names []string
		for _, e := range events {
			names = append(names, e.Name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(want, names); err != nil || diff != "" {
			t.Errorf("%v; other events were read (-want +got):\n%s", err, diff)
		}
		return next
	}
	written("newest", -time.Hour)
	mark := since("", "newest")
	written("a little earlier", -time.Hour-55*time.Second)
	written("long before", -time.Hour-65*time.Second)
	mark = since(mark, "a little earlier", "newest")
	quiet := persistence.Mark(fmt.Sprintf("%d/%d", base.Add(-time.Hour).UnixMilli(), base.Add(-time.Hour/2).UnixMilli()))
	quiet = since(quiet)
	written("the clock ahead", time.Hour)
	mark = since(mark, "a little earlier", "newest", "the clock ahead")
	written("now", 0)
	since(mark, "now", "the clock ahead")
	since(quiet, "now", "the clock ahead")
	if _, _, err := store.EventsSince(t.Context(), "nonsense"); err == nil {
		t.Error("a mark of nonsense is none")
	}
}

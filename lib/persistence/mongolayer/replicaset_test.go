package mongolayer_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// replicaSet is two servers, of which one at a time is the primary.
type replicaSet struct {
	servers [2]*fake
	primary atomic.Int32
}

func newReplicaSet(t *testing.T) *replicaSet {
	t.Helper()
	var s replicaSet
	for n := range s.servers {
		s.servers[n] = newFake(t, func(c *fakeConn, name string, command bson.M) bson.M {
			return s.answer(int32(n), c, name, command)
		})
	}
	return &s
}

func (s *replicaSet) answer(n int32, c *fakeConn, name string, command bson.M) bson.M {
	primary := s.primary.Load()
	switch {
	case name == "isMaster":
		return bson.M{
			"ismaster": n == primary, "secondary": n != primary, "setName": "rs0", "maxWireVersion": 25, "ok": 1,
			"hosts": []string{s.servers[0].address, s.servers[1].address}, "primary": s.servers[primary].address,
		}
	case name != "ping" && n != primary:
		return bson.M{"ok": 0, "code": 10107, "errmsg": "not primary"}
	}
	return standalone("", nil)(c, name, command)
}

func addEvent(store persistence.DatabaseHandler) func(context.Context) error {
	return func(ctx context.Context) error {
		e := persistence.Event{ID: persistence.NewID(), Version: 1}
		return store.AddEvent(ctx, e, persistence.Message{})
	}
}

// TestReplicaSet shows that all reads and writes are those of a majority, on the primary, whoever that is.
func TestReplicaSet(t *testing.T) {
	set := newReplicaSet(t)
	store := openEvents(t, mongolayer.Config{URL: "mongodb://" + set.servers[1].address + "/?replicaSet=rs0"})
	eventually(t, addEvent(store))
	if _, _, err := store.EventsSince(within(t, patience), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Backlog(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	primary, secondary := set.servers[0], set.servers[1]
	for _, name := range []string{"find", "aggregate"} {
		commands := primary.take(name)
		for _, c := range commands {
			if diff := cmp.Diff(bson.M{"level": "majority"}, c["readConcern"]); diff != "" {
				t.Errorf("%v: the read concern differs (-want +got):\n%s", c, diff)
			}
		}
		if len(commands) == 0 || len(secondary.take(name)) > 0 {
			t.Errorf("the primary got %d commands %s", len(commands), name)
		}
	}
	for _, name := range []string{"update", "insert"} {
		commands := primary.take(name)
		for _, c := range commands {
			concern, _ := c["writeConcern"].(bson.M)
			if concern["w"] != "majority" || concern["j"] != true || concern["wtimeout"] == nil {
				t.Errorf("%v: the write concern is %v", c, concern)
			}
		}
		if len(commands) == 0 || len(secondary.take(name)) > 0 {
			t.Errorf("the primary got %d commands %s", len(commands), name)
		}
	}
	set.primary.Store(1)
	if err := addEvent(store)(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("a write to the former primary: %v", err)
	}
	eventually(t, addEvent(store))
	if len(secondary.take("update")) == 0 {
		t.Error("the new primary got no update")
	}
}

func TestOtherReplicaSet(t *testing.T) {
	set := newReplicaSet(t)
	store := openEvents(t, mongolayer.Config{URL: "mongodb://" + set.servers[0].address + "/?replicaSet=rs1"})
	if err := store.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// TestRefusals shows what becomes of the server's complaints.
func TestRefusals(t *testing.T) {
	refusal := func(code int) bson.M { return bson.M{"ok": 0, "code": code, "errmsg": "no"} }
	for name, test := range map[string]struct {
		command string
		answer  bson.M
		want    error // nil is one of no kind
	}{
		"a write in time, but of no majority": {
			"update", bson.M{"ok": 1, "n": 1, "writeConcernError": bson.M{"code": 64, "errmsg": "timed out"}},
			persistence.ErrUnknown,
		},
		"a write while the primary steps down": {"update", refusal(189), persistence.ErrUnknown},
		"a write while the server ends":        {"update", refusal(11600), persistence.ErrUnknown},
		"a write to a secondary":               {"update", refusal(10107), persistence.ErrUnavailable},
		"a write that is not allowed":          {"update", refusal(13), nil},
		"a write of something there": {
			"update", bson.M{"ok": 1, "n": 0, "writeErrors": []bson.M{{"index": 0, "code": 11000, "errmsg": "E11000"}}},
			persistence.ErrExists,
		},
		"a read that takes too long":   {"find", refusal(50), persistence.ErrUnavailable},
		"a read of a secondary":        {"find", refusal(13435), persistence.ErrUnavailable},
		"a read while the server ends": {"find", refusal(91), persistence.ErrUnavailable},
		"a read that is malformed":     {"find", refusal(2), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var ready atomic.Bool
			server := newFake(t, func(c *fakeConn, name string, command bson.M) bson.M {
				if !ready.Load() {
					return standalone("", nil)(c, name, command)
				}
				return standalone(test.command, test.answer)(c, name, command)
			})
			store := openEvents(t, mongolayer.Config{URL: "mongodb://" + server.address})
			if err := store.Ping(within(t, patience)); err != nil {
				t.Fatal(err)
			}
			ready.Store(true)
			var err error
			if test.command == "update" {
				err = addEvent(store)(within(t, patience))
			} else {
				_, _, err = store.EventsSince(within(t, patience), "")
			}
			var got error
			for _, kind := range []error{persistence.ErrUnknown, persistence.ErrUnavailable, persistence.ErrExists} {
				if errors.Is(err, kind) {
					got = errors.Join(got, kind)
				}
			}
			if err == nil || !errors.Is(got, test.want) || test.want == nil && got != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestMalformedAnswers shows that a server which sends nonsense is one that is away, and harms nothing else.
func TestMalformedAnswers(t *testing.T) {
	var nonsense atomic.Bool
	server := newFake(t, func(c *fakeConn, name string, command bson.M) bson.M {
		if nonsense.Load() && name == "find" {
			return bson.M{"ok": 1, "cursor": bson.Raw{Kind: 0x03, Data: []byte{9, 0, 0, 0, 0x20, 'a', 0, 1, 0}}}
		}
		return standalone("", nil)(c, name, command)
	})
	store := openEvents(t, mongolayer.Config{URL: "mongodb://" + server.address})
	if err := store.Ping(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	nonsense.Store(true)
	if _, err := store.FindEvent(within(t, patience), persistence.NewID()); !errors.Is(err, persistence.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	nonsense.Store(false)
	eventually(t, func(ctx context.Context) error {
		_, _, err := store.EventsSince(ctx, "")
		return err
	})
}

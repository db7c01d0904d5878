package kafka_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/kafka"
)

// TestForgottenGroup has the brokers forget what is committed for a group, as they do a week after its last listener
// has ended: it gets everything since it was declared, and nothing older.
func TestForgottenGroup(t *testing.T) {
	k := server(t)
	c := config(k)
	c.Subscriptions = map[string][]string{"letters": {name}}
	before := open(t, c)
	emit(t, before, envelopes(0, 20)...)

	open := func() *kafka.Broker {
		t.Helper()
		b, err := kafka.Open(config(k))
		if err != nil {
			t.Fatal(err)
		}
		emit(t, b)
		return b
	}
	admin := kadm.NewClient(raw(t, k))
	first := open()
	emit(t, first, envelopes(20, 40)...)
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if _, err := admin.DeleteGroup(within(t), group); err != nil {
		t.Fatal(err)
	}
	second := open()
	defer second.Close() //nolint:errcheck // closed below, too
	emit(t, second, envelopes(40, 60)...)
	a := newArrivals()
	stop := a.listen(t, second, nil)
	a.wait(t, envelopes(20, 60)...)
	stop()
	if n := len(a.missing(envelopes(0, 20))); n != 20 {
		t.Errorf("%d of before its declaration came, too", 20-n)
	}
}

// TestDeclaredAtTheSameTime has several declare a new group at the same time and emit at once: all of it is the group's,
// whoever was last.
func TestDeclaredAtTheSameTime(t *testing.T) {
	k := server(t)
	c := config(k)
	c.Subscriptions = nil
	emit(t, open(t, c), envelopes(100, 200)...)
	const brokers = 6
	var g sync.WaitGroup
	for n := range brokers {
		b := open(t, config(k))
		g.Go(func() {
			for _, e := range envelopes(10*n, 10*n+10) {
				if err := errors.Join(b.Emit(within(t), []msgqueue.Envelope{e})...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	g.Wait()
	a := listen(t, open(t, config(k)), nil)
	a.wait(t, envelopes(0, 10*brokers)...)
	if n := len(a.missing(envelopes(100, 200))); n != 100 {
		t.Errorf("%d of before its declaration came, too", 100-n)
	}
}

// TestTopics shows what is declared: nothing in it is ever thrown away, and what is there is left as it is.
func TestTopics(t *testing.T) {
	k := server(t)
	admin := kadm.NewClient(raw(t, k))
	if _, err := admin.CreateTopic(within(t), 2, 1, nil, "tickets.requeued"); err != nil {
		t.Fatal(err)
	}
	b := open(t, config(k))
	emit(t, b, envelope(0))
	topics, err := admin.ListTopics(within(t), "events", "tickets.dead", "tickets.requeued")
	if err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string]int{"events": 4, "tickets.dead": 1, "tickets.requeued": 2} {
		if got := len(topics[topic].Partitions); got != want {
			t.Errorf("%s has %d partitions, want %d", topic, got, want)
		}
	}
	configs, err := admin.DescribeTopicConfigs(within(t), "events", "tickets.dead")
	if err != nil {
		t.Fatal(err)
	}
	for topic, settings := range map[string]map[string]string{
		"events":       {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"},
		"tickets.dead": {"cleanup.policy": "compact", "delete.retention.ms": "9223372036854775807"},
	} {
		n := slices.IndexFunc(configs, func(c kadm.ResourceConfig) bool { return c.Name == topic })
		for _, c := range configs[n].Configs {
			if want, ok := settings[c.Key]; ok && c.MaybeValue() != want {
				t.Errorf("%s of %s is %s, want %s", c.Key, topic, c.MaybeValue(), want)
			}
		}
	}
}

package backends

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestKafka kills the broker: it is gone, and comes back with what it had.
func TestKafka(t *testing.T) {
	k := StartKafka(t)
	client, err := kgo.NewClient(kgo.SeedBrokers(k.URLs...), kgo.DisableClientMetrics())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), kafkaPatience)
	defer cancel()
	admin := kadm.NewClient(client)
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, "kept"); err != nil {
		t.Fatal(err)
	}
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "kept", Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	k.Kill(t)
	if err := k.ready(ctx); err == nil {
		t.Error("after Kill the broker is still there")
	}
	k.Restart(t)
	var ends kadm.ListedOffsets
	for end := time.Now().Add(kafkaPatience); ; time.Sleep(pollEvery) {
		if ends, err = admin.ListEndOffsets(ctx, "kept"); err == nil && ends.Error() == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err, ends.Error())
		}
	}
	if end, ok := ends.Lookup("kept", 0); !ok || end.Offset != 1 {
		t.Errorf("the topic has %+v", end)
	}
}

// TestSharedKafka is one broker, which another test may leave dead.
func TestSharedKafka(t *testing.T) {
	k := SharedKafka(t)
	if k.folder == "" {
		t.Skip("the broker is not ours")
	}
	k.Kill(t)
	again := SharedKafka(t)
	if again != k || !slices.Equal(again.URLs, k.URLs) {
		t.Errorf("there are two: %v, %v", k.URLs, again.URLs)
	}
	if err := again.ready(t.Context()); err != nil {
		t.Error(err)
	}
}

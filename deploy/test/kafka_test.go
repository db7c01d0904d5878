package backends

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestKafka kills the broker that the tests share: it is gone, and is there again, with what it had, for whoever asks for
// it next.
func TestKafka(t *testing.T) {
	k := SharedKafka(t)
	if k.folder == "" {
		t.Skip("the broker is not ours")
	}
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
	if again := SharedKafka(t); again != k {
		t.Errorf("there are two: %v, %v", k.URLs, again.URLs)
	}
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

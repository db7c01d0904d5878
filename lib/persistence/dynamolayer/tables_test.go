package dynamolayer_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	backends "myevents/deploy/test"
	"myevents/lib/persistence"
	"myevents/lib/persistence/dynamolayer"
	"myevents/lib/persistence/schema"
)

// api is the server itself.
func api(t *testing.T) *dynamodb.Client {
	t.Helper()
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return dynamodb.NewFromConfig(settings, func(o *dynamodb.Options) {
		o.HTTPClient, o.DisableValidateResponseChecksum = client, true
	})
}

// TestCreateTables has several processes make one table at once, which cannot be used before.
func TestCreateTables(t *testing.T) {
	c := fresh(t)
	c.CreateTables = false
	all := make([]persistence.BookingHandler, 4)
	for n := range all {
		all[n] = openBookings(t, c)
		err := all[n].Ping(t.Context())
		if !errors.Is(err, persistence.ErrUnavailable) || !strings.Contains(err.Error(), "run the command tables") {
			t.Errorf("without a table: %v", err)
		}
	}
	for range 2 {
		var making sync.WaitGroup
		for _, s := range all {
			making.Go(func() {
				if err := s.(dynamolayer.Tables).CreateTables(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		making.Wait()
	}
	for _, s := range all {
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	name := c.TablePrefix + "bookings"
	ttl, err := api(t).DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil || ttl.TimeToLiveDescription.TimeToLiveStatus != types.TimeToLiveStatusEnabled {
		t.Errorf("old sessions are not removed: %+v, %v", ttl.TimeToLiveDescription, err)
	}
}

// TestMissingIndexes completes a table of an older program, with what is in it. A DynamoDB Local that has been in use
// for a while never ends making an index, so that this one is new.
func TestMissingIndexes(t *testing.T) {
	backends.UseDynamoDB(t, backends.StartDynamoDB(t).Endpoint)
	c := dynamolayer.Config{TablePrefix: "older-"}
	name := c.TablePrefix + "bookings"
	_, err := api(t).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := openBookings(t, c)
	b := persistence.Booking{ID: persistence.NewID(), UserID: persistence.NewID(), Seats: 1, Version: 1}
	if err := s.Commit(t.Context(), persistence.Snapshot{}, []persistence.Change{{Booking: &b}}); err != nil {
		t.Fatal(err)
	}
	if err := s.(dynamolayer.Tables).CreateTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := s.FindBookings(t.Context(), []persistence.ID{b.UserID}, persistence.Page{Limit: 5})
	if err != nil || len(found) != 1 || found[0] != b {
		t.Errorf("the new index finds %+v, %v", found, err)
	}
}

// TestNewerSchema leaves a table alone that a newer program has used; the release between the two gets along with both.
func TestNewerSchema(t *testing.T) {
	c := fresh(t)
	release := func(written, known int) persistence.DatabaseHandler {
		store := openEvents(t, c)
		dynamolayer.OfRelease(store, schema.Versions{Written: written, Known: known})
		return store
	}
	for _, store := range []persistence.DatabaseHandler{release(1, 1), release(1, 2), release(2, 2), release(1, 2)} {
		if err := store.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	store := release(1, 1)
	if err := store.Ping(t.Context()); errors.Is(err, persistence.ErrUnavailable) || !errors.Is(err, persistence.ErrSchema) {
		t.Errorf("the ping ends with %v", err)
	}
	e := persistence.Event{ID: persistence.NewID(), Version: 1}
	err := store.AddEvent(t.Context(), e, message(e.ID.String(), 1))
	if errors.Is(err, persistence.ErrUnavailable) || !errors.Is(err, persistence.ErrSchema) ||
		!strings.Contains(err.Error(), "version 2, and 1 is the newest known") {
		t.Errorf("got %v", err)
	}
}

// TestUselessSettings are told at once.
func TestUselessSettings(t *testing.T) {
	backends.UseDynamoDB(t, "http://localhost:1")
	if _, err := dynamolayer.OpenEvents(dynamolayer.Config{TablePrefix: "my events"}); err == nil {
		t.Error("no table can have such a name")
	}
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", "missing")
	_, err := dynamolayer.OpenBookings(dynamolayer.Config{})
	if err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("without a region: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s := openBookings(t, fresh(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, found := s.FindBooking(t.Context(), persistence.NewID())
	_, pending := s.Pending(t.Context(), 1)
	for name, err := range map[string]error{
		"ping": s.Ping(t.Context()), "read": found, "outbox": pending,
		"write": s.RemoveSession(t.Context(), persistence.NewID()),
	} {
		if !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

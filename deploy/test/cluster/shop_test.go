package cluster

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

// shop is what is reached through the gateway's Service, with one event and its organiser.
type shop struct {
	address string
	admin   *crowd.Visitor
	event   string
	crowd   *crowd.Crowd
}

// customers is how many buy at the same time.
const customers = 4

// openShop signs the admin in, and creates an event with more seats than will be sold.
func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{address: gateway(t) + "/api", admin: crowd.NewVisitor()}
	s.crowd = crowd.New(func() string { return s.address })
	eventually(t, "the admin is there", func() bool {
		status, _ := s.admin.Do(t.Context(), http.MethodPost, s.address+"/sessions", map[string]string{
			"email": "admin@myevents.example", "password": os.Getenv("ADMIN_PASSWORD"),
		}, nil, "")
		return status == http.StatusCreated
	})
	var event struct{ ID string }
	eventually(t, "the event service knows the admin's key", func() bool {
		status, err := s.admin.Do(t.Context(), http.MethodPost, s.address+"/events", map[string]any{
			"Name": "Rollout", "StartDate": time.Now().Add(time.Hour).Unix(), "EndDate": time.Now().Add(24 * time.Hour).Unix(),
			"Location": map[string]any{"Name": "Cluster", "Halls": []map[string]any{{"name": "A", "capacity": 10_000_000}}},
		}, &event, "the-event-of-the-cluster-test")
		return err == nil && status == http.StatusCreated
	})
	s.event = event.ID
	return s
}

// gateway is the address of the gateway's Service: the one that the environment names, or where kubectl forwards to it.
func gateway(t *testing.T) string {
	t.Helper()
	if address := os.Getenv("GATEWAY"); address != "" {
		return address
	}
	c := exec.CommandContext(t.Context(), "kubectl", "--namespace", namespace, "port-forward", "service/frontend", ":http")
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() }) // it ends with the context
	line := make([]byte, 200)
	n, err := output.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, output) }() // it says every connection
	found := regexp.MustCompile(`127\.0\.0\.1:\d+`).Find(line[:n])
	if found == nil {
		t.Fatalf("kubectl port-forward says %s", line[:n])
	}
	return "http://" + string(found)
}

// load has customers buy while something is done, and for a while before and after. It answers with the requests that
// had to be made again, and fails if nothing was sold at any time.
func (s *shop) load(t *testing.T, do func()) (repeated []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	before := len(s.crowd.Repeated())
	start := s.crowd.Acknowledged()
	var buying sync.WaitGroup
	for customer := range customers {
		// A customer's key is made of its number and that of its request.
		buying.Go(func() { s.crowd.Buy(ctx, start*customers+customer, s.event) })
	}
	s.sells(t)
	do()
	s.sells(t)
	cancel()
	buying.Wait()
	repeated = s.crowd.Repeated()[before:]
	t.Logf("%d bookings, %d requests were made again", s.crowd.Acknowledged()-start, len(repeated))
	return repeated
}

// sells waits until some more bookings were acknowledged.
func (s *shop) sells(t *testing.T) {
	t.Helper()
	more := s.crowd.Acknowledged() + 50
	eventually(t, "seats are sold", func() bool { return s.crowd.Acknowledged() >= more })
}

// attendees is what the organiser sees: the seats of each booking, by its ID.
func (s *shop) attendees(t *testing.T) map[string]int64 {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/events/"+s.event+"/bookings?format=csv", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.admin.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(response.Body).ReadAll()
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the organiser's list is answered with %s, %v", response.Status, err)
	}
	seats := make(map[string]int64)
	for _, row := range rows[1:] {
		if seats[row[0]], err = strconv.ParseInt(row[2], 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	return seats
}

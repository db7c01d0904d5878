package crowd

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Crowd is what customers were told while what they bought from was killed again and again. It is safe for concurrent
// use.
type Crowd struct {
	// Address gives the address of the API, which may be another one each time.
	Address func() string

	mu       sync.Mutex
	held     map[string]int64 // seats of each acknowledged booking, by its ID
	unsure   map[string]bool  // what a customer wanted to give back, and was not answered
	repeated []string         // why each request that was not answered was made again
	faults   []error
}

// New makes a crowd of nobody.
func New(address func() string) *Crowd {
	return &Crowd{Address: address, held: make(map[string]int64), unsure: make(map[string]bool)}
}

// Acknowledged is how many bookings were acknowledged.
func (c *Crowd) Acknowledged() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.held)
}

// Repeated says of each request that was not answered, and made again, why.
func (c *Crowd) Repeated() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.repeated)
}

type booking struct {
	ID    string
	Seats int64
}

// Buy is one customer, who books events in turn, and gives back some, until the context ends. Whatever is not answered
// is asked again, with the same key.
func (c *Crowd) Buy(ctx context.Context, customer int, events ...string) {
	v := NewVisitor()
	defer v.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("key-of-customer-%02d-and-request-%06d", customer, n)
		path := "/events/" + events[n%len(events)] + "/bookings"
		var b booking
		switch status := c.insist(ctx, v, "POST", path, map[string]int{"seats": 1 + n%3}, &b, key); status {
		case http.StatusCreated:
			giveBack := n%4 == 1
			c.note(b, giveBack)
			if giveBack && c.insist(ctx, v, "DELETE", "/bookings/"+b.ID, nil, &b, "") == http.StatusOK {
				c.note(b, false)
			}
		case 0, http.StatusConflict: // the end, or no seats left
		default:
			c.blame(fmt.Errorf("a booking was answered with %d", status))
		}
	}
}

// insist repeats a request until it is answered, by whatever runs then; 0 if the context ends first. 404 is no answer: a
// service that just started may learn of an event a moment later.
func (c *Crowd) insist(ctx context.Context, v *Visitor, method, path string, body, result any, key string) int {
	for ctx.Err() == nil {
		status, err := v.Do(ctx, method, c.Address()+path, body, result, key)
		if err == nil && status != http.StatusNotFound && status < http.StatusInternalServerError {
			return status
		}
		if status == http.StatusInternalServerError {
			c.blame(fmt.Errorf("%s %s was answered with 500", method, path))
		}
		c.repeat(ctx, fmt.Sprintf("%s: %s %s: %d %v", time.Now().Format(time.TimeOnly), method, path, status, err))
		time.Sleep(5 * time.Millisecond)
	}
	return 0
}

// repeat notes a request that was not answered, unless that was so because all is over.
func (c *Crowd) repeat(ctx context.Context, why string) {
	if ctx.Err() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.repeated = append(c.repeated, why)
}

func (c *Crowd) note(b booking, unsure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[b.ID], c.unsure[b.ID] = b.Seats, unsure
}

func (c *Crowd) blame(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, err)
}

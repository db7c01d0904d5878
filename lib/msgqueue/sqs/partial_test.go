package sqs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go/middleware"

	backends "myevents/deploy/test"
	"myevents/lib/msgqueue"
)

// rejecting has the server's answer to a batch say that it did not do what reject says, which is asked by the ID of the
// envelope where that is known. These entries do not reach the server.
func rejecting(operation string, reject func(id string) bool) func(*middleware.Stack) error {
	return rejectingWith(operation, types.BatchResultErrorEntry{Code: aws.String("InternalError")}, reject)
}

func rejectingWith(
	operation string, answer types.BatchResultErrorEntry, reject func(id string) bool,
) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		if s.ID() != operation {
			return nil
		}
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("reject", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (out middleware.InitializeOutput, meta middleware.Metadata, err error) {
			rejected := []types.BatchResultErrorEntry{}
			taken := func(entry, envelope *string) bool {
				if !reject(aws.ToString(envelope)) {
					return false
				}
				failed := answer
				failed.Id = entry
				rejected = append(rejected, failed)
				return true
			}
			switch in := in.Parameters.(type) {
			case *awssqs.SendMessageBatchInput:
				in.Entries = slices.DeleteFunc(in.Entries, func(e types.SendMessageBatchRequestEntry) bool {
					return taken(e.Id, e.MessageAttributes["event_id"].StringValue)
				})
				if out.Result = new(awssqs.SendMessageBatchOutput); len(in.Entries) == 0 {
					break
				}
				out, meta, err = next.HandleInitialize(ctx, middleware.InitializeInput{Parameters: in})
			case *awssqs.DeleteMessageBatchInput:
				in.Entries = slices.DeleteFunc(in.Entries, func(e types.DeleteMessageBatchRequestEntry) bool {
					return taken(e.Id, nil)
				})
				if out.Result = new(awssqs.DeleteMessageBatchOutput); len(in.Entries) == 0 {
					break
				}
				out, meta, err = next.HandleInitialize(ctx, middleware.InitializeInput{Parameters: in})
			}
			switch result := out.Result.(type) {
			case *awssqs.SendMessageBatchOutput:
				result.Failed = append(result.Failed, rejected...)
			case *awssqs.DeleteMessageBatchOutput:
				result.Failed = append(result.Failed, rejected...)
			}
			return out, meta, err
		}), middleware.After)
	}
}

// counting counts the calls for each envelope, and rejects the first ones.
type counting struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *counting) first(n int) func(id string) bool {
	c.calls = make(map[string]int)
	return func(id string) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calls[id]++
		return c.calls[id] <= n
	}
}

// TestPartlyRejected has the server take a part of each batch only: the rest is sent again, and nothing twice.
func TestPartlyRejected(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	for name, fifo := range map[string]bool{"standard": false, "fifo": true} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			c.FIFO = fifo
			var sent counting
			twice := sent.first(2)
			b := open(t, c.With(rejecting("SendMessageBatch", func(id string) bool { return id[5]%3 == 0 && twice(id) })))
			all := envelopes(0, 64)
			emit(t, b, all...)
			a := listen(t, b, nil)
			a.wait(t, all...)
			a.once(t)
			for id, calls := range sent.calls {
				if calls != 3 {
					t.Errorf("%s was sent %d times, want 3", id, calls)
				}
			}
		})
	}
}

// TestRejected has the server reject some envelopes again and again: each gets its own answer, one of those that are
// tried again where that is the server's fault, and another one where it is the envelope's.
func TestRejected(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	for name, code := range map[string]types.BatchResultErrorEntry{
		"server's":   {Code: aws.String("InternalError")},
		"throttled":  {Code: aws.String("ThrottlingException"), SenderFault: true},
		"envelope's": {Code: aws.String("InvalidMessageContents"), SenderFault: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			bad := func(id string) bool { return id == envelope(3).ID || id == envelope(21).ID }
			b := open(t, c.With(rejectingWith("SendMessageBatch", code, bad)))
			all := envelopes(0, 25)
			for n, err := range b.Emit(within(t, limit), all) {
				if (err != nil) != bad(all[n].ID) {
					t.Errorf("%s has the answer %v", all[n].ID, err)
				}
				if away := errors.Is(err, msgqueue.ErrUnavailable); bad(all[n].ID) && away == (name == "envelope's") {
					t.Errorf("%s has the answer %v", all[n].ID, err)
				}
			}
			good := slices.DeleteFunc(all, func(e msgqueue.Envelope) bool { return bad(e.ID) })
			listen(t, b, nil).wait(t, good...)
		})
	}
}

// TestNothingOvertakes has the first envelope of a key rejected for as long as Emit tries: those of the key that are in
// later batches are not sent either.
func TestNothingOvertakes(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	c := config(t)
	c.FIFO = true
	var away counting
	b := open(t, c.With(rejecting("SendMessageBatch", away.first(4))))
	all := envelopes(0, 40)
	for n := range all {
		all[n].Key = "one"
	}
	wantUnavailable(t, b.Emit(within(t, limit), all))
	if n := len(away.calls); n != 10 {
		t.Errorf("%d envelopes were sent, want the first batch only", n)
	}
	away.calls = make(map[string]int)
	a := listen(t, b, nil)
	eventually(t, "Emit", func() error { return errors.Join(b.Emit(within(t, limit), all)...) })
	a.wait(t, all...)
	for n, e := range a.got() {
		if e.ID != all[n].ID {
			t.Fatalf("%s has the place of %s", e.ID, all[n].ID)
		}
	}
}

// TestSizes has envelopes so large that few go into a batch, which a server refuses that is too large, and one that can
// never go.
func TestSizes(t *testing.T) {
	backends.SharedSQS(t).Use(t)
	b := open(t, config(t))
	all := envelopes(0, 12)
	for n := range all {
		all[n].Body = []byte(padding(20_000 * (n + 1)))
	}
	all[7].Body = []byte(padding(256 << 10))
	all[8].Body = nil
	all[9].Body = []byte("\x01")
	all[10].Body = []byte{0xff}
	bad := all[7:11]
	for n, err := range b.Emit(within(t, limit), all) {
		isBad := slices.ContainsFunc(bad, func(e msgqueue.Envelope) bool { return e.ID == all[n].ID })
		if (err != nil) != isBad || errors.Is(err, msgqueue.ErrUnavailable) {
			t.Errorf("%s of %d bytes has the answer %v", all[n].ID, len(all[n].Body), err)
		}
	}
	listen(t, b, nil).wait(t, slices.Concat(all[:7], all[11:])...)
}

func padding(n int) string { return strings.Repeat("x", n) }

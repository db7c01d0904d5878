package dynamolayer

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"myevents/lib/persistence"
)

// store is what the stores of both services have in common: persistence.Common, and Tables.
type store struct {
	client *client
	outbox outbox
}

func newStore(c *client, itemsOf func(document string) ([]string, error)) *store {
	return &store{client: c, outbox: outbox{client: c, itemsOf: itemsOf, positions: make([]string, parts)}}
}

// CreateTables implements Tables.
func (s *store) CreateTables(ctx context.Context) error { return s.client.createTables(ctx) }

func keptKey(name string) string { return "kept#" + name }

// Keep implements persistence.Common.
func (s *store) Keep(ctx context.Context, name string, value []byte) ([]byte, error) {
	for {
		kept, err := s.client.get(ctx, keptKey(name), attrDoc)
		if err == nil {
			return document[[]byte](kept)
		}
		if !errors.Is(err, persistence.ErrNotFound) {
			return nil, err
		}
		err = s.client.commit(ctx, change{key: keptKey(name), doc: value})
		if err != nil && !errors.Is(err, persistence.ErrConflict) { // which is another replica's value
			return nil, err
		}
	}
}

// Replace implements persistence.Common.
func (s *store) Replace(ctx context.Context, name string, was, value []byte) error {
	return s.client.commit(ctx, change{key: keptKey(name), was: &state{attrDoc, was}, doc: value})
}

// Ping implements persistence.Common.
func (s *store) Ping(ctx context.Context) error { return s.client.ping(ctx) }

// Close implements persistence.Common.
func (s *store) Close() error { return s.client.close() }

// Pending implements persistence.Outbox.
func (s *store) Pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	return s.outbox.pending(ctx, limit)
}

// Done implements persistence.Outbox.
func (s *store) Done(ctx context.Context, ids ...string) error { return s.outbox.done(ctx, ids) }

// Backlog implements persistence.Outbox.
func (s *store) Backlog(ctx context.Context) (persistence.Backlog, error) {
	return s.outbox.backlog(ctx)
}

// Lease implements persistence.Outbox. It goes by the clocks of the replicas.
func (s *store) Lease(ctx context.Context, holder string, d time.Duration) (bool, error) {
	now := time.Now()
	held, until := expression.Name(attrHolder), expression.Name(attrUntil)
	take := expression.Set(held, expression.Value(holder)).Set(until, expression.Value(now.Add(d).UnixMilli()))
	free := expression.Or(
		expression.AttributeNotExists(held),
		held.Equal(expression.Value(holder)),
		until.LessThan(expression.Value(now.UnixMilli())),
	)
	err := s.client.update(ctx, "lease#outbox", take, free)
	if errors.Is(err, persistence.ErrConflict) { // somebody else has it
		return false, nil
	}
	return err == nil, err
}

package dynamolayer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"golang.org/x/sync/errgroup"

	"myevents/lib/persistence"
)

// keepExpired is how long DynamoDB keeps an expired session: its sweep is the one that nobody counts on.
const keepExpired = 24 * time.Hour

func sessionKey(id persistence.ID) string { return "session#" + id.String() }

func sessionChange(s persistence.Session, was *state) change {
	key := sessionKey(s.ID)
	return change{key: key, was: was, doc: s, more: item{
		attrOwner: text(inIndex(s.UserID)), attrLapse: text(partOf(key)), attrExpires: number(s.Expires),
		attrTTL: number(s.Expires + int64(keepExpired/time.Second)),
	}}
}

// AddSession implements persistence.SessionHandler.
func (s *bookingStore) AddSession(ctx context.Context, added persistence.Session) error {
	err := s.client.commit(ctx, sessionChange(added, nil))
	if errors.Is(err, persistence.ErrConflict) {
		return persistence.ErrExists
	}
	return err
}

// FindSession implements persistence.SessionHandler.
func (s *bookingStore) FindSession(ctx context.Context, id persistence.ID) (found persistence.Session, err error) {
	i, err := s.client.get(ctx, sessionKey(id), attrDoc)
	if err != nil {
		return found, err
	}
	return document[persistence.Session](i)
}

// ChangeSession implements persistence.SessionHandler.
func (s *bookingStore) ChangeSession(ctx context.Context, changed persistence.Session) error {
	err := s.client.commit(ctx, sessionChange(changed, &state{attrVersion, changed.Version - 1}))
	if errors.Is(err, persistence.ErrConflict) {
		if _, missing := s.FindSession(ctx, changed.ID); missing != nil {
			return missing
		}
	}
	return err
}

// SessionsOf implements persistence.SessionHandler. The index may lag behind; the sessions are as they are now.
func (s *bookingStore) SessionsOf(ctx context.Context, user persistence.ID) ([]persistence.Session, error) {
	of := expression.Key(attrOwner).Equal(expression.Value(inIndex(user)))
	listed, err := s.client.find(ctx, search{index: ownerIndex, where: of})
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(listed))
	for n, i := range listed {
		keys[n] = key(i)
	}
	found, err := s.client.getAll(ctx, keys, attrDoc)
	if err != nil {
		return nil, err
	}
	return documentsOf[persistence.Session](found)
}

// RemoveSession implements persistence.SessionHandler.
func (s *bookingStore) RemoveSession(ctx context.Context, id persistence.ID) error {
	return write(ctx, s.client, func(ctx context.Context) error {
		_, err := s.client.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: &s.client.table, Key: keyOf(sessionKey(id)),
		})
		return err
	})
}

// RemoveExpired implements persistence.SessionHandler.
func (s *bookingStore) RemoveExpired(ctx context.Context, moment int64) (int, error) {
	var removed atomic.Int64
	before := expression.Key(attrExpires).LessThan(expression.Value(moment))
	for part := range parts {
		expired, err := s.client.find(ctx, search{index: sessionIndex, where: inPart(attrLapse, part).And(before)})
		if err != nil {
			return int(removed.Load()), err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, i := range expired {
			group.Go(func() error {
				err := s.removeIfExpired(ctx, key(i), moment)
				if err == nil {
					removed.Add(1)
				}
				if errors.Is(err, persistence.ErrConflict) { // renewed, or gone already
					return nil
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return int(removed.Load()), err
		}
	}
	return int(removed.Load()), nil
}

func (s *bookingStore) removeIfExpired(ctx context.Context, key string, moment int64) error {
	is := expression.Name(attrExpires).LessThan(expression.Value(moment))
	e, err := expression.NewBuilder().WithCondition(is).Build()
	if err != nil {
		return err
	}
	return write(ctx, s.client, func(ctx context.Context) error {
		_, err := s.client.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: &s.client.table, Key: keyOf(key), ConditionExpression: e.Condition(),
			ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		})
		return err
	})
}

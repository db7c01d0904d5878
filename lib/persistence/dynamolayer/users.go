package dynamolayer

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"myevents/lib/persistence"
)

// An address is an item of its own, which says whose it is: no two of a transaction can make it.

func userKey(id persistence.ID) string { return "user#" + id.String() }
func emailKey(address string) string   { return "email#" + address }

// AddUser implements persistence.UserHandler.
func (s *bookingStore) AddUser(ctx context.Context, u persistence.User) error {
	err := s.client.commit(ctx, change{key: userKey(u.ID), doc: u}, change{key: emailKey(u.EmailKey), doc: u.ID})
	if errors.Is(err, persistence.ErrConflict) {
		return persistence.ErrExists
	}
	return err
}

// FindUsers implements persistence.UserHandler.
func (s *bookingStore) FindUsers(ctx context.Context, ids ...persistence.ID) ([]persistence.User, error) {
	found, err := s.client.getAll(ctx, keysOf(userKey, ids), attrDoc)
	if err != nil {
		return nil, err
	}
	return documentsOf[persistence.User](found)
}

// FindUserByEmail implements persistence.UserHandler.
func (s *bookingStore) FindUserByEmail(ctx context.Context, key string) (none persistence.User, err error) {
	for {
		owner, err := s.ownerOfEmail(ctx, key)
		if err != nil {
			return none, err
		}
		u, err := s.findUser(ctx, owner)
		if err != nil {
			return none, err
		}
		if u.EmailKey == key { // or it was given up in between
			return u, nil
		}
	}
}

func (s *bookingStore) ownerOfEmail(ctx context.Context, key string) (owner persistence.ID, err error) {
	found, err := s.client.get(ctx, emailKey(key), attrDoc)
	if err != nil {
		return owner, err
	}
	return document[persistence.ID](found)
}

func (s *bookingStore) findUser(ctx context.Context, id persistence.ID) (u persistence.User, err error) {
	found, err := s.client.get(ctx, userKey(id), attrDoc)
	if err != nil {
		return u, err
	}
	return document[persistence.User](found)
}

// ChangeUser implements persistence.UserHandler.
func (s *bookingStore) ChangeUser(ctx context.Context, u persistence.User) error {
	for {
		was, err := s.findUser(ctx, u.ID)
		if err != nil {
			return err
		}
		if was.Version != u.Version-1 {
			return persistence.ErrConflict
		}
		if !u.Deleted() {
			owner, err := s.ownerOfEmail(ctx, u.EmailKey)
			if err == nil && owner != u.ID {
				return persistence.ErrExists
			}
			if err != nil && !errors.Is(err, persistence.ErrNotFound) {
				return err
			}
		}
		if err := s.replaceUser(ctx, was, u); !errors.Is(err, persistence.ErrConflict) {
			return err
		}
	}
}

// replaceUser makes the next version of a user, with the addresses given up and taken in the same step.
func (s *bookingStore) replaceUser(ctx context.Context, was, u persistence.User) error {
	changes := []change{{key: userKey(u.ID), was: &state{attrVersion, was.Version}, doc: u}}
	if u.EmailKey != was.EmailKey && !u.Deleted() {
		changes = append(changes, change{key: emailKey(u.EmailKey), doc: u.ID})
	}
	items, err := transaction(s.client.table, changes)
	if err != nil {
		return err
	}
	if u.EmailKey != was.EmailKey && !was.Deleted() {
		e, err := expression.NewBuilder().
			WithCondition(expression.Name(attrDoc).Equal(expression.Value(encode(u.ID)))).Build()
		if err != nil {
			return err
		}
		items = append(items, types.TransactWriteItem{Delete: &types.Delete{
			TableName: &s.client.table, Key: keyOf(emailKey(was.EmailKey)), ConditionExpression: e.Condition(),
			ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		}})
	}
	return s.client.transact(ctx, items)
}

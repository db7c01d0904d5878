package dynamolayer

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"myevents/lib/persistence"
)

func adoptionKey(guest persistence.ID) string { return "adoption#" + guest.String() }
func guestsKey(user persistence.ID) string    { return "guests#" + user.String() }

// adoption says whose a guest is.
type adoption struct {
	Guest persistence.ID `json:"guest"`
	User  persistence.ID `json:"user"`
}

// AdoptGuest implements persistence.SessionHandler.
func (s *bookingStore) AdoptGuest(ctx context.Context, user, guest persistence.ID) error {
	for {
		owners, err := s.OwnersOf(ctx, guest)
		if err != nil {
			return err
		}
		if owner, ok := owners[guest]; ok {
			if owner == user {
				return nil
			}
			return persistence.ErrExists
		}
		if err = s.adopt(ctx, user, guest); !errors.Is(err, persistence.ErrConflict) {
			return err
		}
	}
}

// adopt writes down who a guest is, and adds it to those of the user, which an index would know only later.
func (s *bookingStore) adopt(ctx context.Context, user, guest persistence.ID) error {
	owned, err := change{key: adoptionKey(guest), doc: adoption{guest, user}}.in(s.client.table)
	if err != nil {
		return err
	}
	added := &types.AttributeValueMemberSS{Value: []string{guest.String()}}
	e, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name(attrGuests), expression.Value(added))).Build()
	if err != nil {
		return err
	}
	return s.client.transact(ctx, []types.TransactWriteItem{owned, {Update: &types.Update{
		TableName: &s.client.table, Key: keyOf(guestsKey(user)), UpdateExpression: e.Update(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}}})
}

// GuestsOf implements persistence.SessionHandler.
func (s *bookingStore) GuestsOf(ctx context.Context, users ...persistence.ID) (guests []persistence.ID, err error) {
	found, err := s.client.getAll(ctx, keysOf(guestsKey, users), attrGuests)
	if err != nil {
		return nil, err
	}
	for _, i := range found {
		set, _ := i[attrGuests].(*types.AttributeValueMemberSS)
		if set == nil {
			continue
		}
		for _, guest := range set.Value {
			id, err := persistence.ParseID(guest)
			if err != nil {
				return nil, err
			}
			guests = append(guests, id)
		}
	}
	return guests, nil
}

// OwnersOf implements persistence.SessionHandler.
func (s *bookingStore) OwnersOf(
	ctx context.Context, guests ...persistence.ID,
) (map[persistence.ID]persistence.ID, error) {
	found, err := s.client.getAll(ctx, keysOf(adoptionKey, guests), attrDoc)
	if err != nil {
		return nil, err
	}
	adoptions, err := documentsOf[adoption](found)
	owners := make(map[persistence.ID]persistence.ID, len(adoptions))
	for _, a := range adoptions {
		owners[a.Guest] = a.User
	}
	return owners, err
}

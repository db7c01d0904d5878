package dynamolayer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"myevents/lib/persistence"
)

// atOnce is how many requests about single items are made at the same time.
const atOnce = 16

// outbox is all the messages in the items of a table. An index lists the items that have some.
type outbox struct {
	client *client
	// itemsOf gives the keys of the items that a message's document may be, the likeliest first.
	itemsOf func(document string) ([]string, error)

	mu sync.Mutex
	// positions are where the next call goes on in each part of the index, and first is the part that it begins with, so
	// that calls come by all of them.
	positions []string
	first     int
}

func (o *outbox) pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var keys []string
	for n := range parts {
		if len(keys) >= limit {
			break
		}
		page, err := o.pageOf(ctx, (o.first+n)%parts, limit-len(keys))
		if err != nil {
			return nil, err
		}
		keys = append(keys, page...)
	}
	o.first = (o.first + 1) % parts
	waiting, err := o.client.getAll(ctx, keys, attrOutbox)
	if err != nil {
		return nil, err
	}
	return oldest(waiting)
}

// pageOf goes round in one part.
func (o *outbox) pageOf(ctx context.Context, part, limit int) ([]string, error) {
	start, all := o.positions[part], inPart(attrWaits, part)
	if start == "" {
		return o.listed(ctx, part, all, limit)
	}
	keys, err := o.listed(ctx, part, all.And(expression.Key(attrKey).GreaterThan(expression.Value(start))), limit)
	if err != nil || len(keys) == limit {
		return keys, err
	}
	o.positions[part] = ""
	before := expression.Key(attrKey).LessThanEqual(expression.Value(start))
	more, err := o.listed(ctx, part, all.And(before), limit-len(keys))
	return append(keys, more...), err
}

// listed reads keys of items in a part, and sets the position after the last one.
func (o *outbox) listed(
	ctx context.Context, part int, where expression.KeyConditionBuilder, limit int,
) ([]string, error) {
	found, err := o.client.find(ctx, search{index: outboxIndex, where: where, limit: limit})
	keys := make([]string, len(found))
	for n, i := range found {
		keys[n] = key(i)
		o.positions[part] = keys[n]
	}
	return keys, err
}

func inPart(attribute string, part int) expression.KeyConditionBuilder {
	return expression.Key(attribute).Equal(expression.Value(strconv.Itoa(part)))
}

// oldest gives the first message of each item that has one: the index may not know yet that it has none any more.
func oldest(waiting []item) ([]persistence.Message, error) {
	messages := make([]persistence.Message, 0, len(waiting))
	for _, i := range waiting {
		box := entries(i, attrOutbox)
		if len(box) == 0 {
			continue
		}
		var m persistence.Message
		if err := decode(box[slices.Min(slices.Collect(maps.Keys(box)))], &m); err != nil {
			return nil, fmt.Errorf("the outbox of %s: %w", key(i), err)
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// entries are those of an attribute that is a map.
func entries(i item, attribute string) item {
	m, _ := i[attribute].(*types.AttributeValueMemberM)
	if m == nil {
		return nil
	}
	return m.Value
}

func (o *outbox) done(ctx context.Context, ids []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, id := range ids {
		keys, err := o.itemsOf(id[:max(0, strings.LastIndexByte(id, ':'))])
		if err != nil {
			return fmt.Errorf("the message %q: %w", id, err)
		}
		group.Go(func() error {
			for _, key := range keys {
				if found, err := o.remove(ctx, key, id); found || err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// remove takes a message out of an item, and the item out of the index when it was the last one. It says whether the
// message was there.
func (o *outbox) remove(ctx context.Context, key, id string) (found bool, err error) {
	message, size := inMap(attrOutbox, id), expression.Name(attrOutbox).Size()
	without := func() expression.UpdateBuilder { return expression.Remove(message).Remove(inMap(attrTimes, id)) }
	there, one := expression.AttributeExists(message), expression.Value(1)
	for {
		err := o.client.update(ctx, key, without().Remove(expression.Name(attrWaits)), there.And(size.Equal(one)))
		if errors.Is(err, persistence.ErrConflict) {
			err = o.client.update(ctx, key, without(), there.And(size.GreaterThan(one)))
		}
		if !errors.Is(err, persistence.ErrConflict) {
			return true, err
		}
		i, err := o.client.get(ctx, key, attrOutbox)
		if errors.Is(err, persistence.ErrNotFound) {
			return false, nil
		}
		if err != nil || entries(i, attrOutbox)[id] == nil {
			return false, err
		}
	}
}

func (o *outbox) backlog(ctx context.Context) (b persistence.Backlog, err error) {
	for part := range parts {
		listed, err := o.client.find(ctx, search{
			index: outboxIndex, where: inPart(attrWaits, part), attributes: []string{attrTimes},
		})
		if err != nil {
			return persistence.Backlog{}, err
		}
		for _, i := range listed {
			var times map[string]int64
			if err := decode(i[attrTimes], &times); err != nil {
				return persistence.Backlog{}, fmt.Errorf("the outbox of %s: %w", key(i), err)
			}
			for _, t := range times {
				b.Messages++
				if made := time.Unix(0, t); b.Oldest.IsZero() || made.Before(b.Oldest) {
					b.Oldest = made
				}
			}
		}
	}
	return b, nil
}

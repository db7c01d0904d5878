package dynamolayer

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"myevents/lib/persistence"
)

const (
	// maxTransaction is how many items DynamoDB takes in a transaction, and maxBatch how many it gives at once.
	maxTransaction = 100
	maxBatch       = 100
)

// get reads some attributes of an item as it is now, or answers with ErrNotFound.
func (c *client) get(ctx context.Context, key string, attributes ...string) (item, error) {
	e, err := projection(attributes)
	if err != nil {
		return nil, err
	}
	return read(ctx, c, func(ctx context.Context) (item, error) {
		found, err := c.api.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: &c.table, Key: keyOf(key), ConsistentRead: aws.Bool(true),
			ProjectionExpression: e.Projection(), ExpressionAttributeNames: e.Names(),
		})
		if err != nil {
			return nil, err
		}
		if found.Item == nil {
			return nil, persistence.ErrNotFound
		}
		return found.Item, nil
	})
}

func projection(attributes []string) (expression.Expression, error) {
	var list expression.ProjectionBuilder
	for _, a := range attributes {
		list = list.AddNames(expression.Name(a))
	}
	return expression.NewBuilder().WithProjection(list).Build()
}

// getAll reads the items that are there, each as it is now, in any order.
func (c *client) getAll(ctx context.Context, keys []string, attributes ...string) (found []item, err error) {
	e, err := projection(append(attributes, attrKey))
	if err != nil {
		return nil, err
	}
	keys = slices.Clone(keys)
	slices.Sort(keys)
	for some := range slices.Chunk(slices.Compact(keys), maxBatch) {
		asked := types.KeysAndAttributes{
			ConsistentRead: aws.Bool(true), ProjectionExpression: e.Projection(), ExpressionAttributeNames: e.Names(),
		}
		for _, key := range some {
			asked.Keys = append(asked.Keys, keyOf(key))
		}
		if err := c.getBatch(ctx, asked, &found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// getBatch asks until it has all of a batch: DynamoDB gives what it has the capacity for.
func (c *client) getBatch(ctx context.Context, asked types.KeysAndAttributes, found *[]item) error {
	left := map[string]types.KeysAndAttributes{c.table: asked}
	for n := 1; ; n++ {
		answer, err := read(ctx, c, func(ctx context.Context) (*dynamodb.BatchGetItemOutput, error) {
			return c.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: left})
		})
		if err != nil {
			return err
		}
		*found = append(*found, answer.Responses[c.table]...)
		if left = answer.UnprocessedKeys; len(left) == 0 {
			return nil
		}
		if err := sleep(ctx, n); err != nil {
			return err
		}
	}
}

// sleep waits before another attempt.
func sleep(ctx context.Context, attempt int) error {
	d, _ := pause(attempt, &types.ThrottlingException{})
	select {
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-time.After(d):
		return nil
	}
}

// search is a question to an index.
type search struct {
	index      string
	where      expression.KeyConditionBuilder
	attributes []string
	// limit is how many items are wanted; 0 means all.
	limit int
	// backwards has the last ones first.
	backwards bool
}

// find asks an index, which may not know yet what was written a moment ago.
func (c *client) find(ctx context.Context, s search) (found []item, err error) {
	list := expression.NamesList(expression.Name(attrKey))
	for _, a := range s.attributes {
		list = list.AddNames(expression.Name(a))
	}
	e, err := expression.NewBuilder().WithKeyCondition(s.where).WithProjection(list).Build()
	if err != nil {
		return nil, err
	}
	input := &dynamodb.QueryInput{
		TableName: &c.table, IndexName: &s.index, ScanIndexForward: aws.Bool(!s.backwards),
		KeyConditionExpression: e.KeyCondition(), ProjectionExpression: e.Projection(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}
	for {
		if s.limit > 0 {
			input.Limit = aws.Int32(int32(s.limit - len(found))) //nolint:gosec // limits are those of pages
		}
		page, err := read(ctx, c, func(ctx context.Context) (*dynamodb.QueryOutput, error) {
			return c.api.Query(ctx, input)
		})
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		input.ExclusiveStartKey = page.LastEvaluatedKey
		if page.LastEvaluatedKey == nil || s.limit > 0 && len(found) >= s.limit {
			return found, nil
		}
	}
}

// commit makes all changes or none; ErrConflict where an item is not in the state that its change was made for.
func (c *client) commit(ctx context.Context, changes ...change) error {
	items, err := transaction(c.table, changes)
	if err != nil {
		return err
	}
	return c.transact(ctx, items)
}

func transaction(table string, changes []change) ([]types.TransactWriteItem, error) {
	items := make([]types.TransactWriteItem, len(changes))
	for n, change := range changes {
		var err error
		if items[n], err = change.in(table); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// transact makes a transaction, again and again while others are at work on its items. Each time it has a token, which
// the SDK makes and keeps for its own attempts: one that was done is not done again when its answer was lost, and then
// is answered as it would have been.
func (c *client) transact(ctx context.Context, items []types.TransactWriteItem) error {
	for n := 1; ; n++ {
		err := write(ctx, c, func(ctx context.Context) error {
			_, err := c.api.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
			return err
		})
		if !isContended(err) {
			return err
		}
		if err := sleep(ctx, n); err != nil {
			return err
		}
	}
}

// update changes a single item where the condition holds; ErrConflict where it does not. It is for what may be done
// twice, since the SDK does it again when an answer is lost.
func (c *client) update(
	ctx context.Context, key string, u expression.UpdateBuilder, where expression.ConditionBuilder,
) error {
	e, err := expression.NewBuilder().WithUpdate(u).WithCondition(where).Build()
	if err != nil {
		return err
	}
	return write(ctx, c, func(ctx context.Context) error {
		_, err := c.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &c.table, Key: keyOf(key), UpdateExpression: e.Update(), ConditionExpression: e.Condition(),
			ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		})
		return err
	})
}

package dynamolayer

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"myevents/lib/persistence"
)

// schemaKey is the item that has the version of what is stored.
const schemaKey = "schema"

// prepareTimeout bounds an attempt to make sure that the table can be used.
const prepareTimeout = 10 * time.Second

// prepared makes sure, before the first request, that the table is one that this program can use. All that ask
// meanwhile share the attempt, and wait no longer than they have time.
func (c *client) prepared(ctx context.Context) error {
	if c.ready.Load() {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return unavailable(err)
	}
	attempt := c.preparing.DoChan("", func() (any, error) {
		if err := c.enter(); err != nil {
			return nil, err
		}
		defer c.running.Done()
		err := c.prepare(c.life)
		c.ready.Store(err == nil)
		return nil, err
	})
	select {
	case done := <-attempt:
		return done.Err
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
}

func (c *client) prepare(ctx context.Context) error {
	if c.create {
		if err := c.createTables(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	_, err := attempt(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, c.checkSchema(ctx) })
	return notDone(err)
}

// checkSchema looks at the mark of the table, and sets it where what this program writes is newer.
func (c *client) checkSchema(ctx context.Context) error {
	found, err := c.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &c.table, Key: keyOf(schemaKey), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	mark := 0
	if found.Item != nil {
		if mark, err = document[int](found.Item); err != nil {
			return err
		}
	}
	anew, err := c.versions.Check("the table "+c.table+" of DynamoDB", mark)
	if err != nil || !anew {
		return err
	}
	_, err = c.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &c.table, Item: item{attrKey: text(schemaKey), attrDoc: encode(c.versions.Written)},
		ConditionExpression:       aws.String("attribute_not_exists(" + attrDoc + ") OR " + attrDoc + " < :written"),
		ExpressionAttributeValues: item{":written": encode(c.versions.Written)},
	})
	if isRefused(err) { // another replica was first, with this version or a newer one
		return c.checkSchema(ctx)
	}
	return err
}

// ping says whether the table can be read.
func (c *client) ping(ctx context.Context) error {
	_, err := c.get(ctx, schemaKey, attrKey)
	if err != nil && !errors.Is(err, persistence.ErrUnavailable) && !errors.Is(err, persistence.ErrSchema) {
		return unavailable(err)
	}
	return err
}

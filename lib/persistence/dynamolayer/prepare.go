package dynamolayer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"myevents/lib/persistence"
)

// schema is the version of what is stored, and schemaKey the item that says so.
const (
	schema    = 1
	schemaKey = "schema"
)

// errSchema means that a newer version of the program has used the table. It is nothing that passes.
var errSchema = errors.New("the table has a newer schema")

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

func (c *client) checkSchema(ctx context.Context) error {
	found, err := c.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &c.table, Key: keyOf(schemaKey)})
	if err != nil {
		return err
	}
	if found.Item == nil { // the first ones to come all write the same
		_, err = c.api.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &c.table, Item: item{attrKey: text(schemaKey), attrDoc: encode(schema)},
		})
		return err
	}
	version, err := document[int](found.Item)
	if err == nil && version > schema {
		err = fmt.Errorf("%w: %d, this program knows %d", errSchema, version, schema)
	}
	return err
}

// ping says whether the table can be read.
func (c *client) ping(ctx context.Context) error {
	_, err := c.get(ctx, schemaKey, attrKey)
	if err != nil && !errors.Is(err, persistence.ErrUnavailable) {
		return unavailable(err)
	}
	return err
}

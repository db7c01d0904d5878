package dynamolayer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// table is what a store needs. The items' only key is a text that begins with the kind of the document.
type table struct {
	name    string
	indexes []index
	// expires has DynamoDB remove the items whose time has come.
	expires bool
}

// index lists the items that have both its attributes.
type index struct {
	name string
	// hash is a text, by which the index is asked; within one, it is sorted by the other.
	hash, sort string
	sortType   types.ScalarAttributeType
	// with are attributes that it has besides the keys.
	with []string
}

// The names of the indexes.
const (
	outboxIndex    = "outbox"
	changeIndex    = "changes"
	userIndex      = "bookings-by-user"
	eventIndex     = "bookings-by-event"
	organiserIndex = "inventories-by-organiser"
	listIndex      = "inventories"
	ownerIndex     = "sessions-by-user"
	sessionIndex   = "sessions-by-expiry"
)

// textIndex is sorted by a text.
func textIndex(name, hash, sort string, with ...string) index {
	return index{name: name, hash: hash, sort: sort, sortType: types.ScalarAttributeTypeS, with: with}
}

func ofOutbox() index { return textIndex(outboxIndex, attrWaits, attrKey, attrTimes) }

func eventTable() table {
	changes := index{
		name: changeIndex, hash: attrFeed, sort: attrChanged, sortType: types.ScalarAttributeTypeN, with: []string{attrDoc},
	}
	return table{name: "events", indexes: []index{ofOutbox(), changes}}
}

func bookingTable() table {
	return table{name: "bookings", expires: true, indexes: []index{
		ofOutbox(),
		textIndex(userIndex, attrUser, attrPlace),
		textIndex(eventIndex, attrEvent, attrPlace, attrAsked, attrSeats),
		textIndex(organiserIndex, attrOrganiser, attrStart),
		textIndex(listIndex, attrList, attrStart),
		textIndex(ownerIndex, attrOwner, attrKey),
		{name: sessionIndex, hash: attrLapse, sort: attrExpires, sortType: types.ScalarAttributeTypeN},
	}}
}

const (
	// createTimeout bounds the making of tables and indexes.
	createTimeout = 15 * time.Minute
	// lookEvery is how often DynamoDB is asked whether it has made them.
	lookEvery = 250 * time.Millisecond
)

// createTables makes what is missing, one by one, since DynamoDB makes but one index of a table at a time. Where
// somebody else is at it, it waits and looks again.
func (c *client) createTables(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, createTimeout)
	defer cancel()
	for {
		made, err := attempt(ctx, c.createNext)
		if err != nil {
			return fmt.Errorf("making the table %s: %w", c.table, err)
		}
		if made {
			return nil
		}
		select {
		case <-ctx.Done():
			return unavailable(ctx.Err())
		case <-time.After(lookEvery):
		}
	}
}

// createNext takes the next step, or says that there is none left.
func (c *client) createNext(ctx context.Context) (made bool, err error) {
	var missing *types.ResourceNotFoundException
	var busy *types.ResourceInUseException
	found, err := c.api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &c.table})
	switch {
	case errors.As(err, &missing):
		err = c.createTable(ctx)
	case err != nil:
	case !isActive(found.Table):
	default:
		made, err = c.complete(ctx, found.Table)
	}
	if errors.As(err, &busy) {
		return false, nil
	}
	return made, err
}

func isActive(t *types.TableDescription) bool {
	return t.TableStatus == types.TableStatusActive &&
		!slices.ContainsFunc(t.GlobalSecondaryIndexes, func(i types.GlobalSecondaryIndexDescription) bool {
			return i.IndexStatus != types.IndexStatusActive
		})
}

func (c *client) createTable(ctx context.Context) error {
	input := &dynamodb.CreateTableInput{
		TableName: &c.table, BillingMode: types.BillingModePayPerRequest,
		KeySchema: keySchema(attrKey, ""), AttributeDefinitions: []types.AttributeDefinition{textAttribute(attrKey)},
	}
	for _, i := range c.layout.indexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &i.name, KeySchema: keySchema(i.hash, i.sort), Projection: i.projection(),
		})
		for _, a := range i.attributes() {
			if !slices.ContainsFunc(input.AttributeDefinitions, func(have types.AttributeDefinition) bool {
				return *have.AttributeName == *a.AttributeName
			}) {
				input.AttributeDefinitions = append(input.AttributeDefinitions, a)
			}
		}
	}
	_, err := c.api.CreateTable(ctx, input)
	return err
}

// complete adds the next of what a table lacks.
func (c *client) complete(ctx context.Context, t *types.TableDescription) (complete bool, err error) {
	for _, i := range c.layout.indexes {
		have := slices.ContainsFunc(t.GlobalSecondaryIndexes, func(have types.GlobalSecondaryIndexDescription) bool {
			return aws.ToString(have.IndexName) == i.name
		})
		if !have {
			return false, c.createIndex(ctx, i)
		}
	}
	if !c.layout.expires {
		return true, nil
	}
	found, err := c.api.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &c.table})
	if err != nil || found.TimeToLiveDescription.TimeToLiveStatus != types.TimeToLiveStatusDisabled {
		return err == nil, err
	}
	return false, c.expire(ctx)
}

// expire has DynamoDB remove what is over.
func (c *client) expire(ctx context.Context) error {
	_, err := c.api.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &c.table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: aws.String(attrTTL), Enabled: aws.Bool(true),
		},
	})
	if err != nil && strings.Contains(err.Error(), "already enabled") { // by somebody else, just now
		return nil
	}
	return err
}

func (c *client) createIndex(ctx context.Context, i index) error {
	_, err := c.api.UpdateTable(ctx, &dynamodb.UpdateTableInput{
		TableName: &c.table, AttributeDefinitions: i.attributes(),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: &i.name, KeySchema: keySchema(i.hash, i.sort), Projection: i.projection(),
			},
		}},
	})
	return err
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	schema := []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}}
	if sort != "" {
		schema = append(schema, types.KeySchemaElement{AttributeName: &sort, KeyType: types.KeyTypeRange})
	}
	return schema
}

func textAttribute(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
}

// attributes are those that the table's own key does not have.
func (i index) attributes() []types.AttributeDefinition {
	definitions := []types.AttributeDefinition{textAttribute(i.hash)}
	if i.sort != attrKey {
		definitions = append(definitions, types.AttributeDefinition{AttributeName: &i.sort, AttributeType: i.sortType})
	}
	return definitions
}

func (i index) projection() *types.Projection {
	if len(i.with) == 0 {
		return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	}
	return &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: i.with}
}

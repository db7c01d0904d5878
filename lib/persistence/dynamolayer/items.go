package dynamolayer

import (
	"fmt"
	"hash/fnv"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"myevents/lib/persistence"
)

// The attributes of items. Those of the indexes are there only where the item is to be listed.
const (
	attrKey = "pk"
	// attrDoc is the document itself, with the names that it has in JSON.
	attrDoc     = "doc"
	attrVersion = attrDoc + ".version"
	// attrOutbox has the messages that wait, by their IDs, and attrTimes when each was made, in Unix nanoseconds.
	attrOutbox = "outbox"
	attrTimes  = "times"
	// attrWaits is the part of the index that lists the item while its outbox is not empty.
	attrWaits = "waits"
	// attrFeed is the kind of the document, and attrChanged when it was written, in Unix milliseconds.
	attrFeed    = "feed"
	attrChanged = "changed"
	// attrTag is new with every commit on an inventory.
	attrTag = "tag"
	// attrUser is whose booking it is, attrEvent of which event, and attrPlace where it stands among others; attrAsked and
	// attrSeats are what is summed up.
	attrUser  = "user"
	attrEvent = "event"
	attrPlace = "place"
	attrAsked = "asked"
	attrSeats = "seats"
	// attrOrganiser is whose event an inventory is of, attrList the list of all, and attrStart where it stands in both.
	attrOrganiser = "organiser"
	attrList      = "list"
	attrStart     = "start"
	// attrOwner is whose session it is.
	attrOwner = "owner"
	// attrLapse is the part of the index that lists a session, and attrExpires its end, in Unix seconds; attrTTL is when
	// DynamoDB itself removes it.
	attrLapse   = "lapse"
	attrExpires = "expires"
	attrTTL     = "ttl"
	// attrGuests are the guests that a user has adopted.
	attrGuests = "guests"
	// attrHolder has the lease, until attrUntil, in Unix milliseconds.
	attrHolder = "holder"
	attrUntil  = "until"
)

// item is what there is under a key.
type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyOf(key string) item { return item{attrKey: text(key)} }

// key gives the key that an item has.
func key(i item) string { return textOf(i, attrKey) }

// encode gives a document the form in which it is kept: the names are those of JSON.
func encode(document any) types.AttributeValue {
	value, err := attributevalue.MarshalWithOptions(document, func(o *attributevalue.EncoderOptions) {
		o.TagKey, o.UseEncodingMarshalers = "json", true
	})
	if err != nil {
		panic(err) // documents and messages have nothing that DynamoDB has not
	}
	return value
}

func decode(value types.AttributeValue, into any) error {
	return attributevalue.UnmarshalWithOptions(value, into, func(o *attributevalue.DecoderOptions) {
		o.TagKey, o.UseEncodingUnmarshalers = "json", true
	})
}

// document gives the document of an item.
func document[T any](i item) (doc T, err error) {
	if err := decode(i[attrDoc], &doc); err != nil {
		return doc, fmt.Errorf("the item %s: %w", key(i), err)
	}
	return doc, nil
}

// documentsOf gives those of many.
func documentsOf[T any](items []item) ([]T, error) {
	docs := make([]T, len(items))
	for n, i := range items {
		var err error
		if docs[n], err = document[T](i); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// parts is how many parts the indexes have that list items of all kinds: DynamoDB takes but a thousand changes a
// second in one, which would hold up the writing of the items.
const parts = 8

// partOf spreads keys over the parts.
func partOf(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return strconv.FormatUint(uint64(h.Sum32()%parts), 10)
}

// state is what an item must be like: an attribute by its path, and its value.
type state struct {
	path  string
	value any
}

// change is what becomes of one item with a document, in a transaction.
type change struct {
	key string
	// was is the state that the item must be in; nil says that it must not be there.
	was *state
	doc any
	// more are the attributes besides.
	more item
	// messages go into the item's outbox.
	messages []persistence.Message
}

// in makes it a part of a transaction on a table.
func (c change) in(table string) (types.TransactWriteItem, error) {
	if c.was == nil {
		e, err := expression.NewBuilder().WithCondition(expression.AttributeNotExists(expression.Name(attrKey))).Build()
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &table, Item: c.item(), ConditionExpression: e.Condition(), ExpressionAttributeNames: e.Names(),
		}}, err
	}
	update := expression.Set(expression.Name(attrDoc), expression.Value(encode(c.doc)))
	for name, value := range c.more {
		update = update.Set(expression.Name(name), expression.Value(value))
	}
	for _, m := range c.messages {
		update = update.Set(inMap(attrOutbox, m.ID), expression.Value(encode(m)))
		update = update.Set(inMap(attrTimes, m.ID), expression.Value(madeAt(m)))
	}
	if len(c.messages) > 0 {
		update = update.Set(expression.Name(attrWaits), expression.Value(partOf(c.key)))
	}
	is := expression.Name(c.was.path).Equal(expression.Value(c.was.value))
	e, err := expression.NewBuilder().WithUpdate(update).WithCondition(is).Build()
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &table, Key: keyOf(c.key), UpdateExpression: e.Update(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}}, err
}

// item is the whole of a new item.
func (c change) item() item {
	outbox, times := make(item), make(item)
	for _, m := range c.messages {
		outbox[m.ID], times[m.ID] = encode(m), number(madeAt(m))
	}
	i := item{
		attrKey: text(c.key), attrDoc: encode(c.doc),
		attrOutbox: &types.AttributeValueMemberM{Value: outbox}, attrTimes: &types.AttributeValueMemberM{Value: times},
	}
	if len(c.messages) > 0 {
		i[attrWaits] = text(partOf(c.key))
	}
	maps.Copy(i, c.more)
	return i
}

// madeAt is when a message was made, in Unix nanoseconds; 0 where it does not say.
func madeAt(m persistence.Message) int64 { return max(0, m.Time.UnixNano()) }

// inMap is the path of an entry, whose name may be anything.
func inMap(attribute, entry string) expression.NameBuilder {
	return expression.Name(attribute).AppendName(expression.NameNoDotSplit(entry))
}

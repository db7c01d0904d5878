package mongolayer

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// source is a collection whose documents have outboxes.
type source struct {
	collection string
	// has says whether the document of a message, by the message's ID, may be in it.
	has func(message string) bool
}

// outbox is all the messages in the documents of some collections.
type outbox struct {
	client  *client
	sources []source

	mu sync.Mutex
	// positions are where the next call goes on in each source, and first is the source that it begins with, so that
	// calls come by all of them.
	positions []objectID
	first     int
}

func (o *outbox) pending(ctx context.Context, limit int) ([]persistence.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []persistence.Message
	for n := range o.sources {
		if len(found) >= limit {
			break
		}
		page, err := o.pageOf(ctx, (o.first+n)%len(o.sources), limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, page...)
	}
	o.first = (o.first + 1) % len(o.sources)
	return found, nil
}

// pageOf goes round in one source.
func (o *outbox) pageOf(ctx context.Context, n, limit int) ([]persistence.Message, error) {
	start := o.positions[n]
	found, err := o.oldest(ctx, n, bson.M{"$gt": start}, limit)
	if err != nil || len(found) == limit || start == (objectID{}) {
		return found, err
	}
	o.positions[n] = objectID{}
	more, err := o.oldest(ctx, n, bson.M{"$lte": start}, limit-len(found))
	return append(found, more...), err
}

// waiting is a document with messages.
type waiting struct {
	ID     objectID  `bson:"_id"`
	Outbox []message `bson:"outbox"`
}

// oldest reads the first message of documents in a range of IDs, and sets the position after the last one.
func (o *outbox) oldest(ctx context.Context, n int, ids bson.M, limit int) ([]persistence.Message, error) {
	selector := bson.M{"outbox.id": bson.M{"$exists": true}}
	if ids["$gt"] != (objectID{}) {
		selector["_id"] = ids
	}
	found, err := readAll[waiting](ctx, o.client, func(db *mgo.Database) cursor {
		query := db.C(o.sources[n].collection).Find(selector).Select(bson.M{"outbox": bson.M{"$slice": 1}})
		return query.Sort("_id").Limit(limit)
	})
	messages := make([]persistence.Message, 0, len(found))
	for _, w := range found {
		if len(w.Outbox) > 0 {
			messages = append(messages, w.Outbox[0].unpack())
		}
		o.positions[n] = w.ID
	}
	return messages, err
}

func (o *outbox) done(ctx context.Context, ids []string) error {
	for _, s := range o.sources {
		var documents []objectID
		var mine []string
		for _, id := range ids {
			document, err := documentOf(id)
			if err != nil {
				return err
			}
			if s.has(id) {
				documents = append(documents, objectID(document))
				mine = append(mine, id)
			}
		}
		if len(mine) == 0 {
			continue
		}
		err := write(ctx, o.client, func(db *mgo.Database) error {
			some := bson.M{"$in": mine}
			_, err := db.C(s.collection).UpdateAll(
				bson.M{"_id": bson.M{"$in": documents}, "outbox.id": some},
				bson.M{"$pull": bson.M{"outbox": bson.M{"id": some}}},
			)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// documentOf gives the ID of the document that a message lies in: the message's own begins with it, perhaps with a
// prefix, and ends with the version.
func documentOf(message string) (persistence.ID, error) {
	document := message[:max(0, strings.LastIndexByte(message, ':'))]
	id, err := persistence.ParseID(document[strings.LastIndexByte(document, ':')+1:])
	if err != nil {
		return id, fmt.Errorf("the message %q: %w", message, err)
	}
	return id, nil
}

func (o *outbox) backlog(ctx context.Context) (b persistence.Backlog, err error) {
	for _, s := range o.sources {
		if err := o.count(ctx, s.collection, "outbox", "outbox.id", "outbox.time", &b); err != nil {
			return persistence.Backlog{}, err
		}
	}
	return b, nil
}

// count adds what waits in the lists of a collection's documents.
func (o *outbox) count(ctx context.Context, collection, list, id, time string, b *persistence.Backlog) error {
	type counted struct {
		Messages int
		Oldest   int64
	}
	found, err := readAll[counted](ctx, o.client, func(db *mgo.Database) cursor {
		return db.C(collection).Pipe([]bson.M{
			{"$match": bson.M{id: bson.M{"$exists": true}}},
			{"$project": bson.M{"n": bson.M{"$size": "$" + list}, "t": bson.M{"$min": "$" + time}}},
			{"$group": bson.M{"_id": nil, "messages": bson.M{"$sum": "$n"}, "oldest": bson.M{"$min": "$t"}}},
		})
	})
	for _, c := range found {
		b.Messages += c.Messages
		if oldest := unixNano(c.Oldest); c.Messages > 0 && (b.Oldest.IsZero() || oldest.Before(b.Oldest)) {
			b.Oldest = oldest
		}
	}
	return err
}

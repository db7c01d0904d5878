package mongolayer

import (
	"errors"
	"fmt"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence/schema"
)

// index is one that a collection has to have.
type index struct {
	collection string
	name       string
	key        bson.D
	// where restricts it to some documents.
	where bson.M
	// unique has no two documents have the same values; documents without the field do not count.
	unique bool
	// ttl has documents removed when the time in the field is over.
	ttl bool
}

// outboxIndex lists the documents of a collection that have messages, which are few, in the order of their IDs. The
// second field is there because MongoDB has but one index of the IDs alone.
func outboxIndex(collection, second string) index {
	return index{
		collection: collection, name: "outbox", key: bson.D{{Name: "_id", Value: 1}, {Name: second, Value: 1}},
		where: bson.M{"outbox.id": bson.M{"$exists": true}},
	}
}

func eventIndexes() []index {
	changed := bson.D{{Name: "changed", Value: 1}}
	return []index{
		{collection: "events", name: "changed", key: changed},
		{collection: "locations", name: "changed", key: changed},
		outboxIndex("events", "version"),
		outboxIndex("locations", "version"),
	}
}

func bookingIndexes() []index {
	return []index{
		{collection: "bookings", name: "user", key: bson.D{
			{Name: "userid", Value: 1}, {Name: "date", Value: -1}, {Name: "_id", Value: -1},
		}},
		{collection: "bookings", name: "event", key: bson.D{
			// Behind what the lists go by stands what Sales sums up, so that it need not read the documents.
			{Name: "eventid", Value: 1}, {Name: "date", Value: -1}, {Name: "_id", Value: -1},
			{Name: "seats", Value: 1}, {Name: "asked", Value: 1},
		}},
		{collection: "inventories", name: "start", key: bson.D{
			{Name: "event.startdate", Value: -1}, {Name: "_id", Value: -1},
		}},
		{collection: "inventories", name: "organiser", key: bson.D{
			{Name: "event.organiserid", Value: 1}, {Name: "event.startdate", Value: -1}, {Name: "_id", Value: -1},
		}},
		outboxIndex("bookings", "version"),
		outboxIndex("inventories", "sequence"),
		{
			collection: "inventories", name: "ops", key: bson.D{{Name: "_id", Value: 1}, {Name: "booked", Value: 1}},
			where: bson.M{"ops.key": bson.M{"$exists": true}},
		},
		{collection: "sessions", name: "end", key: bson.D{{Name: "end", Value: 1}}, ttl: true},
		{collection: "sessions", name: "user", key: bson.D{{Name: "userid", Value: 1}}},
		{collection: "owners", name: "user", key: bson.D{{Name: "userid", Value: 1}}},
		{collection: "users", name: "email", key: bson.D{{Name: "emailkey", Value: 1}}, unique: true},
	}
}

// prepare makes sure that the database is one that this program can use, and has its indexes. It is done once.
func (c *client) prepare(s *mgo.Session) error {
	c.mu.Lock()
	prepared := c.prepared
	c.mu.Unlock()
	if prepared {
		return nil
	}
	session := s.Copy()
	defer session.Close()
	d := session.DB(c.database)
	err := checkSchema(d, c.versions)
	for _, i := range c.indexes {
		if err == nil {
			err = i.ensure(d)
		}
	}
	if err = translate(err); isAway(err) {
		return unavailable(err)
	}
	return err
}

// checkSchema looks at the mark of the database, and sets it where what this program writes is newer.
func checkSchema(d *mgo.Database, v schema.Versions) error {
	var have struct{ Version int }
	err := d.C("schema").FindId("schema").One(&have)
	if err != nil && !errors.Is(err, mgo.ErrNotFound) {
		return err
	}
	anew, err := v.Check("the database "+d.Name+" of MongoDB", have.Version)
	if err != nil || !anew {
		return err
	}
	if have.Version == 0 {
		err = d.C("schema").Insert(bson.M{"_id": "schema", "version": v.Written})
	} else {
		err = d.C("schema").Update(bson.M{"_id": "schema", "version": have.Version}, bson.M{"version": v.Written})
	}
	if mgo.IsDup(err) || errors.Is(err, mgo.ErrNotFound) { // another replica was first, with this version or a newer one
		return checkSchema(d, v)
	}
	return err
}

// ensure makes the index where it is missing.
func (i index) ensure(d *mgo.Database) error {
	spec := bson.D{{Name: "key", Value: i.key}, {Name: "name", Value: i.name}}
	if i.where != nil {
		spec = append(spec, bson.DocElem{Name: "partialFilterExpression", Value: i.where})
	}
	if i.unique {
		spec = append(spec, bson.DocElem{Name: "unique", Value: true}, bson.DocElem{Name: "sparse", Value: true})
	}
	if i.ttl {
		spec = append(spec, bson.DocElem{Name: "expireAfterSeconds", Value: 0})
	}
	command := bson.D{{Name: "createIndexes", Value: i.collection}, {Name: "indexes", Value: []bson.D{spec}}}
	if err := d.Run(command, nil); err != nil {
		return fmt.Errorf("the index %s of %s: %w", i.name, i.collection, err)
	}
	return nil
}

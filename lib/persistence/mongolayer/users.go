package mongolayer

import (
	"context"
	"errors"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// user is an account. The unique index of the EmailKeys has the documents that have one, so that those of deleted
// accounts must be without the field.
type user struct {
	ID       objectID `bson:"_id"`
	Email    string   `bson:"email,omitempty"`
	EmailKey string   `bson:"emailkey,omitempty"`
	Name     string   `bson:"name,omitempty"`
	Password string   `bson:"password,omitempty"`
	Roles    []string `bson:"roles,omitempty"`
	Created  int64    `bson:"created,omitempty"`
	Epoch    int64    `bson:"epoch"`
	Version  int64    `bson:"version"`
}

func packUser(u persistence.User) user {
	return user{
		ID: objectID(u.ID), Email: u.Email, EmailKey: u.EmailKey, Name: u.Name, Password: u.Password, Roles: u.Roles,
		Created: u.Created, Epoch: u.Epoch, Version: u.Version,
	}
}

func (u user) unpack() persistence.User {
	return persistence.User{
		ID: persistence.ID(u.ID), Email: u.Email, EmailKey: u.EmailKey, Name: u.Name, Password: u.Password, Roles: u.Roles,
		Created: u.Created, Epoch: u.Epoch, Version: u.Version,
	}
}

// AddUser implements persistence.UserHandler.
func (s *bookingStore) AddUser(ctx context.Context, added persistence.User) error {
	err := write(ctx, s.client, func(db *mgo.Database) error { return db.C("users").Insert(packUser(added)) })
	if duplicates(err) {
		return persistence.ErrExists
	}
	return err
}

// FindUsers implements persistence.UserHandler.
func (s *bookingStore) FindUsers(ctx context.Context, ids ...persistence.ID) ([]persistence.User, error) {
	found, err := readAll[user](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("users").Find(bson.M{"_id": bson.M{"$in": objectIDs(ids)}})
	})
	users := make([]persistence.User, len(found))
	for n, u := range found {
		users[n] = u.unpack()
	}
	return users, err
}

// FindUserByEmail implements persistence.UserHandler.
func (s *bookingStore) FindUserByEmail(ctx context.Context, key string) (persistence.User, error) {
	found, err := readOne[user](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("users").Find(bson.M{"emailkey": key})
	})
	if err != nil {
		return persistence.User{}, err
	}
	return found.unpack(), nil
}

// ChangeUser implements persistence.UserHandler.
func (s *bookingStore) ChangeUser(ctx context.Context, changed persistence.User) error {
	err := write(ctx, s.client, func(db *mgo.Database) error {
		selector := bson.M{"_id": objectID(changed.ID), "version": changed.Version - 1}
		return orConflict(db.C("users").Update(selector, packUser(changed)))
	})
	switch {
	case duplicates(err):
		return persistence.ErrExists
	case errors.Is(err, persistence.ErrConflict):
		found, missing := s.FindUsers(ctx, changed.ID)
		if missing == nil && len(found) == 0 {
			missing = persistence.ErrNotFound
		}
		if missing != nil {
			return missing
		}
	}
	return err
}

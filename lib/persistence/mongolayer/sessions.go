package mongolayer

import (
	"context"
	"errors"
	"time"

	"gopkg.in/mgo.v2"
	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
)

// session is a session, with its end also in the form by which MongoDB itself removes it.
type session struct {
	ID       objectID  `bson:"_id"`
	UserID   objectID  `bson:"userid"`
	Epoch    int64     `bson:"epoch,omitempty"`
	Secret   []byte    `bson:"secret"`
	Previous []byte    `bson:"previous,omitempty"`
	Rotated  int64     `bson:"rotated"`
	Expires  int64     `bson:"expires"`
	End      time.Time `bson:"end"`
	Version  int64     `bson:"version"`
}

// keepExpired is how long MongoDB keeps an expired session: its sweep is the one that nobody counts on.
const keepExpired = 24 * time.Hour

func packSession(s persistence.Session) session {
	return session{
		ID: objectID(s.ID), UserID: objectID(s.UserID), Epoch: s.Epoch, Secret: s.Secret, Previous: s.Previous,
		Rotated: s.Rotated, Expires: s.Expires, End: time.Unix(s.Expires, 0).Add(keepExpired), Version: s.Version,
	}
}

func (s session) unpack() persistence.Session {
	return persistence.Session{
		ID: persistence.ID(s.ID), UserID: persistence.ID(s.UserID), Epoch: s.Epoch, Secret: s.Secret,
		Previous: s.Previous, Rotated: s.Rotated, Expires: s.Expires, Version: s.Version,
	}
}

// AddSession implements persistence.SessionHandler.
func (s *bookingStore) AddSession(ctx context.Context, added persistence.Session) error {
	err := write(ctx, s.client, func(db *mgo.Database) error { return db.C("sessions").Insert(packSession(added)) })
	if duplicates(err) {
		return persistence.ErrExists
	}
	return err
}

// FindSession implements persistence.SessionHandler.
func (s *bookingStore) FindSession(ctx context.Context, id persistence.ID) (persistence.Session, error) {
	found, err := readOne[session](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("sessions").FindId(objectID(id))
	})
	if err != nil {
		return persistence.Session{}, err
	}
	return found.unpack(), nil
}

// ChangeSession implements persistence.SessionHandler.
func (s *bookingStore) ChangeSession(ctx context.Context, changed persistence.Session) error {
	err := write(ctx, s.client, func(db *mgo.Database) error {
		selector := bson.M{"_id": objectID(changed.ID), "version": changed.Version - 1}
		return orConflict(db.C("sessions").Update(selector, packSession(changed)))
	})
	if errors.Is(err, persistence.ErrConflict) {
		if _, missing := s.FindSession(ctx, changed.ID); missing != nil {
			return missing
		}
	}
	return err
}

// SessionsOf implements persistence.SessionHandler.
func (s *bookingStore) SessionsOf(ctx context.Context, user persistence.ID) ([]persistence.Session, error) {
	found, err := readAll[session](ctx, s.client, func(db *mgo.Database) cursor {
		return db.C("sessions").Find(bson.M{"userid": objectID(user)})
	})
	sessions := make([]persistence.Session, len(found))
	for n, f := range found {
		sessions[n] = f.unpack()
	}
	return sessions, err
}

// RemoveSession implements persistence.SessionHandler.
func (s *bookingStore) RemoveSession(ctx context.Context, id persistence.ID) error {
	_, err := s.removeSessions(ctx, bson.M{"_id": objectID(id)})
	return err
}

// RemoveExpired implements persistence.SessionHandler.
func (s *bookingStore) RemoveExpired(ctx context.Context, moment int64) (int, error) {
	return s.removeSessions(ctx, bson.M{"expires": bson.M{"$lt": moment}})
}

func (s *bookingStore) removeSessions(ctx context.Context, selector bson.M) (int, error) {
	return run(ctx, s.client, func(db *mgo.Database) (int, error) {
		info, err := db.C("sessions").RemoveAll(selector)
		if err != nil {
			return 0, err
		}
		return info.Removed, nil
	})
}

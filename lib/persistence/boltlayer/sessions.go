package boltlayer

import (
	"bytes"
	"context"
	"slices"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// AddSession implements persistence.SessionHandler.
func (s *bookingStore) AddSession(ctx context.Context, session persistence.Session) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		if tx.Bucket([]byte(sessionBucket)).Get(session.ID[:]) != nil {
			return persistence.ErrExists
		}
		return putSession(tx, session)
	})
}

// FindSession implements persistence.SessionHandler.
func (s *bookingStore) FindSession(ctx context.Context, id persistence.ID) (session persistence.Session, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error { return get(tx, sessionBucket, id[:], &session) })
	return session, err
}

// ChangeSession implements persistence.SessionHandler.
func (s *bookingStore) ChangeSession(ctx context.Context, session persistence.Session) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		var was persistence.Session
		if err := get(tx.Tx, sessionBucket, session.ID[:], &was); err != nil {
			return err
		}
		if was.Version != session.Version-1 {
			return persistence.ErrConflict
		}
		tx.Delete(expiryBucket, expiryKey(was))
		return putSession(tx, session)
	})
}

func putSession(tx *boltfile.Tx, session persistence.Session) error {
	tx.Put(expiryBucket, expiryKey(session), nil)
	return put(tx, sessionBucket, session.ID[:], session)
}

func expiryKey(s persistence.Session) []byte { return append(dateKey(s.Expires), s.ID[:]...) }

// RemoveSession implements persistence.SessionHandler.
func (s *bookingStore) RemoveSession(ctx context.Context, id persistence.ID) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		found, err := getAll[persistence.Session](tx.Tx, sessionBucket, []persistence.ID{id})
		for _, session := range found {
			removeSession(tx, expiryKey(session))
		}
		return err
	})
}

// removeSession removes the session of a place in the order of expiry.
func removeSession(tx *boltfile.Tx, place []byte) {
	tx.Delete(expiryBucket, place)
	tx.Delete(sessionBucket, place[8:])
}

// maxExpired bounds how many sessions one transaction removes.
const maxExpired = 1000

// RemoveExpired implements persistence.SessionHandler.
func (s *bookingStore) RemoveExpired(ctx context.Context, moment int64) (removed int, err error) {
	for {
		n, err := updated(ctx, s.store, func(tx *boltfile.Tx) (int, error) {
			expired := expiredBefore(tx.Tx, moment)
			for _, place := range expired {
				removeSession(tx, place)
			}
			return len(expired), nil
		})
		if err != nil {
			return removed, err
		}
		removed += n
		if n < maxExpired {
			return removed, nil
		}
	}
}

func expiredBefore(tx *bolt.Tx, moment int64) (places [][]byte) {
	end := dateKey(moment)
	c := tx.Bucket([]byte(expiryBucket)).Cursor()
	for key, _ := c.First(); key != nil && len(places) < maxExpired; key, _ = c.Next() {
		if bytes.Compare(key[:8], end) >= 0 {
			break
		}
		places = append(places, slices.Clone(key))
	}
	return places
}

// AdoptGuest implements persistence.SessionHandler.
func (s *bookingStore) AdoptGuest(ctx context.Context, user, guest persistence.ID) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		if owner := tx.Bucket([]byte(ownerBucket)).Get(guest[:]); owner != nil && persistence.ID(owner) != user {
			return persistence.ErrExists
		}
		tx.Put(ownerBucket, guest[:], user[:])
		tx.Put(guestBucket, slices.Concat(user[:], guest[:]), nil)
		return nil
	})
}

// GuestsOf implements persistence.SessionHandler.
func (s *bookingStore) GuestsOf(ctx context.Context, user persistence.ID) (guests []persistence.ID, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(guestBucket)).Cursor()
		for key, _ := c.Seek(user[:]); bytes.HasPrefix(key, user[:]); key, _ = c.Next() {
			guests = append(guests, persistence.ID(key[len(user):]))
		}
		return nil
	})
	return guests, err
}

// OwnerOf implements persistence.SessionHandler.
func (s *bookingStore) OwnerOf(ctx context.Context, guest persistence.ID) (owner persistence.ID, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		if key := tx.Bucket([]byte(ownerBucket)).Get(guest[:]); key != nil {
			owner = persistence.ID(key)
		}
		return nil
	})
	return owner, err
}

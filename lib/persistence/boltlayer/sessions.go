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
		forgetSession(tx, was)
		return putSession(tx, session)
	})
}

func putSession(tx *boltfile.Tx, session persistence.Session) error {
	tx.Put(expiryBucket, expiryKey(session), nil)
	tx.Put(heldBucket, heldKey(session), nil)
	return put(tx, sessionBucket, session.ID[:], session)
}

// forgetSession removes a session from the places where it is found.
func forgetSession(tx *boltfile.Tx, session persistence.Session) {
	tx.Delete(expiryBucket, expiryKey(session))
	tx.Delete(heldBucket, heldKey(session))
}

func expiryKey(s persistence.Session) []byte { return append(dateKey(s.Expires), s.ID[:]...) }

func heldKey(s persistence.Session) []byte { return slices.Concat(s.UserID[:], s.ID[:]) }

// SessionsOf implements persistence.SessionHandler.
func (s *bookingStore) SessionsOf(
	ctx context.Context, user persistence.ID,
) (sessions []persistence.Session, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		sessions, err = getAll[persistence.Session](tx, sessionBucket, behind(tx, heldBucket, user))
		return err
	})
	return sessions, err
}

// behind reads the IDs that stand behind the user in the keys of a bucket.
func behind(tx *bolt.Tx, bucket string, user persistence.ID) (ids []persistence.ID) {
	c := tx.Bucket([]byte(bucket)).Cursor()
	for key, _ := c.Seek(user[:]); bytes.HasPrefix(key, user[:]); key, _ = c.Next() {
		ids = append(ids, persistence.ID(key[len(user):]))
	}
	return ids
}

// RemoveSession implements persistence.SessionHandler.
func (s *bookingStore) RemoveSession(ctx context.Context, id persistence.ID) error {
	return s.update(ctx, func(tx *boltfile.Tx) error { return removeSessions(tx, []persistence.ID{id}) })
}

func removeSessions(tx *boltfile.Tx, ids []persistence.ID) error {
	found, err := getAll[persistence.Session](tx.Tx, sessionBucket, ids)
	if err != nil {
		return err
	}
	for _, session := range found {
		forgetSession(tx, session)
		tx.Delete(sessionBucket, session.ID[:])
	}
	return nil
}

// maxExpired bounds how many sessions one transaction removes.
const maxExpired = 1000

// RemoveExpired implements persistence.SessionHandler.
func (s *bookingStore) RemoveExpired(ctx context.Context, moment int64) (removed int, err error) {
	for {
		n, err := updated(ctx, s.store, func(tx *boltfile.Tx) (int, error) {
			expired := expiredBefore(tx.Tx, moment)
			return len(expired), removeSessions(tx, expired)
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

func expiredBefore(tx *bolt.Tx, moment int64) (sessions []persistence.ID) {
	end := dateKey(moment)
	c := tx.Bucket([]byte(expiryBucket)).Cursor()
	for key, _ := c.First(); key != nil && len(sessions) < maxExpired; key, _ = c.Next() {
		if bytes.Compare(key[:8], end) >= 0 {
			break
		}
		sessions = append(sessions, persistence.ID(key[8:]))
	}
	return sessions
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
func (s *bookingStore) GuestsOf(ctx context.Context, users ...persistence.ID) (guests []persistence.ID, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		for _, user := range users {
			guests = append(guests, behind(tx, guestBucket, user)...)
		}
		return nil
	})
	return guests, err
}

// OwnersOf implements persistence.SessionHandler.
func (s *bookingStore) OwnersOf(
	ctx context.Context, guests ...persistence.ID,
) (map[persistence.ID]persistence.ID, error) {
	owners := make(map[persistence.ID]persistence.ID)
	err := s.view(ctx, func(tx *bolt.Tx) error {
		for _, guest := range guests {
			if key := tx.Bucket([]byte(ownerBucket)).Get(guest[:]); key != nil {
				owners[guest] = persistence.ID(key)
			}
		}
		return nil
	})
	return owners, err
}

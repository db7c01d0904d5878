package boltlayer

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// AddUser implements persistence.UserHandler.
func (s *bookingStore) AddUser(ctx context.Context, u persistence.User) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		if tx.Bucket([]byte(userBucket)).Get(u.ID[:]) != nil || isTaken(tx, u) {
			return persistence.ErrExists
		}
		return putUser(tx, u)
	})
}

// isTaken says whether the address is another user's.
func isTaken(tx *boltfile.Tx, u persistence.User) bool {
	owner := tx.Bucket([]byte(emailBucket)).Get([]byte(u.EmailKey))
	return owner != nil && persistence.ID(owner) != u.ID
}

func putUser(tx *boltfile.Tx, u persistence.User) error {
	if !u.Deleted() {
		tx.Put(emailBucket, []byte(u.EmailKey), u.ID[:])
	}
	return put(tx, userBucket, u.ID[:], u)
}

// FindUsers implements persistence.UserHandler.
func (s *bookingStore) FindUsers(ctx context.Context, ids ...persistence.ID) (found []persistence.User, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		found, err = getAll[persistence.User](tx, userBucket, ids)
		return err
	})
	return found, err
}

// FindUserByEmail implements persistence.UserHandler.
func (s *bookingStore) FindUserByEmail(ctx context.Context, key string) (u persistence.User, err error) {
	err = s.view(ctx, func(tx *bolt.Tx) error {
		id := tx.Bucket([]byte(emailBucket)).Get([]byte(key))
		if id == nil {
			return persistence.ErrNotFound
		}
		return get(tx, userBucket, id, &u)
	})
	return u, err
}

// ChangeUser implements persistence.UserHandler.
func (s *bookingStore) ChangeUser(ctx context.Context, u persistence.User) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		var was persistence.User
		if err := get(tx.Tx, userBucket, u.ID[:], &was); err != nil {
			return err
		}
		switch {
		case was.Version != u.Version-1:
			return persistence.ErrConflict
		case isTaken(tx, u):
			return persistence.ErrExists
		}
		if !was.Deleted() {
			tx.Delete(emailBucket, []byte(was.EmailKey))
		}
		return putUser(tx, u)
	})
}

package boltlayer

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/persistence"
)

// The outbox has the messages under their IDs, which begin with the document and sort by its versions. So the oldest
// message of a document is the first with its prefix, and the next document is one seek away.

// afterDocument sorts after all IDs of a document's messages, whose version follows a colon.
const afterDocument = ";"

// timeSize is the length of the time that stands before each message, so that it can be read without the rest.
const timeSize = 8

// send puts a change's message into the outbox.
func send(tx *boltfile.Tx, m persistence.Message) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	tx.Put(outboxBucket, []byte(m.ID), append(dateKey(m.Time.UnixNano()), value...))
	return nil
}

func received(value []byte) (m persistence.Message, err error) {
	if len(value) < timeSize {
		return m, fmt.Errorf("%w: a message of %d bytes", boltfile.ErrDamaged, len(value))
	}
	err = decode(value[timeSize:], &m)
	return m, err
}

// waits says whether a document has messages in the outbox.
func waits(tx *bolt.Tx, document string) bool {
	prefix := []byte(document + ":")
	id, _ := tx.Bucket([]byte(outboxBucket)).Cursor().Seek(prefix)
	return bytes.HasPrefix(id, prefix)
}

// Pending implements persistence.Outbox. It goes round: each call begins where the one before ended.
func (s *store) Pending(ctx context.Context, limit int) (pending []persistence.Message, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte(outboxBucket)).Cursor()
		start := s.position
		pending, err = oldest(c, start, nil, limit)
		if err == nil && len(pending) < limit && start != nil {
			var more []persistence.Message
			more, err = oldest(c, nil, start, limit-len(pending))
			pending = append(pending, more...)
		}
		return err
	})
	if n := len(pending); n > 0 {
		s.position = []byte(pending[n-1].Document + afterDocument)
	}
	return pending, err
}

// oldest reads the first message of each document between two positions.
func oldest(c *bolt.Cursor, from, to []byte, limit int) ([]persistence.Message, error) {
	var found []persistence.Message
	for id, value := c.Seek(from); id != nil && len(found) < limit; {
		if to != nil && bytes.Compare(id, to) >= 0 {
			break
		}
		m, err := received(value)
		if err != nil {
			return nil, err
		}
		found = append(found, m)
		id, value = c.Seek([]byte(m.Document + afterDocument))
	}
	return found, nil
}

// Done implements persistence.Outbox.
func (s *store) Done(ctx context.Context, ids ...string) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		for _, id := range ids {
			tx.Delete(outboxBucket, []byte(id))
		}
		return nil
	})
}

// Backlog implements persistence.Outbox.
func (s *store) Backlog(ctx context.Context) (b persistence.Backlog, err error) {
	var oldest []byte
	err = s.view(ctx, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(outboxBucket)).ForEach(func(_, value []byte) error {
			b.Messages++
			if at := value[:min(timeSize, len(value))]; oldest == nil || bytes.Compare(at, oldest) < 0 {
				oldest = bytes.Clone(at)
			}
			return nil
		})
	})
	if len(oldest) == timeSize {
		b.Oldest = time.Unix(0, int64(binary.BigEndian.Uint64(oldest))) //nolint:gosec // written by send
	}
	return b, err
}

// Lease implements persistence.Outbox.
func (s *store) Lease(_ context.Context, holder string, d time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.holder != holder && now.Before(s.until) {
		return false, nil
	}
	s.holder, s.until = holder, now.Add(d)
	return true, nil
}

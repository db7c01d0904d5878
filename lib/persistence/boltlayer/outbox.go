package boltlayer

import (
	"bytes"
	"context"
	"encoding/binary"
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
func send(tx *boltfile.Tx, m persistence.Message) {
	tx.Put(outboxBucket, []byte(m.ID), pack(m))
}

// pack writes what the ID does not say: the time; the name, the key and the trace, each behind its length; the body. It
// is read again by whoever publishes the message, which JSON would make many times as dear.
func pack(m persistence.Message) []byte {
	b := make([]byte, 0, timeSize+3*binary.MaxVarintLen16+len(m.Name)+len(m.Key)+len(m.Trace)+len(m.Body))
	b = append(b, dateKey(m.Time.UnixNano())...)
	for _, s := range []string{m.Name, m.Key, m.Trace} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return append(b, m.Body...)
}

// unpack reads what pack wrote. The message shares no memory with it, and has two pieces of its own: the texts and the
// body.
func unpack(id, value []byte) (persistence.Message, error) {
	version := bytes.LastIndexByte(id, ':')
	if version < 0 || len(value) < timeSize {
		return persistence.Message{}, fmt.Errorf("%w: a message of %d bytes", boltfile.ErrDamaged, len(value))
	}
	var ends [3]int // of the name, the key and the trace
	var starts [len(ends)]int
	at := timeSize
	for n := range ends {
		length, size := binary.Uvarint(value[at:])
		if size <= 0 || length > uint64(len(value)-at-size) { //nolint:gosec // size is within value
			return persistence.Message{}, fmt.Errorf("%w: the message %q", boltfile.ErrDamaged, id)
		}
		starts[n] = at + size
		ends[n] = starts[n] + int(length) //nolint:gosec // it ends within value
		at = ends[n]
	}
	var room [200]byte
	text := string(append(append(room[:0], id...), value[:at]...))
	part := func(n int) string { return text[len(id)+starts[n] : len(id)+ends[n]] }
	return persistence.Message{
		ID: text[:len(id)], Document: text[:version], Name: part(0), Key: part(1), Trace: part(2),
		Body: bytes.Clone(value[at:]), Time: sent(value),
	}, nil
}

// sent is the time of a packed message.
func sent(value []byte) time.Time { return time.Unix(0, number(value[:timeSize])).UTC() }

// waits says whether a document has messages in the outbox.
func waits(tx *bolt.Tx, document string) bool {
	id, _ := tx.Bucket([]byte(outboxBucket)).Cursor().Seek([]byte(document + ":"))
	return isOf(id, document)
}

// isOf says whether a message is one of a document.
func isOf(id []byte, document string) bool {
	return len(id) > len(document) && string(id[:len(document)]) == document && id[len(document)] == ':'
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
		m, err := unpack(id, value)
		if err != nil {
			return nil, err
		}
		if found == nil {
			found = make([]persistence.Message, 0, limit)
		}
		found = append(found, m)
		// Most documents have but one, and the next is nearer than a seek.
		if id, value = c.Next(); isOf(id, m.Document) {
			id, value = c.Seek([]byte(m.Document + afterDocument))
		}
	}
	return found, nil
}

// Done implements persistence.Outbox.
func (s *store) Done(ctx context.Context, ids ...string) error {
	return s.update(ctx, func(tx *boltfile.Tx) error {
		tx.DeleteAll(outboxBucket, ids...)
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
		b.Oldest = sent(oldest)
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

// packOutbox brings messages into their form that were stored as JSON before there was another one.
func packOutbox(tx *boltfile.Tx) error {
	var all []persistence.Message
	err := tx.Bucket([]byte(outboxBucket)).ForEach(func(_, value []byte) error {
		var m persistence.Message
		if err := decode(value[min(timeSize, len(value)):], &m); err != nil {
			return err
		}
		all = append(all, m)
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		send(tx, m)
	}
	return nil
}

// Package inproc is a message broker inside the process, for a system that runs on one machine. It has what a broker of
// its own has: what it has taken is on the disk, every group has a queue of its own, what fails comes again and in the
// end lies among the dead letters, and all of it can be read again from the beginning.
//
// It keeps everything in one file: a log of all envelopes that only ever grows, and for every group how far in the log
// it has come and which of the envelopes before that have failed.
package inproc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

// fileName is the file in the broker's directory.
const fileName = "broker.db"

// The buckets of the file. Keys of failed and dead start with the name of the group.
const (
	logBucket    = "log"    // position -> envelope
	groupsBucket = "groups" // group -> position of the first envelope that may not have been handled
	failedBucket = "failed" // group, position -> attempts
	deadBucket   = "dead"   // group, position -> attempts
	tracesBucket = "traces" // position -> what the envelope belongs to, where it is something
)

const (
	// defaultTries and defaultBackoff give an envelope nearly a minute until it is a dead letter.
	defaultTries   = 10
	defaultBackoff = 100 * time.Millisecond
	maxBackoff     = 30 * time.Second
	// saveEvery is how long the progress of the groups is in memory only.
	saveEvery = 200 * time.Millisecond
	// maxReason is how many bytes of a handler's error are kept.
	maxReason = 1 << 10
	// writeTimeout bounds what is written without a caller who waits for it.
	writeTimeout = 10 * time.Second
)

// Options say how a broker works.
type Options struct {
	// Groups get all that is emitted from the first time on that they are named here.
	Groups []string
	// Tries is how often an envelope is handed to a handler that fails before it is a dead letter; 10 where it is 0.
	Tries int
	// Backoff is the time between the first two tries, doubled each time up to 30 s; 100 ms where it is 0.
	Backoff time.Duration
}

// Broker is the emitter, the listener, the log and the dead letters of everybody in the process. It is safe for
// concurrent use.
type Broker struct {
	file    *boltfile.File
	tries   int
	backoff time.Duration

	closing   chan struct{}
	progress  chan struct{}
	listeners sync.WaitGroup
	saving    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	groups map[string]*group
}

// Open opens the broker whose file is in the directory, or makes a new one. The errors are those of boltfile.Open.
func Open(directory string, o Options) (*Broker, error) {
	file, err := boltfile.Open(filepath.Join(directory, fileName), boltfile.Layout{
		Kind: "broker", Schema: 1, Buckets: []string{logBucket, groupsBucket, failedBucket, deadBucket, tracesBucket},
	})
	if err != nil {
		return nil, err
	}
	b := &Broker{
		file: file, tries: cmp.Or(o.Tries, defaultTries), backoff: cmp.Or(o.Backoff, defaultBackoff),
		closing: make(chan struct{}), progress: make(chan struct{}, 1), groups: make(map[string]*group),
	}
	if err := b.loadGroups(o.Groups); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	b.saving.Go(b.saveProgress)
	return b, nil
}

func (b *Broker) loadGroups(names []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	for _, name := range names {
		if _, err := b.declare(ctx, name); err != nil {
			return fmt.Errorf("declaring the group %s: %w", name, err)
		}
	}
	return nil
}

// Emit implements msgqueue.EventEmitter. The envelopes of a call are kept all or none, on the disk.
func (b *Broker) Emit(ctx context.Context, envelopes []msgqueue.Envelope) []error {
	errs := make([]error, len(envelopes))
	err := b.append(ctx, envelopes)
	for n := range errs {
		errs[n] = err
	}
	return errs
}

func (b *Broker) append(ctx context.Context, envelopes []msgqueue.Envelope) error {
	if b.isClosed() {
		return msgqueue.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", msgqueue.ErrUnavailable, err)
	}
	if len(envelopes) == 0 {
		return nil
	}
	if err := b.file.Update(ctx, func(tx *boltfile.Tx) error { return appendLog(tx, envelopes) }); err != nil {
		return fmt.Errorf("%w: %w", msgqueue.ErrUnavailable, err)
	}
	for _, g := range b.all() {
		g.tell()
	}
	return nil
}

func appendLog(tx *boltfile.Tx, envelopes []msgqueue.Envelope) error {
	log := tx.Bucket([]byte(logBucket))
	log.FillPercent = 0.95 // it only grows at its end
	for _, e := range envelopes {
		position, err := log.NextSequence()
		if err != nil {
			return err
		}
		tx.Put(logBucket, positionKey(position), encode(e))
		if e.Trace != "" {
			tx.Put(tracesBucket, positionKey(position), []byte(e.Trace))
		}
	}
	return nil
}

// Close implements msgqueue.EventEmitter. It also ends all listeners, after the envelopes that they have in hand, and
// keeps the groups' progress.
func (b *Broker) Close() error {
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		return nil
	}
	close(b.closing)
	b.listeners.Wait()
	b.saving.Wait()
	return errors.Join(b.save(), b.file.Close())
}

func (b *Broker) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

func (b *Broker) all() []*group {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]*group, 0, len(b.groups))
	for _, g := range b.groups {
		all = append(all, g)
	}
	return all
}

// saveProgress keeps the groups' progress from time to time: to lose a little of it has envelopes come again, and to
// keep every step would cost a synchronisation of the disk for each.
func (b *Broker) saveProgress() {
	for {
		select {
		case <-b.progress:
		case <-b.closing:
			return
		}
		select {
		case <-time.After(saveEvery):
		case <-b.closing:
			return
		}
		// What cannot be kept now stays to be kept; Close tells of it.
		_ = b.save()
	}
}

func (b *Broker) save() error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	var failure error
	for _, g := range b.all() {
		failure = errors.Join(failure, g.save(ctx))
	}
	return failure
}

package inproc

import (
	"bytes"
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"myevents/lib/boltfile"
	"myevents/lib/msgqueue"
)

// maxFailed is how many envelopes of a group may wait for another try before nothing new is handed out: then it is not
// the envelopes that are wrong.
const maxFailed = 1000

// group is a queue: a place in the log, and the envelopes before it that are not handled yet.
type group struct {
	name     string
	file     *boltfile.File
	progress chan<- struct{}

	mu sync.Mutex
	// next is the first position that was never handed out.
	next uint64
	// open has what was handed out or failed, and waiting is the part of it that nobody has in hand.
	open    map[uint64]*delivery
	waiting waiting
	// saved is the progress that is in the file: all before it is handled, failed or dead.
	saved uint64
	// changed is closed when there may be something to take, and replaced.
	changed chan struct{}
}

// delivery is an envelope that is not handled yet.
type delivery struct {
	position uint64
	tries    int
	due      time.Time
	// kept says that the file has it among the failed, so that the progress may pass it.
	kept bool
}

// declare answers with the group, which begins now if it is new.
func (b *Broker) declare(ctx context.Context, name string) (*group, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.groups[name]; g != nil {
		return g, nil
	}
	g := &group{
		name: name, file: b.file, progress: b.progress, open: make(map[uint64]*delivery), changed: make(chan struct{}),
	}
	err := b.file.View(ctx, g.load)
	if err == nil && g.next == 0 {
		err = b.file.Update(ctx, g.create)
	}
	if err != nil {
		return nil, err
	}
	b.groups[name] = g
	return g, nil
}

func (g *group) load(tx *bolt.Tx) error {
	value := tx.Bucket([]byte(groupsBucket)).Get([]byte(g.name))
	if value == nil {
		return nil
	}
	if len(value) != 8 {
		return fmt.Errorf("%w: the progress of %s has %d bytes", boltfile.ErrDamaged, g.name, len(value))
	}
	g.next = position(value)
	g.saved = g.next
	return eachOf(tx, failedBucket, g.name, func(p uint64, a attempts) error {
		g.open[p] = &delivery{position: p, tries: a.Tries, kept: true}
		heap.Push(&g.waiting, g.open[p])
		return nil
	})
}

func (g *group) create(tx *boltfile.Tx) error {
	g.next = tx.Bucket([]byte(logBucket)).Sequence() + 1
	g.saved = g.next
	tx.Put(groupsBucket, []byte(g.name), positionKey(g.next))
	return nil
}

// eachOf goes through a group's part of a bucket.
func eachOf(tx *bolt.Tx, bucket, group string, f func(position uint64, a attempts) error) error {
	prefix := groupPrefix(group)
	c := tx.Bucket([]byte(bucket)).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !isOf(k, prefix) {
			continue
		}
		a, err := decodeAttempts(v)
		if err != nil {
			return err
		}
		if err := f(position(k), a); err != nil {
			return err
		}
	}
	return nil
}

// tell has the listeners look again.
func (g *group) tell() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wake()
}

func (g *group) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// take gives the next envelope with one of the names, or none, and then says what to wait for.
func (g *group) take(ctx context.Context, names map[string]bool) (*delivery, msgqueue.Envelope, idle, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := g.waiting.due(time.Now()); d != nil {
		e, err := g.read(ctx, d.position)
		if err != nil {
			heap.Push(&g.waiting, d)
		}
		return d, e, idle{}, err
	}
	if len(g.open) < maxFailed {
		d, e, err := g.takeNew(ctx, names)
		if d != nil || err != nil {
			return d, e, idle{}, err
		}
	}
	return nil, msgqueue.Envelope{}, idle{changed: g.changed, due: g.waiting.next()}, nil
}

// idle says when it makes sense to look again: when something has changed or at a time, unless that is zero.
type idle struct {
	changed <-chan struct{}
	due     time.Time
}

// takeNew goes on in the log up to the next envelope that was asked for.
func (g *group) takeNew(ctx context.Context, names map[string]bool) (*delivery, msgqueue.Envelope, error) {
	var d *delivery
	var e msgqueue.Envelope
	err := g.file.View(ctx, func(tx *bolt.Tx) (err error) {
		c := tx.Bucket([]byte(logBucket)).Cursor()
		for k, v := c.Seek(positionKey(g.next)); k != nil; k, v = c.Next() {
			p := position(k)
			if g.open[p] == nil && names[string(nameOf(v))] {
				d = &delivery{position: p}
				e, err = read(tx, k, v)
				return err
			}
			g.next = p + 1
		}
		return nil
	})
	if err != nil {
		return nil, msgqueue.Envelope{}, err
	}
	g.moved()
	if d != nil {
		g.next = d.position + 1
		g.open[d.position] = d
	}
	return d, e, nil
}

func (g *group) read(ctx context.Context, p uint64) (e msgqueue.Envelope, err error) {
	err = g.file.View(ctx, func(tx *bolt.Tx) error {
		e, err = readLog(tx, p)
		return err
	})
	return e, err
}

func readLog(tx *bolt.Tx, p uint64) (msgqueue.Envelope, error) {
	key := positionKey(p)
	value := tx.Bucket([]byte(logBucket)).Get(key)
	if value == nil {
		return msgqueue.Envelope{}, fmt.Errorf("%w: the log lacks position %d", boltfile.ErrDamaged, p)
	}
	return read(tx, key, value)
}

// read reads an envelope of the log, and what it belongs to, which lies beside it: a program that does not know of that
// reads the envelope all the same.
func read(tx *bolt.Tx, key, value []byte) (msgqueue.Envelope, error) {
	e, err := decode(value)
	e.Trace = string(tx.Bucket([]byte(tracesBucket)).Get(key))
	return e, err
}

// remove takes an envelope out of the group.
func (g *group) remove(d *delivery) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.open) == maxFailed {
		g.wake()
	}
	delete(g.open, d.position)
	g.moved()
}

// keep records that the file has an envelope among the failed.
func (g *group) keep(d *delivery) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.kept = true
	g.moved()
}

// again has an envelope wait until it is due.
func (g *group) again(d *delivery, due time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.due = due
	heap.Push(&g.waiting, d)
	g.wake()
}

// moved has the progress kept, some time later.
func (g *group) moved() {
	select {
	case g.progress <- struct{}{}:
	default:
	}
}

// save writes the progress, if there is any.
func (g *group) save(ctx context.Context) error {
	g.mu.Lock()
	now, saved := g.next, g.saved
	for _, d := range g.open {
		if !d.kept {
			now = min(now, d.position)
		}
	}
	g.mu.Unlock()
	if now == saved {
		return nil
	}
	err := g.file.Update(ctx, func(tx *boltfile.Tx) error {
		tx.Put(groupsBucket, []byte(g.name), positionKey(now))
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping the progress of %s: %w", g.name, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.saved = now
	return nil
}

// waiting has the deliveries that nobody has in hand, as a heap: the first one to be due comes first.
type waiting []*delivery

// due takes the first one if its time has come.
func (w *waiting) due(now time.Time) *delivery {
	if len(*w) == 0 || now.Before((*w)[0].due) {
		return nil
	}
	return heap.Pop(w).(*delivery)
}

// next says when the first one is due, zero where none waits.
func (w waiting) next() time.Time {
	if len(w) == 0 {
		return time.Time{}
	}
	return w[0].due
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (w waiting) Len() int { return len(w) }

func (w waiting) Less(i, j int) bool {
	if !w[i].due.Equal(w[j].due) {
		return w[i].due.Before(w[j].due)
	}
	return w[i].position < w[j].position
}

func (w waiting) Swap(i, j int) { w[i], w[j] = w[j], w[i] }

func (w *waiting) Push(x any) { *w = append(*w, x.(*delivery)) }

func (w *waiting) Pop() any {
	last := len(*w) - 1
	d := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return d
}

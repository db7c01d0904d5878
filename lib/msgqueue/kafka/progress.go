package kafka

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// item is a record on its way through a listener.
type item struct {
	*kgo.Record
	partition *partition
	tries     int
	failure   error
	// opened says that it is, or was, among what is open in its partition.
	opened, done bool
}

// partition is one that a listener has. After it was taken away, a new one takes its place, should it come back.
type partition struct {
	taken bool
	// open begins with an item that waits for its next try, behind which nothing can be committed, though it be done.
	open []*item
	// last is the one up to which all is done, if it has not been marked yet.
	last *kgo.Record
}

// progress is what a listener has in hand. Partitions come and go while it is at work.
type progress struct {
	mu         sync.Mutex
	partitions map[string]map[int32]*partition
	// moved are the partitions that have a last one.
	moved []*partition
	// open counts what is open in all of them.
	open int
	// inHand is what is being handled. Whoever waits for it leaves idle to be closed.
	inHand *item
	idle   chan struct{}
}

func newProgress() *progress { return &progress{partitions: make(map[string]map[int32]*partition)} }

// receive takes records of partitions that the listener has at this moment.
func (p *progress) receive(fetches kgo.Fetches) []item {
	p.mu.Lock()
	defer p.mu.Unlock()
	items := make([]item, 0, fetches.NumRecords())
	fetches.EachPartition(func(of kgo.FetchTopicPartition) {
		if len(of.Records) == 0 {
			return
		}
		from := p.partition(of.Topic, of.Partition)
		for _, r := range of.Records {
			items = append(items, item{Record: r, partition: from})
		}
	})
	return items
}

func (p *progress) partition(topic string, number int32) *partition {
	of := p.partitions[topic]
	if of == nil {
		of = make(map[int32]*partition)
		p.partitions[topic] = of
	}
	if of[number] == nil {
		of[number] = new(partition)
	}
	return of[number]
}

// begin takes an item in hand. It is false when its partition was taken away: somebody else gets it then.
func (p *progress) begin(i *item) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i.partition.taken {
		return false
	}
	p.inHand = i
	return true
}

// end lets go of what is in hand, which is done or comes again.
func (p *progress) end(done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.inHand
	p.inHand, i.done = nil, done
	of := i.partition
	if p.idle != nil {
		close(p.idle)
		p.idle = nil
	} else if of.taken {
		return // another listener has it, and commits
	}
	if !i.opened && done && len(of.open) == 0 {
		p.move(of, i.Record)
		return
	}
	if !i.opened {
		i.opened = true
		of.open = append(of.open, i)
		p.count(of, 1)
	}
	for len(of.open) > 0 && of.open[0].done {
		p.move(of, of.open[0].Record)
		of.open = of.open[1:]
		p.count(of, -1)
	}
}

func (p *progress) count(of *partition, n int) {
	if !of.taken {
		p.open += n
	}
}

func (p *progress) move(of *partition, last *kgo.Record) {
	if of.last == nil {
		p.moved = append(p.moved, of)
	}
	of.last = last
}

// done are the records up to which all of their partitions is done, where that is new.
func (p *progress) done() []*kgo.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := make([]*kgo.Record, len(p.moved))
	for n, of := range p.moved {
		done[n], of.last = of.last, nil
	}
	p.moved = p.moved[:0]
	return done
}

// full says whether so much is open that nothing more should be begun.
func (p *progress) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open >= maxOpen
}

// take takes partitions away. The channel is closed when nothing of them is in hand; until then, or until leave is
// called, what is in hand still counts.
func (p *progress) take(partitions map[string][]int32) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	for topic, numbers := range partitions {
		for _, n := range numbers {
			if of := p.partitions[topic][n]; of != nil {
				p.count(of, -len(of.open))
				of.taken = true
				delete(p.partitions[topic], n)
			}
		}
	}
	idle := make(chan struct{})
	if p.inHand == nil || !p.inHand.partition.taken {
		close(idle)
	} else {
		p.idle = idle
	}
	return idle
}

// leave has nobody wait for what is in hand of a partition that was taken away.
func (p *progress) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = nil
}

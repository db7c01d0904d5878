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
	done      bool
}

// partition is one that a listener has. After it was taken away, a new one takes its place, should it come back.
type partition struct {
	taken bool
	// open has what was begun and cannot be committed yet, in the order of the records: what is behind a record that waits
	// for its next try may be done.
	open []*item
}

// progress is what a listener has in hand. Partitions come and go while it is at work.
type progress struct {
	mu         sync.Mutex
	partitions map[string]map[int32]*partition
	// open counts what is open in all of them.
	open int
	// inHand is what is being handled; idle is closed after it.
	inHand *item
	idle   chan struct{}
}

func newProgress() *progress { return &progress{partitions: make(map[string]map[int32]*partition)} }

// receive takes a record of a partition that the listener has at this moment.
func (p *progress) receive(r *kgo.Record) *item {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.partitions[r.Topic]
	if of == nil {
		of = make(map[int32]*partition)
		p.partitions[r.Topic] = of
	}
	if of[r.Partition] == nil {
		of[r.Partition] = new(partition)
	}
	return &item{Record: r, partition: of[r.Partition]}
}

// begin takes an item in hand. It is false when its partition was taken away: somebody else gets it then.
func (p *progress) begin(i *item) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i.partition.taken {
		return false
	}
	if i.tries == 0 {
		i.partition.open = append(i.partition.open, i)
		p.open++
	}
	p.inHand, p.idle = i, make(chan struct{})
	return true
}

// done says that an item need not come again. It answers with the last record up to which all of its partition is done,
// if that is new.
func (p *progress) done(i *item) (last *kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i.done = true
	for of := i.partition; len(of.open) > 0 && of.open[0].done; {
		last = of.open[0].Record
		of.open = of.open[1:]
		if !of.taken {
			p.open--
		}
	}
	return last
}

// end lets go of what is in hand.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inHand = nil
	close(p.idle)
}

// full says whether so much is open that nothing more should be begun.
func (p *progress) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open >= maxOpen
}

// take takes partitions away. The channel is closed when nothing of them is in hand.
func (p *progress) take(partitions map[string][]int32) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	for topic, numbers := range partitions {
		for _, n := range numbers {
			if one := p.partitions[topic][n]; one != nil {
				one.taken = true
				p.open -= len(one.open)
				delete(p.partitions[topic], n)
			}
		}
	}
	if p.inHand != nil && p.inHand.partition.taken {
		return p.idle
	}
	idle := make(chan struct{})
	close(idle)
	return idle
}

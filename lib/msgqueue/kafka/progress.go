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

// run is what was received of one partition.
type run struct {
	records   []*kgo.Record
	partition *partition
}

// partition is one that a listener has. After it was taken away, a new one takes its place, should it come back.
type partition struct {
	topic  string
	number int32
	taken  bool
	// open begins with an item that waits for its next try, behind which nothing can be committed, though it be done.
	open []*item
	// next is the place before which all is done; moved says that it has not been marked yet.
	next  kgo.EpochOffset
	moved bool
}

// progress is what a listener has in hand. Partitions come and go while it is at work.
type progress struct {
	mu         sync.Mutex
	partitions map[string]map[int32]*partition
	// moved are the partitions whose next place has not been marked yet.
	moved []*partition
	// open counts what is open in all of them.
	open int
	// inHand is what is being handled. Whoever waits for it leaves idle to be closed.
	inHand *item
	idle   chan struct{}
}

func newProgress() *progress { return &progress{partitions: make(map[string]map[int32]*partition)} }

// receive takes records of partitions that the listener has at this moment.
func (p *progress) receive(fetches kgo.Fetches) []run {
	p.mu.Lock()
	defer p.mu.Unlock()
	var runs []run
	fetches.EachPartition(func(of kgo.FetchTopicPartition) {
		if len(of.Records) > 0 {
			runs = append(runs, run{records: of.Records, partition: p.partition(of.Topic, of.Partition)})
		}
	})
	return runs
}

func (p *progress) partition(topic string, number int32) *partition {
	of := p.partitions[topic]
	if of == nil {
		of = make(map[int32]*partition)
		p.partitions[topic] = of
	}
	if of[number] == nil {
		of[number] = &partition{topic: topic, number: number}
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

// move has all be done up to a record. It keeps nothing of it.
func (p *progress) move(of *partition, last *kgo.Record) {
	if !of.moved {
		of.moved = true
		p.moved = append(p.moved, of)
	}
	of.next = kgo.EpochOffset{Epoch: last.LeaderEpoch, Offset: last.Offset + 1}
}

// done are the places of partitions before which all is done, where that is new.
func (p *progress) done() map[string]map[int32]kgo.EpochOffset {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := make(map[string]map[int32]kgo.EpochOffset)
	for _, of := range p.moved {
		if done[of.topic] == nil {
			done[of.topic] = make(map[int32]kgo.EpochOffset)
		}
		done[of.topic][of.number] = of.next
		of.moved = false
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

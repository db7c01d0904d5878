package kafka

import (
	"math/bits"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordPool lends a client the records that it decodes batches into, and gets them back when all of a batch are
// recycled. Keys, values and headers are not pooled: a handler may keep them. It is safe for concurrent use.
type recordPool struct{ pool sync.Pool }

// GetRecords implements kgo.PoolRecords.
func (p *recordPool) GetRecords(n int) []kgo.Record {
	if used, ok := p.pool.Get().(*[]kgo.Record); ok && cap(*used) >= n {
		return *used
	}
	return make([]kgo.Record, 0, 1<<bits.Len(uint(n))) // batches are of different lengths, and one piece serves many
}

// PutRecords implements kgo.PoolRecords.
func (p *recordPool) PutRecords(used []kgo.Record) { p.pool.Put(&used) }

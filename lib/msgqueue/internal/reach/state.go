package reach

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// State shows whether the broker can be used in a role, and logs every change once. It is safe for concurrent use.
type State struct {
	role      string
	log       *slog.Logger
	connected prometheus.Gauge
	now       atomic.Int32
}

const (
	unknown int32 = iota
	up
	down
)

// NewState makes the state of a role, of which nothing is known yet. The gauge is 1 or 0.
func NewState(role string, log *slog.Logger, connected prometheus.Gauge) *State {
	return &State{role: role, log: log, connected: connected}
}

// Up says that the broker can be used.
func (s *State) Up(ctx context.Context) {
	if s.now.Load() == up || s.now.Swap(up) == up {
		return
	}
	s.connected.Set(1)
	s.log.InfoContext(ctx, "the message broker can be used", "role", s.role)
}

// Down says that the broker cannot be used, and why.
func (s *State) Down(ctx context.Context, err error) {
	if s.now.Swap(down) == down {
		return
	}
	s.connected.Set(0)
	s.log.WarnContext(ctx, "the message broker cannot be used", "role", s.role, "error", err)
}

// IsDown says whether the last that was said is Down.
func (s *State) IsDown() bool { return s.now.Load() == down }

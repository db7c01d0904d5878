// Package run starts and stops the parts of a service in order, and within a bound.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Group is a stack of the parts that run. They are stopped in the order last in, first out. It is used by one
// goroutine.
type Group struct {
	logger *slog.Logger
	bound  time.Duration
	limits limits
	parts  []part
	failed chan error
	// certificate is the one of HTTPS, nil without.
	certificate *certificate
}

type part struct {
	name string
	stop func(context.Context) error
}

// late is what a part still has where the bound is over before its turn: enough to close a file.
const late = 100 * time.Millisecond

// within stops a part. One that does not look at the bound is left behind all the same.
func (p part) within(bound context.Context) error {
	done := make(chan error, 1)
	go func() { done <- p.stop(bound) }()
	select {
	case err := <-done:
		return err
	case <-bound.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(late):
		return bound.Err()
	}
}

// New makes an empty group, whose parts have so long to stop, all together.
func New(logger *slog.Logger, bound time.Duration) *Group {
	return &Group{logger: logger, bound: bound, limits: usualLimits(), failed: make(chan error, 1)}
}

// OnStop adds something to be done when the group stops.
func (g *Group) OnStop(name string, stop func(context.Context) error) {
	g.parts = append(g.parts, part{name, stop})
}

// Go has f run until the group stops; then its context ends, and f has to return. If it returns earlier with an error,
// the whole group stops.
func (g *Group) Go(name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		err := f(ctx)
		if ctx.Err() != nil {
			err = nil
		}
		if err != nil {
			g.fail(fmt.Errorf("%s: %w", name, err))
		}
		close(done)
	}()
	g.OnStop(name, func(bound context.Context) error {
		cancel()
		select {
		case <-done:
			return nil
		case <-bound.Done():
			return bound.Err()
		}
	})
}

func (g *Group) fail(err error) {
	select {
	case g.failed <- err:
	default: // the first failure is the one that matters
	}
}

// Run waits until the context ends or a part fails, and stops all parts. Its error is the failure, joined with those of
// stopping.
func (g *Group) Run(ctx context.Context) error {
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-g.failed:
	}
	return errors.Join(failure, g.Stop())
}

// Stop stops all parts. What is not done in time is left behind, and is an error.
func (g *Group) Stop() error {
	bound, cancel := context.WithTimeout(context.Background(), g.bound)
	defer cancel()
	var faults []error
	for _, p := range slices.Backward(g.parts) {
		g.logger.Debug("stopping", "part", p.name)
		if err := p.within(bound); err != nil {
			faults = append(faults, fmt.Errorf("stopping %s: %w", p.name, err))
		}
	}
	g.parts = nil
	return errors.Join(faults...)
}

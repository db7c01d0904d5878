package run_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"myevents/lib/run"
)

// TestPartsThatHang has parts that do not even look at the bound: they are left behind and named, and all others are
// stopped all the same.
func TestPartsThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := run.New(quiet(), 5*time.Second)
		var stopped []string
		quick := func(name string) {
			g.OnStop(name, func(context.Context) error {
				stopped = append(stopped, name)
				return nil
			})
		}
		release := make(chan struct{})
		hangs := func(context.Context) error {
			<-release
			return nil
		}
		quick("store")
		g.OnStop("broker", hangs)
		quick("worker")
		g.OnStop("inventory", hangs)
		quick("server")
		began := time.Now()
		err := g.Stop()
		if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("it took %v", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) ||
			!strings.Contains(err.Error(), "broker") || !strings.Contains(err.Error(), "inventory") {
			t.Errorf("got %v", err)
		}
		if !slices.Equal(stopped, []string{"server", "worker", "store"}) {
			t.Errorf("stopped were %v", stopped)
		}
		close(release)
	})
}

// TestEndWithoutFault has a part end by itself, and one be stopped with an error of its own making: neither is a failure.
func TestEndWithoutFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := run.New(quiet(), time.Second)
		g.Go("done early", func(context.Context) error { return nil })
		g.Go("cross when stopped", func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("cross")
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- g.Run(ctx) }()
		time.Sleep(time.Hour)
		select {
		case err := <-ended:
			t.Fatalf("it ended with the part that was done: %v", err)
		default:
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("got %v", err)
		}
		if err := g.Stop(); err != nil {
			t.Errorf("stopping again: %v", err)
		}
	})
}

// TestFirstFailure has two parts fail one after the other: the first failure is told, once everything has stopped.
func TestFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := run.New(quiet(), time.Minute)
		first, second := errors.New("first"), errors.New("second")
		stopped := false
		g.OnStop("store", func(context.Context) error {
			stopped = true
			return nil
		})
		for wait, failure := range map[time.Duration]error{time.Second: first, 2 * time.Second: second} {
			g.Go(failure.Error(), func(context.Context) error {
				time.Sleep(wait)
				return failure
			})
		}
		err := g.Run(t.Context())
		if !errors.Is(err, first) || errors.Is(err, second) || !stopped {
			t.Errorf("got %v, stopped: %t", err, stopped)
		}
	})
}

// TestRequestThatHangs has a request not end: its connection is cut when the bound is over, and the port is free.
func TestRequestThatHangs(t *testing.T) {
	g := run.New(quiet(), 50*time.Millisecond)
	began, release := make(chan struct{}), make(chan struct{})
	address, err := g.Serve("the API", "localhost:0", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(began)
		<-release
	}))
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		_, err := get(t, http.DefaultTransport, "http://"+address.String())
		answer <- err
	}()
	<-began
	if err := g.Stop(); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the API") {
		t.Errorf("got %v", err)
	}
	if err := <-answer; err == nil {
		t.Error("the request was answered")
	}
	close(release)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address.String())
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	_ = listener.Close()
}

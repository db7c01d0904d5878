package outbox

import (
	"strconv"
	"testing"

	"myevents/lib/persistence"
)

func messages(n, size int) []persistence.Message {
	all, body := make([]persistence.Message, n), make([]byte, size)
	for i := range all {
		document := strconv.Itoa(i)
		all[i] = persistence.Message{
			ID: persistence.MessageID(document, 1), Document: document, Body: body,
		}
	}
	return all
}

// TestHandIsBounded shows that a broker which does not answer costs no more memory the more is offered.
func TestHandIsBounded(t *testing.T) {
	h := newHand()
	const size = 10_000
	for _, m := range messages(50_000, size) {
		h.offer([]persistence.Message{m})
	}
	if h.bytes < maxBytes || h.bytes > maxBytes+overhead+size {
		t.Errorf("%d bytes are in hand, want about %d", h.bytes, maxBytes)
	}
	if h.mayAsk() {
		t.Error("the sweeper may take even more")
	}
	for len(h.queue) > 0 {
		h.confirm(h.take()...)
	}
	if h.bytes < maxBytes {
		t.Error("what is confirmed and not removed does not count any more")
	}
	h.finish(h.confirmations(len(h.documents)))
	if h.bytes != 0 || h.len() != 0 {
		t.Errorf("%d bytes of %d messages are left", h.bytes, h.len())
	}
	select {
	case <-h.sweep:
	default:
		t.Error("nobody calls the sweeper for what did not fit")
	}
}

// TestRestingIsBounded refuses one message after another: those who wait for another try do not pile up.
func TestRestingIsBounded(t *testing.T) {
	h := newHand()
	for _, m := range messages(5*maxResting, 1) {
		h.away = pause{}
		h.offer([]persistence.Message{m})
		for _, i := range h.take() {
			h.refused(i)
		}
	}
	if len(h.resting) > maxResting {
		t.Errorf("%d documents are resting, want at most %d", len(h.resting), maxResting)
	}
	if !h.away.on(h.away.until.Add(-1)) {
		t.Error("a broker that refuses everything is not left alone")
	}
}

func TestPause(t *testing.T) {
	var p pause
	now := p.until
	for n := range 100 {
		p.extend(now)
		want := min(firstPause<<min(n, 10), maxPause)
		if d := p.until.Sub(now); d < want/2 || d >= want {
			t.Errorf("the pause after %d failures is %v, want between %v and %v", n+1, d, want/2, want)
		}
	}
}

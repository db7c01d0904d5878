package rest

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/inventory"
	"myevents/lib/persistence"
)

// metrics are those that the book has, and what requests to book were answered with.
type metrics struct {
	bookings *prometheus.CounterVec
	seats    prometheus.Histogram
	answers  *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		bookings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_bookings_count", Help: "Seats booked.",
		}, []string{"eventID", "eventName"}),
		seats: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "myevents_seats_per_booking", Help: "Seats of a booking.", Buckets: []float64{1, 2, 3, 4},
		}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "myevents_booking_answers_total", Help: "What it was decided about requests to book.",
		}, []string{"result"}),
	}
	r.MustRegister(m.bookings, m.seats, m.answers)
	for _, result := range []string{"booked", "repeated", "sold_out", "closed", "unknown", "refused", "failed"} {
		m.answers.WithLabelValues(result) // so that its rate is known from the first one on
	}
	return m
}

func (m *metrics) booked(e persistence.EventCopy, seats int64) {
	m.bookings.WithLabelValues(e.ID.String(), e.Name).Add(float64(seats))
	m.seats.Observe(float64(seats))
}

func (m *metrics) answered(a inventory.Answer) { m.answers.WithLabelValues(resultOf(a)).Inc() }

func resultOf(a inventory.Answer) string {
	var soldOut *inventory.SoldOutError
	switch {
	case a.New:
		return "booked"
	case a.Err == nil:
		return "repeated"
	case errors.As(a.Err, &soldOut):
		return "sold_out"
	case errors.Is(a.Err, inventory.ErrCancelled), errors.Is(a.Err, inventory.ErrOver):
		return "closed"
	case errors.Is(a.Err, inventory.ErrUnknownEvent):
		return "unknown"
	case errors.Is(a.Err, inventory.ErrOtherRequest), errors.Is(a.Err, inventory.ErrOtherUser),
		errors.Is(a.Err, inventory.ErrOtherEvent), errors.Is(a.Err, inventory.ErrGivenBack):
		return "refused"
	default:
		return "failed"
	}
}

// Package builder opens the message broker that the configuration names.
package builder

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/inproc"
)

// Settings are what brokers are opened with; each takes what it needs.
type Settings struct {
	// Type is one of Types.
	Type string
	// Directory is where a broker inside the process keeps its file.
	Directory string
	// Subscriptions has the names that each group listens to. All groups are declared, whoever opens the broker.
	Subscriptions map[string][]string
}

// Broker is a connection to a message broker; Close ends both of its sides.
type Broker interface {
	msgqueue.EventEmitter
	msgqueue.EventListener
}

func brokers() map[string]func(Settings) (Broker, error) {
	return map[string]func(Settings) (Broker, error){
		"inproc": func(s Settings) (Broker, error) {
			return inproc.Open(s.Directory, inproc.Options{Groups: slices.Collect(maps.Keys(s.Subscriptions))})
		},
	}
}

// Types lists the known types, sorted.
func Types() []string { return slices.Sorted(maps.Keys(brokers())) }

// Open opens a broker. An unknown type is an error that lists the known ones.
func Open(s Settings) (Broker, error) {
	open, known := brokers()[s.Type]
	if !known {
		return nil, fmt.Errorf("unknown message broker type %q; known: %s", s.Type, strings.Join(Types(), ", "))
	}
	b, err := open(s)
	if err != nil {
		return nil, fmt.Errorf("opening the message broker %s: %w", s.Type, err)
	}
	return b, nil
}

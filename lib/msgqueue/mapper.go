package msgqueue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// NewMapper makes a mapper from a function for each name that makes an empty event to decode the body into. An event
// with a method Validate() error is checked by it. The mapper is safe for concurrent use.
func NewMapper[E Event](empty map[string]func() E) EventMapper { return mapper[E](empty) }

type mapper[E Event] map[string]func() E

func (m mapper[E]) MapEvent(name string, body []byte) (Event, error) {
	empty, ok := m[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrUnknownEvent, name)
	}
	e := empty()
	if err := json.Unmarshal(body, e); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if v, ok := any(e).(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return e, nil
}

// Mapped makes a handler of envelopes from a handler of domain events. An event that the mapper does not know is
// reported to unknown and counts as handled.
func Mapped(m EventMapper, unknown func(name string), h func(context.Context, Event) error) Handler {
	return func(ctx context.Context, e Envelope) error {
		event, err := m.MapEvent(e.Name, e.Body)
		if errors.Is(err, ErrUnknownEvent) {
			unknown(e.Name)
			return nil
		}
		if err != nil {
			return err
		}
		return h(ctx, event)
	}
}

package amqp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	streadway "github.com/streadway/amqp"

	"myevents/lib/msgqueue/internal/reach"
)

const (
	// heartbeat is how often the two sides show that they are alive; three missed ones end a connection.
	heartbeat = 5 * time.Second
	// connectTimeout bounds dialling, signing in and declaring the topology together.
	connectTimeout = 10 * time.Second
	// closeTimeout bounds the good-bye, which a blocked broker does not answer.
	closeTimeout = 2 * time.Second
)

// link is a connection to the broker with one channel on it, which belongs to the goroutine that opened it.
type link struct {
	connection *streadway.Connection
	socket     *socket
	*streadway.Channel
	closed chan *streadway.Error
}

// connect connects, opens a channel and declares the topology. The context bounds that, not the link.
func (b *Broker) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	l, err := dial(ctx, b.config.URL, b.tls)
	if err != nil {
		return nil, reach.Unavailable(err)
	}
	if err := l.within(ctx, func() error { return l.open(b.config.Subscriptions) }); err != nil {
		l.close()
		return nil, reach.Unavailable(err)
	}
	return l, nil
}

// dial connects and signs in, until the context ends. A handshake that has begun is then left behind, to end by its own
// deadline: to close its socket would have the library's openTune and shutdown write the same fields at the same time.
func dial(ctx context.Context, url string, t *tls.Config) (*link, error) {
	dialled, failed := make(chan *link), make(chan error, 1)
	go func() {
		l, err := handshake(ctx, url, t)
		if err != nil {
			failed <- err
			return
		}
		select {
		case dialled <- l:
		case <-ctx.Done():
			l.close()
		}
	}()
	select {
	case l := <-dialled:
		return l, nil
	case err := <-failed:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// handshake ends with the deadline that is set here, which the library takes away itself.
func handshake(ctx context.Context, url string, t *tls.Config) (*link, error) {
	l := new(link)
	connection, err := streadway.DialConfig(url, streadway.Config{
		Heartbeat: heartbeat, Locale: "en_US", TLSClientConfig: t.Clone(),
		Properties: streadway.Table{"product": "myevents"},
		Dial: func(network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			l.socket = &socket{Conn: c}
			return l.socket, c.SetDeadline(time.Now().Add(connectTimeout))
		},
	})
	if err != nil {
		l.cut()
		return nil, err
	}
	l.connection = connection
	return l, nil
}

func (l *link) open(subscriptions map[string][]string) error {
	channel, err := l.connection.Channel()
	if err != nil {
		return err
	}
	l.Channel = channel
	// The library sends at most one error to it, so that one place never holds it up.
	l.closed = channel.NotifyClose(make(chan *streadway.Error, 1))
	return declare(channel, subscriptions)
}

// within runs steps that wait for the broker's answer, for which the library knows no bound: when the context ends
// first, the socket is closed, and they fail.
func (l *link) within(ctx context.Context, steps func() error) error {
	stop := context.AfterFunc(ctx, l.cut)
	defer stop()
	err := steps()
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// reason says why the link is no more, as the broker or the library has it, or else err.
func (l *link) reason(err error) error {
	select {
	case closed := <-l.closed:
		if closed != nil {
			return closed
		}
	default:
	}
	return err
}

// cut closes the socket, which ends everything that goes on over it.
func (l *link) cut() {
	if l.socket != nil {
		_ = l.socket.Close()
	}
}

// close says good-bye, which has the broker take back what was not acknowledged at once.
func (l *link) close() {
	timer := time.AfterFunc(closeTimeout, l.cut)
	defer timer.Stop()
	_ = l.connection.Close() // the link is of no use any more, whatever comes of it
	l.cut()
}

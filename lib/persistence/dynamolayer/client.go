package dynamolayer

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/sync/singleflight"

	"myevents/lib/persistence"
	"myevents/lib/persistence/schema"
)

const (
	// dialTimeout bounds each attempt at a connection.
	dialTimeout = 3 * time.Second
	// answerTimeout is how long an answer may take before the request is made again.
	answerTimeout = 5 * time.Second
	// connections is how many are kept open. There may be more for a while.
	connections = 64
)

var (
	errClosed   = errors.New("the store is closed")
	errNoRegion = errors.New("no region: set AWS_REGION")
)

// client makes the requests of a store.
type client struct {
	api     *dynamodb.Client
	http    *http.Client
	layout  table
	table   string // its name
	create  bool
	observe persistence.Observer
	// versions are those of the documents.
	versions schema.Versions

	ready     atomic.Bool
	preparing singleflight.Group
	life      context.Context //nolint:containedctx // it is that of the client itself, for what outlives a request
	end       context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

func newClient(settings aws.Config, c Config, t table) *client {
	transport := transportOf(settings)
	cl := &client{
		http:   &http.Client{Transport: transport, Timeout: answerTimeout},
		layout: t, table: c.TablePrefix + t.name, create: c.CreateTables, observe: c.Observe,
		versions: schema.Now(),
	}
	if cl.observe == nil {
		cl.observe = func(string, time.Duration, error) {}
	}
	cl.life, cl.end = context.WithCancel(context.Background())
	cl.api = dynamodb.NewFromConfig(settings, func(o *dynamodb.Options) {
		o.HTTPClient = cl.http
		o.Retryer = newRetryer()
		// All that the SDK does about it is to print a warning, also at each refusal of DynamoDB Local, which has none.
		o.DisableValidateResponseChecksum = true
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Finalize.Insert(watch(cl.observe), "Retry", middleware.After)
		})
	})
	return cl
}

// transportOf keeps what the settings say of the transport, such as AWS_CA_BUNDLE.
func transportOf(settings aws.Config) *http.Transport {
	buildable, ok := settings.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		buildable = awshttp.NewBuildableClient()
	}
	t := buildable.GetTransport()
	t.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	t.MaxIdleConns, t.MaxIdleConnsPerHost = connections, connections
	return t
}

// read makes a request that changes nothing. Where no answer comes the error is ErrUnavailable.
func read[T any](ctx context.Context, c *client, request func(context.Context) (T, error)) (T, error) {
	value, err := run(ctx, c, request)
	return value, notDone(err)
}

// write makes a request that changes something. Where no answer comes the error is ErrUnknown.
func write(ctx context.Context, c *client, request func(context.Context) error) error {
	_, err := run(ctx, c, func(ctx context.Context) (struct{}, error) { return struct{}{}, request(ctx) })
	return err
}

func run[T any](ctx context.Context, c *client, request func(context.Context) (T, error)) (none T, err error) {
	if err := c.enter(); err != nil {
		return none, err
	}
	defer c.running.Done()
	if err := c.prepared(ctx); err != nil {
		return none, err
	}
	return attempt(ctx, request)
}

// attempt makes a request, as often as that makes sense, and gives its errors the meaning that persistence knows.
func attempt[T any](ctx context.Context, request func(context.Context) (T, error)) (none T, err error) {
	ctx, lost := watched(ctx)
	value, err := request(ctx)
	if err != nil {
		return none, translate(err, lost.Load())
	}
	return value, nil
}

// enter counts a request as running, unless the store is closed.
func (c *client) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return unavailable(errClosed)
	}
	c.running.Add(1)
	return nil
}

func (c *client) close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
	c.running.Wait()
	c.http.CloseIdleConnections()
	return nil
}

package sqs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	sdk "github.com/aws/aws-sdk-go-v2/config"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
)

const (
	// attempts is how often the SDK makes a call that was throttled or got no answer. Whoever emits or listens comes
	// again anyway; this is only to get over a moment.
	attempts = 3
	// attemptPause is the most that it waits in between.
	attemptPause = 300 * time.Millisecond
	// loadTimeout bounds reading the SDK's files.
	loadTimeout = 10 * time.Second
	// idleConnections is how many connections are kept open for the next call: one for each call that sends at the same
	// time, and some for the listeners.
	idleConnections = maxCalls + 12
)

// clients are those of the SDK.
type clients struct {
	sqs   *awssqs.Client
	sns   *awssns.Client
	close func()
}

// newClients reads what the environment and the SDK's files say. Nothing is asked of the network.
func newClients(c Config) (clients, error) {
	ctx, cancel := context.WithTimeout(context.Background(), loadTimeout)
	defer cancel()
	loaded, err := sdk.LoadDefaultConfig(ctx,
		sdk.WithAPIOptions(c.middleware),
		sdk.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = idleConnections
		})),
		sdk.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.MaxBackoff = attempts, attemptPause
			})
		}))
	if err != nil {
		return clients{}, err
	}
	if loaded.Region == "" {
		return clients{}, errors.New("the region is missing: set AWS_REGION")
	}
	// The SDK's own client has no way to close the connections that it keeps open.
	buildable, ok := loaded.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		return clients{}, fmt.Errorf("the SDK has an unknown client %T", loaded.HTTPClient)
	}
	client := &http.Client{Transport: buildable.GetTransport()}
	loaded.HTTPClient = client
	return clients{
		sqs: awssqs.NewFromConfig(loaded), sns: awssns.NewFromConfig(loaded), close: client.CloseIdleConnections,
	}, nil
}

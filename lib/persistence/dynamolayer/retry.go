package dynamolayer

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"myevents/lib/persistence"
)

const (
	// maxAttempts is how often a request is made that DynamoDB does not answer.
	maxAttempts = 4
	// Between attempts it waits at random up to minWait, doubled each time, and maxWait.
	minWait = 20 * time.Millisecond
	maxWait = 500 * time.Millisecond
)

// newRetryer makes the policy for requests that fail: where DynamoDB asks for patience they are made again until the
// caller's time is over, so that an overload shows as slowness first; where it does not answer they fail soon, so that
// an outage does. The SDK's own waits are of the length of a request's whole time, and its quota of retries, which all
// callers share, would have some fail at the first throttling.
func newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = math.MaxInt32 // pause says when it is enough
		o.RateLimiter = ratelimit.None
		o.Backoff = retry.BackoffDelayerFunc(pause)
		o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			if isBusy(err) {
				return aws.TrueTernary
			}
			return aws.UnknownTernary
		}))
	})
}

// pause says how long to wait after a failed attempt, or, by giving the error back, that there is to be no other.
func pause(attempt int, err error) (time.Duration, error) {
	throttled := retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool()
	if attempt >= maxAttempts && !throttled && !isBusy(err) {
		return 0, err
	}
	return rand.N(min(minWait<<min(attempt, 10), maxWait)), nil //nolint:gosec // spreads attempts, protects nothing
}

// isBusy says whether a transaction holds the item of a single write.
func isBusy(err error) bool {
	var conflict *types.TransactionConflictException
	return errors.As(err, &conflict)
}

type lostKey struct{}

// watched gives a context in which a request notes whether one of its attempts may have been done without our knowing.
func watched(ctx context.Context) (context.Context, *atomic.Bool) {
	lost := new(atomic.Bool)
	return context.WithValue(ctx, lostKey{}, lost), lost
}

// watch looks at every attempt of a request.
func watch(observe persistence.Observer) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc("Watch", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		began := time.Now()
		out, metadata, err := next.HandleFinalize(ctx, in)
		failure := err
		if isRefused(err) { // which is an answer like another
			failure = nil
		}
		observe(strings.ToLower(awsmiddleware.GetOperationName(ctx)), time.Since(began), failure)
		if lost, ok := ctx.Value(lostKey{}).(*atomic.Bool); ok && isLost(err) {
			lost.Store(true)
		}
		return out, metadata, err
	})
}

// isLost says whether DynamoDB may have done what was asked for, although the attempt failed. It has not where it said
// so, and where there was no connection or no request.
func isLost(err error) bool {
	var sending *smithyhttp.RequestSendError
	var answer *smithyhttp.ResponseError
	var cancelled *smithy.CanceledError
	var network *net.OpError
	switch {
	case err == nil:
		return false
	case errors.As(err, &cancelled):
		return true
	case errors.As(err, &sending):
		return !errors.As(err, &network) || network.Op != "dial"
	case errors.As(err, &answer): // of success, but cut off; or of a failure within
		return answer.HTTPStatusCode() < 400 || answer.HTTPStatusCode() >= 500
	}
	return false
}

package dynamolayer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"myevents/lib/persistence"
)

var (
	// errNoTable tells the operator what to do.
	errNoTable = errors.New("there is no such table, or it lacks an index: run the command tables, " +
		"or set dynamodb_create_tables")
	// errFull is of a document with so many messages in its outbox that it exceeds what DynamoDB takes, 400 KB. It
	// passes when the broker takes some.
	errFull = errors.New("the document has no room for another message")
)

func unavailable(err error) error { return fmt.Errorf("%w: %w", persistence.ErrUnavailable, err) }

// lostError is that of a request which no answer came to.
type lostError struct{ cause error }

// Error implements error.
func (e *lostError) Error() string { return persistence.ErrUnknown.Error() + ": " + e.cause.Error() }

// Is makes it an ErrUnknown.
func (*lostError) Is(target error) bool { return target == persistence.ErrUnknown }

// Unwrap gives the reason.
func (e *lostError) Unwrap() error { return e.cause }

// notDone is for requests that change nothing, so that it makes no difference whether they were done.
func notDone(err error) error {
	var lost *lostError
	if errors.As(err, &lost) {
		return unavailable(lost.cause)
	}
	return err
}

// translate gives the SDK's errors the meaning that persistence knows; lost says that an attempt may have been done. A
// refusal is the truth all the same: a transaction that was done answers so when it is asked again with its token.
func translate(err error, lost bool) error {
	var missing *types.ResourceNotFoundException
	switch {
	case isRefused(err):
		return persistence.ErrConflict
	case lost:
		return &lostError{err}
	case errors.As(err, &missing):
		return fmt.Errorf("%w: %w", unavailable(errNoTable), err)
	case isFull(err):
		return fmt.Errorf("%w: %w", unavailable(errFull), err)
	case isOurs(err):
		return err
	}
	return unavailable(err)
}

// isRefused says whether the state is not the one that the write was made for.
func isRefused(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed) || slices.Contains(reasons(err), "ConditionalCheckFailed")
}

// isContended says whether a transaction was cancelled only because others were at work, so that it can be made again.
func isContended(err error) bool {
	codes := reasons(err)
	return len(codes) > 0 && !errors.Is(err, persistence.ErrUnknown) && !slices.ContainsFunc(codes, func(c string) bool {
		return c != "TransactionConflict" && c != "ThrottlingError" && c != "ProvisionedThroughputExceeded"
	})
}

// reasons are the codes of what a transaction was cancelled for.
func reasons(err error) (codes []string) {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		for _, r := range cancelled.CancellationReasons {
			if code := aws.ToString(r.Code); code != "" && code != "None" {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// isFull says whether an item would become too large, which only the text tells.
func isFull(err error) bool {
	var cancelled *types.TransactionCanceledException
	return errors.As(err, &cancelled) && slices.ContainsFunc(cancelled.CancellationReasons,
		func(r types.CancellationReason) bool {
			return strings.Contains(aws.ToString(r.Message), "maximum allowed size")
		})
}

// isOurs says whether it is the request that is wrong, or this program, so that it will never be done.
func isOurs(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return errors.Is(err, persistence.ErrSchema)
	}
	switch api.ErrorCode() {
	case "ValidationException", "SerializationException", "IdempotentParameterMismatchException":
		return true
	case "TransactionCanceledException":
		return !isContended(err)
	}
	return false
}

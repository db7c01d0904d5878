package sqs

import "github.com/aws/smithy-go/middleware"

// With puts a step into every call of the SDK.
func (c Config) With(step func(*middleware.Stack) error) Config {
	c.middleware = append(c.middleware[:len(c.middleware):len(c.middleware)], step)
	return c
}

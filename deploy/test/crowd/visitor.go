// Package crowd is many customers at once, for tests that kill what they buy from, and checks what is left of it.
package crowd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// patience is how long a visitor waits for an answer.
const patience = 30 * time.Second

// Visitor is somebody with a browser: it keeps cookies. It is safe for concurrent use.
type Visitor struct{ http.Client }

// NewVisitor makes a visitor who was never there.
func NewVisitor() *Visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // without options it cannot fail
	}
	return &Visitor{http.Client{Jar: jar, Timeout: patience}}
}

// Do makes a request with a JSON body, and an idempotency key if it is not empty, and reads the answer into result if it
// is not nil. An error means that no answer came.
func (v *Visitor) Do(ctx context.Context, method, url string, body, result any, key string) (status int, err error) {
	content, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(content))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := v.Client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if result != nil && len(answer) > 0 {
		err = json.Unmarshal(answer, result)
	}
	return response.StatusCode, err
}

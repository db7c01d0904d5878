package dynamolayer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// fate is what becomes of a request.
type fate int

const (
	pass fate = iota
	loseQuestion
	loseAnswer // which the server has given
	fail       // as loseAnswer, but the caller hears of an internal error
	throttle
	conflict // with another transaction
	hold     // until the proxy is released
	halve    // the keys of a BatchGetItem: some are left unprocessed
)

// proxy stands between a store and the server.
type proxy struct {
	url     string
	server  string
	forward *http.Client

	mu       sync.Mutex
	decide   func(operation string, body []byte) fate
	released chan struct{}
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	p := &proxy{server: server, forward: &http.Client{Transport: &http.Transport{}}, released: make(chan struct{})}
	s := httptest.NewServer(p)
	p.url = s.URL
	t.Cleanup(func() {
		p.release()
		s.Close()
		p.forward.CloseIdleConnections()
	})
	return p
}

// let has all requests to come decided about; nil lets them pass.
func (p *proxy) let(decide func(operation string, body []byte) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide = decide
}

// letOnly has so many requests of an operation meet their fate; all others pass.
func (p *proxy) letOnly(operation string, times int, f fate) {
	p.let(func(o string, _ []byte) fate {
		if o != operation || times <= 0 {
			return pass
		}
		times--
		return f
	})
}

// release lets go of what is held.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.released:
	default:
		close(p.released)
	}
}

func (p *proxy) fateOf(operation string, body []byte) fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decide == nil {
		return pass
	}
	return p.decide(operation, body)
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch f := p.fateOf(operation, body); f {
	case loseQuestion:
		panic(http.ErrAbortHandler) // closes the connection
	case throttle:
		refuse(w, http.StatusBadRequest, "ProvisionedThroughputExceededException", "")
	case conflict:
		refuse(w, http.StatusBadRequest, "TransactionCanceledException",
			`,"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict","Message":"ongoing"}]`)
	case hold:
		select {
		case <-p.released:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	default:
		p.pass(w, r, body, f)
	}
}

func refuse(w http.ResponseWriter, status int, code, more string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"by the proxy"%s}`, code, more)
}

// pass has the server answer.
func (p *proxy) pass(w http.ResponseWriter, r *http.Request, body []byte, f fate) {
	var left json.RawMessage
	if f == halve {
		body, left = halved(body)
	}
	question, err := http.NewRequestWithContext(r.Context(), r.Method, p.server+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	question.Header = r.Header.Clone()
	answer, err := p.forward.Do(question)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(answer.Body)
	if err != nil || f == loseAnswer {
		panic(http.ErrAbortHandler)
	}
	if f == fail {
		refuse(w, http.StatusInternalServerError, "InternalServerError", "")
		return
	}
	if left != nil {
		content = bytes.Replace(content, []byte(`"UnprocessedKeys":{}`), append([]byte(`"UnprocessedKeys":`), left...), 1)
	}
	w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(content)
}

// halved takes half of the keys out of a BatchGetItem.
func halved(body []byte) (some []byte, left json.RawMessage) {
	type table struct {
		Keys                     []json.RawMessage
		ConsistentRead           bool
		ProjectionExpression     string
		ExpressionAttributeNames map[string]string
	}
	var question struct{ RequestItems map[string]table }
	if err := json.Unmarshal(body, &question); err != nil {
		panic(http.ErrAbortHandler)
	}
	rest := make(map[string]table)
	for name, t := range question.RequestItems {
		r := t
		t.Keys, r.Keys = t.Keys[:(len(t.Keys)+1)/2], t.Keys[(len(t.Keys)+1)/2:]
		question.RequestItems[name] = t
		if len(r.Keys) > 0 {
			rest[name] = r
		}
	}
	some, _ = json.Marshal(question)
	left, _ = json.Marshal(rest)
	return some, left
}

// patience bounds what has to happen sooner or later.
const patience = 30 * time.Second

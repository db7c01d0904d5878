package rest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"myevents/lib/auth"
	"myevents/lib/rest"
	"myevents/lib/telemetry/tracing"
)

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	parent  = "00-" + traceID + "-b7ad6b7169203331-01"
)

func recording() (*tracing.Tracer, *tracetest.SpanRecorder) {
	spans := tracetest.NewSpanRecorder()
	return tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)), "inproc"), spans
}

// TestRequestSpans has every request make one span, which belongs to what the request names, and shows the template of
// the route, the status and the request's ID, but nothing of the path or the query.
func TestRequestSpans(t *testing.T) {
	tracer, recorder := recording()
	api, _ := newAPI(rest.Options{Tracer: tracer})
	api.Handle("GET", "/tickets/{bookingID}/{code}", auth.Public, func(w http.ResponseWriter, r *http.Request) error {
		switch r.URL.RawQuery {
		case "panic":
			panic("on purpose")
		case "missing":
			return rest.Errorf(http.StatusNotFound, "nothing")
		}
		_, err := w.Write([]byte("{}"))
		return err
	})
	path := "/tickets/" + strings.Repeat("a", 24) + "/secret-code"
	for _, c := range []struct {
		method, path, name string
		status             int
		failed             bool
	}{
		{"GET", path + "?secret-query", "GET /tickets/{bookingID}/{code}", 200, false},
		{"GET", path + "?missing", "GET /tickets/{bookingID}/{code}", 404, false},
		{"GET", path + "?panic", "GET /tickets/{bookingID}/{code}", 500, true},
		{"POST", path, "POST /tickets/{bookingID}/{code}", 405, false},
		{"SECRET", "/secret", "other unknown", 404, false},
	} {
		recorder.Reset()
		w := call(t, api, c.method, c.path, "", "Traceparent", parent)
		spans := recorder.Ended()
		if len(spans) != 1 || w.Code != c.status {
			t.Fatalf("%s %s: %d, %d spans", c.method, c.path, w.Code, len(spans))
		}
		s := tracetest.SpanStubFromReadOnlySpan(spans[0])
		if s.Name != c.name || s.SpanKind != trace.SpanKindServer || s.Parent.TraceID().String() != traceID ||
			s.SpanContext.TraceID().String() != traceID || (s.Status.Code.String() == "Error") != c.failed {
			t.Errorf("%s %s: %+v", c.method, c.path, s)
		}
		all, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.ToLower(string(all)); strings.Contains(text, "secret") || strings.Contains(text, "aaaa") {
			t.Errorf("the span tells a secret: %s", all)
		}
		attributes := make(map[string]string)
		for _, a := range s.Attributes {
			attributes[string(a.Key)] = a.Value.String()
		}
		if attributes["http.route"] == "" || attributes["http.response.status_code"] == "" ||
			!strings.Contains(attributes["http.response.header.x-request-id"], w.Header().Get("X-Request-Id")) {
			t.Errorf("the attributes are %v", attributes)
		}
	}
}

// TestStreamSpan ends the span of an answer that streams where the answer begins: it would last as long as the client
// stays, and be known only then.
func TestStreamSpan(t *testing.T) {
	tracer, recorder := recording()
	api, _ := newAPI(rest.Options{Tracer: tracer})
	var ended []int
	api.Handle("GET", "/stream", auth.Public, func(w http.ResponseWriter, _ *http.Request) error {
		ended = append(ended, len(recorder.Ended()))
		w.WriteHeader(http.StatusOK)
		ended = append(ended, len(recorder.Ended()))
		return nil
	}, rest.Streaming())
	server := httptest.NewServer(api)
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if diff := cmp.Diff([]int{0, 1}, ended); diff != "" {
		t.Errorf("spans before and after the beginning of the answer (-want +got):\n%s", diff)
	}
	if got := recorder.Ended()[0].Name(); got != "GET /stream" {
		t.Errorf("its name is %s", got)
	}
}

// TestTracesInLog has lines say to which trace they belong, also where this process records none.
func TestTracesInLog(t *testing.T) {
	on, _ := recording()
	for name, tracer := range map[string]*tracing.Tracer{"on": on, "off": nil} {
		log := new(bytes.Buffer)
		logger := slog.New(tracing.Log(slog.NewJSONHandler(log, nil)))
		api := rest.New(rest.Options{Logger: logger, Registerer: prometheus.NewRegistry(), Timeout: time.Second, Tracer: tracer})
		api.Handle("GET", "/fails", auth.Public, func(http.ResponseWriter, *http.Request) error {
			return errors.New("on purpose")
		})
		call(t, api, "GET", "/fails", "", "Traceparent", parent)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 {
			t.Fatalf("%s: the log is %s", name, log)
		}
		for _, line := range lines {
			if !strings.Contains(line, `"trace_id":"`+traceID+`","span_id":"`) {
				t.Errorf("%s: a line is %s", name, line)
			}
		}
	}
}

// TestTraceparentFromScripts lets scripts of other origins say what their requests belong to.
func TestTraceparentFromScripts(t *testing.T) {
	api, _ := newAPI(rest.Options{Open: true})
	w := call(t, api, "OPTIONS", "/openapi.json", "", "Origin", "https://elsewhere.example",
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "traceparent")
	if w.Code != http.StatusNoContent || !strings.EqualFold(w.Header().Get("Access-Control-Allow-Headers"), "traceparent") {
		t.Errorf("%d, allowed: %q", w.Code, w.Header().Get("Access-Control-Allow-Headers"))
	}
}

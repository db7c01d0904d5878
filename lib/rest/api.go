// Package rest is what the REST APIs of the services have in common: JSON in and out, one table from errors to answers,
// routing, limits, logs, metrics and headers.
package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/auth"
	"myevents/lib/telemetry/tracing"
)

// Handler answers a request, or returns an error, which is answered for it; see Error and Mapping. After an error that
// it returns once it has begun to answer, the connection is cut.
type Handler func(http.ResponseWriter, *http.Request) error

// Options say what an API needs.
type Options struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Tracer begins the requests' spans; nil where none are asked for.
	Tracer *tracing.Tracer
	// Open is the mode without accounts: everybody is an organiser, JSON is taken under any content type that a plain
	// HTML form can send, and scripts of all origins may call when no Origins are configured.
	Open bool
	// Caller says who makes a request, as auth.Verifier does. It is asked where a route needs to know.
	Caller func(*http.Request) (c auth.Caller, known bool, err error)
	// Origins are those whose scripts may call, with the visitor's cookies.
	Origins []string
	// PublicURL is how browsers reach the API, if that is known: a scheme and a host.
	PublicURL string
	// HSTS is how long browsers are to use HTTPS only; 0: they are not told.
	HSTS time.Duration
	// Proxies are trusted to say whose requests they pass on.
	Proxies Proxies
	Limits  Limits
	// Timeout bounds the handling of a request, but for routes that stream.
	Timeout time.Duration
	// OpenAPI is the document that describes the API, served under /openapi.json.
	OpenAPI []byte
	// Errors are rows of the table from errors to answers, before the common ones.
	Errors []Mapping
}

// API is an http.Handler with routes. Routes are added before it serves.
type API struct {
	options Options
	errors  []Mapping
	router  *mux.Router
	routes  map[string]*route
	list    []Route
	metrics *metrics
	guard   *guard
	hsts    string // a header
	handler http.Handler
}

// New makes an API that answers only /openapi.json.
func New(o Options) *API {
	a := &API{
		options: o,
		errors:  append(slices.Clone(o.Errors), commonErrors()...),
		router:  mux.NewRouter().SkipClean(true).UseEncodedPath(),
		routes:  make(map[string]*route),
		metrics: newMetrics(o.Registerer),
		guard:   newGuard(o),
	}
	if o.HSTS > 0 {
		a.hsts = fmt.Sprintf("max-age=%d", int(o.HSTS.Seconds()))
	}
	a.router.NotFoundHandler = a.route("unknown", func(http.ResponseWriter, *http.Request) error {
		return Errorf(http.StatusNotFound, "there is nothing at this address")
	})
	a.handler = a.observe(cors(o)(a.router))
	a.Handle(http.MethodGet, "/openapi.json", auth.Public, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write(o.OpenAPI)
		return err
	}, Compressed())
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// RouteOption changes how a route is served.
type RouteOption func(*routeOptions)

type routeOptions struct {
	streaming, compressed bool
	take                  func(*http.Request) error // counts a request where the route is limited
}

// PerPart bounds how often the route may be used for each value of a part of its path.
func PerPart(name string, times int, per time.Duration) RouteOption {
	l := NewLimiter[string](times, per)
	return func(o *routeOptions) {
		o.take = func(r *http.Request) error { return l.Take(strings.ToLower(Var(r, name))) }
	}
}

// Streaming is for routes that answer bit by bit, for as long as the client stays: without a time limit.
func Streaming() RouteOption { return func(o *routeOptions) { o.streaming = true } }

// Compressed is for routes whose answers may be large: compressing a small one costs more than it saves.
func Compressed() RouteOption { return func(o *routeOptions) { o.compressed = true } }

// Route is one that an API has, and what it needs.
type Route struct {
	Method, Template string
	Needs            auth.Need
}

// Routes lists all routes, in the order in which they were added.
func (a *API) Routes() []Route { return slices.Clone(a.list) }

// Handle adds a route, whose handler is called for those who have what is needed. In the template, {name} stands for a
// part of the path, and a name that ends in "ID" for one of 24 hexadecimal digits. A route for GET answers HEAD too.
func (a *API) Handle(method, template string, needs auth.Need, h Handler, options ...RouteOption) {
	a.list = append(a.list, Route{Method: method, Template: template, Needs: needs})
	var o routeOptions
	for _, option := range options {
		option(&o)
	}
	methods, ok := a.routes[template]
	if !ok {
		methods = &route{byMethod: make(map[string]http.Handler)}
		methods.notAllowed = a.route(template, methods.refuse)
		a.routes[template] = methods
		a.router.Handle(withPatterns(template), methods)
	}
	handler := a.route(template, a.bounded(a.admitted(needs, a.limited(h, o)), o))
	if o.compressed {
		handler = handlers.CompressHandler(handler)
	}
	methods.add(method, handler)
	if method == http.MethodGet {
		methods.add(http.MethodHead, handler)
	}
}

func withPatterns(template string) string {
	return regexp.MustCompile(`\{(\w+ID)\}`).ReplaceAllString(template, `{$1:[0-9a-fA-F]{24}}`)
}

// bounded gives the handler the time that it has. A connection that streams is freed of the server's limits; its
// handler sets a write deadline of its own.
func (a *API) bounded(h Handler, o routeOptions) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if o.streaming {
			leave, err := a.guard.streams.enter(clientSite(r))
			if err != nil {
				return err
			}
			defer leave()
			recorderOf(r).streams = true
			c := http.NewResponseController(w)
			if err := errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{})); err != nil {
				return err
			}
			return h(w, r)
		}
		ctx, cancel := context.WithTimeout(r.Context(), a.options.Timeout)
		defer cancel()
		return h(w, r.WithContext(ctx))
	}
}

// limited calls the handler where the limit of the route allows it.
func (a *API) limited(h Handler, o routeOptions) Handler {
	if a.options.Open || o.take == nil {
		return h
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := o.take(r); err != nil {
			return err
		}
		return h(w, r)
	}
}

// route is what a path answers to.
type route struct {
	byMethod   map[string]http.Handler
	allow      string
	notAllowed http.Handler
}

func (t *route) add(method string, h http.Handler) {
	t.byMethod[method] = h
	methods := make([]string, 0, len(t.byMethod))
	for m := range t.byMethod {
		methods = append(methods, m)
	}
	slices.Sort(methods)
	t.allow = strings.Join(methods, ", ")
}

func (t *route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, ok := t.byMethod[r.Method]; ok {
		h.ServeHTTP(w, r)
		return
	}
	t.notAllowed.ServeHTTP(w, r)
}

func (t *route) refuse(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Allow", t.allow)
	return Errorf(http.StatusMethodNotAllowed, "%s is not possible here, only %s", r.Method, t.allow)
}

// Var gives a part of the path by its name in the template.
func Var(r *http.Request, name string) string {
	value := mux.Vars(r)[name]
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}

// cors lets scripts of other origins in. It stands before the routes, so that errors, too, can be read by them.
func cors(o Options) func(http.Handler) http.Handler {
	options := []handlers.CORSOption{
		handlers.AllowedMethods([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}),
		handlers.AllowedHeaders([]string{
			"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", requestIDHeader,
			tracing.Header,
		}),
		handlers.ExposedHeaders([]string{"ETag", "Link", "Location", "Retry-After", requestIDHeader}),
		handlers.MaxAge(600),
		handlers.OptionStatusCode(http.StatusNoContent),
	}
	switch {
	case len(o.Origins) > 0:
		options = append(options, handlers.AllowedOrigins(o.Origins), handlers.AllowCredentials())
	case o.Open:
		options = append(options, handlers.AllowedOrigins([]string{"*"}))
	default:
		return func(h http.Handler) http.Handler { return h }
	}
	return func(h http.Handler) http.Handler {
		checked := handlers.CORS(options...)(h)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if len(o.Origins) > 0 {
				w.Header().Set("Vary", "Origin") // what is kept for one origin, or none, must not be shown to another
			}
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") == "" {
				h.ServeHTTP(w, r) // no preflight, but a method like any other
				return
			}
			checked.ServeHTTP(w, r)
		})
	}
}

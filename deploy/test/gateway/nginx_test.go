package gateway

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	backends "myevents/deploy/test"
)

const ticket = "/tickets/0123456789abcdef01234567/"

// startOn starts nginx in front of addresses that are given as they are.
func startOn(t *testing.T, events, bookings, resolver string) *backends.Nginx {
	t.Helper()
	return backends.StartNginx(t, templates, map[string]string{
		"APP": writeBuild(t), "EVENTS_URL": events, "BOOKINGS_URL": bookings, "EVENTS_API": "", "BOOKINGS_API": "",
		"NGINX_LOCAL_RESOLVERS": resolver,
	})
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// TestSecretsAreNotLogged asks for tickets, with the service there and away: neither the requests nor the faults that
// are logged have the code.
func TestSecretsAreNotLogged(t *testing.T) {
	bookings := httptest.NewServer(named("bookings"))
	defer bookings.Close()
	n := startOn(t, bookings.URL, bookings.URL, "127.0.0.1:9")
	ask(t, http.MethodGet, n.URL+ticket+"SECRET-CODE")
	ask(t, http.MethodGet, n.URL+"/api"+ticket+"SECRET-CODE?a=b")
	bookings.Close()
	if got := ask(t, http.MethodGet, n.URL+"/api"+ticket+"SECRET-CODE"); got.status != http.StatusServiceUnavailable {
		t.Errorf("without the service, the answer is %d", got.status)
	}
	ask(t, http.MethodGet, n.URL+"/api/events")
	eventually(t, "all is logged", func() bool { return strings.Count(n.Log(), `"path":`) == 4 })
	log := n.Log()
	if strings.Contains(log, "SECRET") || strings.Count(log, ticketsLogged) != 3 {
		t.Errorf("the log is\n%s", log)
	}
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

const ticketsLogged = `/tickets/-"`

// TestServiceAway starts nginx while nobody knows the services' names: the app is there, the API says what is the
// matter, in its own manner, and is there as soon as the services are. Then the services move.
func TestServiceAway(t *testing.T) {
	names := startNames(t)
	service := httptest.NewServer(named("events"))
	defer service.Close()
	_, port, err := net.SplitHostPort(service.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n := startOn(t, "http://events.test:"+port, "http://bookings.test:"+port, names.address)
	if got := ask(t, http.MethodGet, n.URL+"/bookings"); got.status != http.StatusOK {
		t.Errorf("the app is answered with %d", got.status)
	}
	got := ask(t, http.MethodGet, n.URL+"/api/events")
	var problem struct{ Status int }
	if err := json.Unmarshal([]byte(got.body), &problem); err != nil || problem.Status != http.StatusServiceUnavailable {
		t.Errorf("the API answers %s", got.body)
	}
	if got.status != problem.Status || got.header.Get("Content-Type") != "application/problem+json" ||
		got.header.Get("Retry-After") == "" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the API answers %d %v", got.status, got.header)
	}
	names.set("127.0.0.1")
	eventually(t, "the service is found", func() bool {
		return ask(t, http.MethodGet, n.URL+"/api/events").body == "events /events"
	})
	moved := httptest.NewUnstartedServer(named("moved"))
	moved.Listener = listen(t, "127.0.0.2:"+port)
	moved.Start()
	defer moved.Close()
	names.set("127.0.0.2")
	eventually(t, "the service is found at its new address", func() bool {
		found := 0 // by whichever of nginx's processes has the request; each remembers addresses for itself
		for found < 20 && ask(t, http.MethodGet, n.URL+"/api/events").body == "moved /events" {
			found++
		}
		return found == 20
	})
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// TestRetries has one of two replicas break every connection: what can be sent again is answered by the other, and
// what must not be is sent once.
func TestRetries(t *testing.T) {
	good := httptest.NewServer(named("events"))
	defer good.Close()
	_, port, err := net.SplitHostPort(good.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	broken, sent := breaking(t, "127.0.0.2:"+port)
	names := startNames(t)
	names.set("127.0.0.1", broken)
	n := startOn(t, "http://events.test:"+port, "http://bookings.test:"+port, names.address)
	eventually(t, "a request for the broken one is answered by the other", func() bool {
		got := ask(t, http.MethodGet, n.URL+"/api/events")
		if got.status != http.StatusOK {
			t.Fatalf("GET is answered with %d", got.status)
		}
		return sent.Load() > 0
	})
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		before := sent.Load()
		var failed int32
		eventually(t, method+" comes to the broken one", func() bool {
			if ask(t, method, n.URL+"/api/events").status == http.StatusServiceUnavailable {
				failed++
			}
			return sent.Load() > before
		})
		if failed != sent.Load()-before {
			t.Errorf("%s was sent to the broken one %d times, and failed %d times", method, sent.Load()-before, failed)
		}
	}
}

// breaking takes requests, and breaks the connection. It counts them.
func breaking(t *testing.T, address string) (host string, requests *atomic.Int32) {
	t.Helper()
	listener := listen(t, address)
	requests = new(atomic.Int32)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096)) // the request, which is not looked at
			requests.Add(1)
			_ = c.Close() // that is what it is for
		}
	}()
	host, _, _ = net.SplitHostPort(address)
	return host, requests
}

// TestForwarded shows services who asks, and by what scheme the browser came, also when a proxy stands in front.
func TestForwarded(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "Connection"} {
			_, _ = io.WriteString(w, r.Header.Get(name)+"|")
		}
		_, _ = io.WriteString(w, r.Host)
	}))
	defer service.Close()
	n := startOn(t, service.URL, service.URL, "127.0.0.1:9")
	host := strings.TrimPrefix(n.URL, "http://")
	if got := ask(t, http.MethodGet, n.URL+"/api/events"); got.body != "127.0.0.1|http||"+host {
		t.Errorf("the service sees %s", got.body)
	}
	got := ask(t, http.MethodGet, n.URL+"/api/events", "X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https")
	if got.body != "192.0.2.1, 127.0.0.1|https||"+host {
		t.Errorf("behind a proxy, the service sees %s", got.body)
	}
}

// TestBareRoutes asks under the name api.…, where the services' routes are as they are in the services: no path is the
// app's, what was created is where the service says, and tickets' secrets are not logged there either.
func TestBareRoutes(t *testing.T) {
	const id = "0123456789abcdef01234567"
	bookings := httptest.NewServer(named("bookings"))
	defer bookings.Close()
	events := httptest.NewServer(named("events"))
	defer events.Close()
	n := startOn(t, events.URL, bookings.URL, "127.0.0.1:9")
	bare := func(method, path string) answer {
		return ask(t, method, n.URL+path, "Host", "api.myevents.example:8080")
	}
	for path, want := range map[string]string{
		"/events?q=a%2Fb":                  "events /events?q=a%2Fb",
		"/events/" + id:                    "events /events/" + id,
		"/events/" + id + "/bookings":      "bookings /events/" + id + "/bookings",
		"/availability/stream?event=" + id: "bookings /availability/stream?event=" + id,
		"/.well-known/jwks.json":           "bookings /.well-known/jwks.json",
		"/documents/bookings.json":         "bookings /openapi.json",
		"/config.json":                     "events /config.json",
		"/api/events":                      "events /api/events",
		ticket + "SECRET":                  "bookings " + ticket + "SECRET",
		"/":                                "events /",
	} {
		if got := bare(http.MethodGet, path); got.body != want {
			t.Errorf("%s goes to %q, not to %q", path, got.body, want)
		}
	}
	if got := bare(http.MethodPost, "/events").header.Get("Location"); got != "/events/1" {
		t.Errorf("what was created is said to be at %q", got)
	}
	bookings.Close()
	got := bare(http.MethodGet, ticket+"SECRET")
	if got.status != http.StatusServiceUnavailable || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("without the service, the answer is %d %v", got.status, got.header)
	}
	eventually(t, "all is logged", func() bool { return strings.Count(n.Log(), `"path":`) == 12 })
	if log := n.Log(); strings.Contains(log, "SECRET") {
		t.Errorf("the log is\n%s", log)
	}
}

// TestSettings reads the container's recipe: it has a value for all that the templates take from the environment, and
// lets nothing else be put into them.
func TestSettings(t *testing.T) {
	recipe := read(t, "../../../frontend/Dockerfile")
	used := make(map[string]bool)
	for _, name := range []string{"nginx.conf", "headers.conf", "away.conf", "config.json"} {
		for _, m := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(read(t, templates+"/"+name+".template"), -1) {
			used[m[1]] = true
		}
	}
	filter := regexp.MustCompile(`NGINX_ENVSUBST_FILTER='\^\((.*)\)\$'`).FindStringSubmatch(recipe)
	if filter == nil {
		t.Fatal("the recipe has no filter")
	}
	let := make(map[string]bool)
	for name := range strings.SplitSeq(filter[1], "|") {
		let[name] = true
		if name != "NGINX_LOCAL_RESOLVERS" && !strings.Contains(recipe, name+"=") {
			t.Errorf("%s has no value", name)
		}
	}
	if !maps.Equal(used, let) {
		t.Errorf("the templates use %v, the recipe lets in %v", used, let)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package backends

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Where Debian has them.
const (
	prometheusProgram = "/usr/bin/prometheus"
	promtoolProgram   = "/usr/bin/promtool"
)

const prometheusPatience = time.Minute

// Prometheus is a real one, which knows nothing but what its configuration has it look for.
type Prometheus struct {
	URL    string
	server *process
}

// itself is its address in configurations, in place of which the one comes that is chosen here.
const itself = "localhost:9090"

// StartPrometheus starts Debian's Prometheus with a configuration file, which it changes, for one test, which it ends
// with.
func StartPrometheus(tb testing.TB, configuration string) *Prometheus {
	tb.Helper()
	if err := install(tb.Context(), "prometheus", prometheusProgram); err != nil {
		notRun(tb, "Prometheus", err)
	}
	ports, err := freePorts(1)
	if err != nil {
		tb.Fatal(err)
	}
	address, folder := "127.0.0.1:"+strconv.Itoa(ports[0]), tb.TempDir()
	p := &Prometheus{URL: "http://" + address}
	text, err := os.ReadFile(configuration)
	if err == nil {
		err = os.WriteFile(configuration, bytes.ReplaceAll(text, []byte(itself), []byte(address)), 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	p.server, err = startProcess(folder, nil, prometheusProgram, "--config.file="+configuration,
		"--storage.tsdb.path="+folder+"/data", "--web.listen-address="+address, "--log.level=warn")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.server.kill)
	for end := time.Now().Add(prometheusPatience); !p.ready(tb.Context()); time.Sleep(pollEvery) {
		if time.Now().After(end) || !p.server.runs() {
			tb.Fatalf("Prometheus does not start:\n%s", p.server.output())
		}
	}
	return p
}

// Address is its host and port.
func (p *Prometheus) Address() string { return strings.TrimPrefix(p.URL, "http://") }

func (p *Prometheus) ready(ctx context.Context) bool {
	response, err := p.get(ctx, "/-/ready")
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

func (p *Prometheus) get(ctx context.Context, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Close = true
	return http.DefaultClient.Do(r)
}

// Ask asks its API, and reads what it answers with into data.
func (p *Prometheus) Ask(ctx context.Context, path string, query url.Values, data any) error {
	response, err := p.get(ctx, "/api/v1/"+path+"?"+query.Encode())
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	answer := struct {
		Status, Error string
		Data          any
	}{Data: data}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("Prometheus answers: %s", answer.Error)
	}
	return nil
}

// Promtool runs Debian's promtool in a folder, and answers with its output. The error is that of the tool.
func Promtool(tb testing.TB, folder string, arguments ...string) (string, error) {
	tb.Helper()
	if err := install(tb.Context(), "prometheus", promtoolProgram); err != nil {
		notRun(tb, "promtool", err)
	}
	c := exec.CommandContext(tb.Context(), promtoolProgram, arguments...)
	c.Dir = folder
	output, err := c.CombinedOutput()
	return string(output), err
}

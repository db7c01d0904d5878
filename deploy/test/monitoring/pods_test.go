package monitoring

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	backends "myevents/deploy/test"
)

// pod is what Kubernetes tells Prometheus of a pod.
type pod struct {
	Targets []string          `json:"targets"` // one for each port that a container names
	Labels  map[string]string `json:"labels"`
}

func newPod(name, app, ip, scrape, phase, port, path string) pod {
	const meta = "__meta_kubernetes_pod_"
	labels := map[string]string{
		meta + "name": name, meta + "label_myevents_app": app, meta + "ip": ip, meta + "phase": phase,
	}
	for annotation, value := range map[string]string{"scrape": scrape, "port": port, "path": path} {
		if value != "" {
			labels[meta+"annotation_prometheus_io_"+annotation] = value
		}
	}
	return pod{Targets: []string{ip + ":1", ip + ":2"}, Labels: labels}
}

// TestPods gives Prometheus pods in place of those that it would ask Kubernetes for, which Debian's cannot: it scrapes
// those that ask for it, where they say, under the names that rules and dashboards have.
func TestPods(t *testing.T) {
	pods := []pod{
		newPod("events-1", "events", "127.0.0.2", "true", "Running", "9100", "/metrics"),
		newPod("bookings-1", "bookings", "::1", "true", "Running", "9100", ""),
		newPod("rmq-0", "amqp-broker", "127.0.0.3", "true", "Running", "15692", ""),
		newPod("events-db-0", "events", "127.0.0.4", "", "Running", "", ""),
		newPod("events-2", "events", "127.0.0.5", "true", "Failed", "9100", ""),
		newPod("bookings-2", "bookings", "127.0.0.6", "false", "Running", "9100", ""),
	}
	want := map[string]string{
		"events events-1": "http://127.0.0.2:9100/metrics", "bookings bookings-1": "http://[::1]:9100/metrics",
		"rabbitmq rmq-0": "http://127.0.0.3:15692/metrics",
		"rabbitmq-queues rmq-0": "http://127.0.0.3:15692/metrics/detailed?family=queue_coarse_metrics&family=" +
			"queue_consumer_count",
	}
	p := backends.StartPrometheus(t, podsConfiguration(t, pods))
	want["prometheus "+p.Address()] = p.URL + "/metrics"
	var got map[string]string
	eventually(t, "Prometheus knows its targets", func() bool {
		got = targets(t, p)
		return len(got) >= len(want)
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the targets (-want +got):\n%s", diff)
	}
}

// podsConfiguration is the one of deploy/prometheus for Kubernetes, with these pods.
func podsConfiguration(t *testing.T, pods []pod) string {
	t.Helper()
	var c map[string]any
	readYAML(t, filepath.Join(prometheusFolder, "kubernetes.yml"), &c)
	text, err := json.Marshal(pods)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pods.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	jobs, _ := c["scrape_configs"].([]any)
	for _, one := range jobs {
		job, _ := one.(map[string]any)
		if _, asks := job["kubernetes_sd_configs"]; asks {
			delete(job, "kubernetes_sd_configs")
			job["file_sd_configs"] = []object{{"files": []string{file}}}
		}
	}
	return writeConfiguration(t, c)
}

// targets are the addresses that Prometheus scrapes, by job and instance.
func targets(t *testing.T, p *backends.Prometheus) map[string]string {
	t.Helper()
	var data struct {
		ActiveTargets []struct {
			Labels    map[string]string
			ScrapeURL string
		}
	}
	if err := p.Ask(t.Context(), "targets", url.Values{"state": {"active"}}, &data); err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, target := range data.ActiveTargets {
		found[target.Labels["job"]+" "+target.Labels["instance"]] = target.ScrapeURL
	}
	return found
}

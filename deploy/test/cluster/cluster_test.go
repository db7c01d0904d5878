// Package cluster tries the manifests in a real cluster, by hand: make cluster-test.
package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// manifestVariable names, in the environment, the file that is applied.
const manifestVariable = "CLUSTER_TEST_MANIFEST"

// TestInside applies the manifests, sells seats through the gateway, and does meanwhile whatever clusters do to pods.
// Each step has the cluster as the one before has left it.
func TestInside(t *testing.T) {
	manifest := os.Getenv(manifestVariable)
	if manifest == "" {
		t.Skip("TestCluster runs it")
	}
	t.Cleanup(func() {
		_, err := try(context.WithoutCancel(t.Context()), "", "delete", "namespace", namespace)
		if err != nil {
			t.Error(err)
		}
	})
	kubectl(t, "apply", "--server-side", "-f", manifest)
	if !t.Run("ready", func(t *testing.T) { ready(t, everything(t)...) }) {
		t.Fatal(kubectl(t, "get", "pods,events"))
	}
	s := openShop(t)
	t.Run("only restricted pods", s.refusesOthers)
	t.Run("a booking", s.books)
	t.Run("metrics", s.scraped)
	t.Run("rolling update", s.rolls)
	t.Run("a version that never gets ready", s.rollsBack)
	t.Run("a pod deleted", s.losesPod)
	t.Run("StatefulSet pods deleted", s.losesStatefulPods)
	t.Run("eviction", s.evicts)
	t.Run("autoscaler", s.measures)
	t.Run("nothing lost", s.keeps)
}

// refusesOthers has a pod that asks for more than ours refused by the namespace.
func (*shop) refusesOthers(t *testing.T) {
	_, err := try(t.Context(), "", "run", "root", "--image=myevents/frontend", "--restart=Never")
	if err == nil || !strings.Contains(err.Error(), "PodSecurity") {
		t.Errorf("a pod of any kind is answered with %v", err)
	}
}

func (s *shop) books(t *testing.T) {
	if repeated := s.load(t, func() {}); len(repeated) > 0 && !onlyUnknown(repeated) {
		t.Errorf("requests failed:\n%s", strings.Join(repeated, "\n"))
	}
}

// onlyUnknown says whether requests failed only because the booking service had not been told of the event yet.
func onlyUnknown(repeated []string) bool {
	for _, why := range repeated {
		if !strings.Contains(why, fmt.Sprintf(": %d ", http.StatusNotFound)) {
			return false
		}
	}
	return true
}

// scraped has the pods that ask to be scraped have metrics where they say so, and Prometheus be allowed to find them.
func (*shop) scraped(t *testing.T) {
	const asked = `{range .items[?(@.metadata.annotations.prometheus\.io/scrape=="true")]}` +
		`{.metadata.name}:{.metadata.annotations.prometheus\.io/port}/proxy{.metadata.annotations.prometheus\.io/path}{"\n"}{end}`
	targets := strings.Fields(kubectl(t, "get", "pods", "--field-selector=status.phase=Running", "-o", "jsonpath="+asked))
	for _, target := range targets {
		if got := kubectl(t, "get", "--raw", "/api/v1/namespaces/"+namespace+"/pods/"+target); !strings.Contains(got, "# TYPE ") {
			t.Errorf("%s has no metrics", target)
		}
	}
	if len(targets) < 5 { // two of each service, and RabbitMQ
		t.Errorf("only %v ask to be scraped", targets)
	}
	kubectl(t, "auth", "can-i", "watch", "pods", "--as=system:serviceaccount:"+namespace+":prometheus")
}

// rolls replaces all pods of our own images: no request fails.
func (s *shop) rolls(t *testing.T) {
	none(t, s.load(t, func() {
		for _, name := range []string{"deployment/bookings", "deployment/events", "deployment/frontend"} {
			kubectl(t, "rollout", "restart", name)
			ready(t, name)
		}
	}))
}

// rollsBack brings in a version that never gets ready, and takes it back: no request fails.
func (s *shop) rollsBack(t *testing.T) {
	none(t, s.load(t, func() {
		kubectl(t, "set", "env", "deployment/bookings", "MONGO_URL_FILE-", "MONGO_URL=mongodb://nowhere.invalid")
		_, err := try(t.Context(), "", "rollout", "status", "deployment/bookings", "--timeout", impatience.String())
		if err == nil {
			t.Error("a version without its database was rolled out")
		}
		kubectl(t, "rollout", "undo", "deployment/bookings")
		ready(t, "deployment/bookings")
	}))
}

func none(t *testing.T, repeated []string) {
	t.Helper()
	if len(repeated) > 0 {
		t.Errorf("%d requests failed:\n%s", len(repeated), strings.Join(repeated[:min(10, len(repeated))], "\n"))
	}
}

// losesPod kills one pod of each kind at once. What fails then, customers ask again.
func (s *shop) losesPod(t *testing.T) {
	s.load(t, func() {
		for _, app := range []string{"bookings", "events"} {
			kubectl(t, "delete", "pod", "--force", "--grace-period=0", pods(t, app, "api")[0])
		}
		ready(t, "deployment/bookings", "deployment/events")
	})
}

// losesStatefulPods deletes the broker's and the bookings' database's pod: their data come back with them.
func (s *shop) losesStatefulPods(t *testing.T) {
	s.load(t, func() {
		kubectl(t, "delete", "pod", "--wait=false", "rmq-0")
		s.sells(t) // without the broker
		ready(t, "statefulset/rmq")
		kubectl(t, "delete", "pod", "--wait=false", "bookings-db-0")
		time.Sleep(time.Second) // it is on its way down
		ready(t, "statefulset/bookings-db")
	})
}

// evicts empties a node, so to speak: the second pod may not go before there is another one for the first.
func (s *shop) evicts(t *testing.T) {
	ready(t, "deployment/bookings")
	none(t, s.load(t, func() {
		names := pods(t, "bookings", "api")
		if err := evict(t, names[0]); err != nil {
			t.Fatal(err)
		}
		if err := evict(t, names[1]); err == nil || !strings.Contains(err.Error(), "disruption budget") {
			t.Errorf("the second eviction is answered with %v", err)
		}
		eventually(t, "the second one may go, too", func() bool { return evict(t, names[1]) == nil })
		ready(t, "deployment/bookings")
	}))
}

func evict(t *testing.T, pod string) error {
	t.Helper()
	_, err := try(t.Context(), fmt.Sprintf(
		`{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": %q, "namespace": %q}}`, pod, namespace),
		"create", "--raw", "/api/v1/namespaces/"+namespace+"/pods/"+pod+"/eviction", "-f", "-")
	return err
}

// measures has the autoscalers see what the pods need, where the cluster has somebody who measures it.
func (*shop) measures(t *testing.T) {
	if _, err := try(t.Context(), "", "get", "--raw", "/apis/metrics.k8s.io/v1beta1"); err != nil {
		t.Skipf("the cluster does not measure pods: %v", err)
	}
	for _, name := range []string{"events", "bookings", "frontend"} {
		eventually(t, name+" is measured", func() bool {
			const percent = "jsonpath={.status.currentMetrics[0].resource.current.averageUtilization}"
			got := kubectl(t, "get", "horizontalpodautoscaler", name, "-o", percent)
			if got != "" {
				t.Logf("%s: %s %%", name, got)
			}
			return got != ""
		})
	}
}

// keeps compares what customers were told with what the organiser sees, and has the log checked step by step.
func (s *shop) keeps(t *testing.T) {
	if err := s.crowd.Compare(s.attendees(t)); err != nil {
		t.Error(err)
	}
	eventually(t, "the log, the bookings and the seats sold agree", func() bool {
		report, err := try(t.Context(), "", "exec", "deployment/bookings", "--", "/bookingservice", "audit")
		t.Logf("%d acknowledged bookings; %s%v", s.crowd.Acknowledged(), report, err)
		return err == nil && strings.Contains(report, "\n0 events could not be compared")
	})
}

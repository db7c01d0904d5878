package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// namespace is that of the overlay.
const namespace = "myevents-test"

const (
	// patience is how long something may take that must happen in the end: the machine has much to do.
	patience = 5 * time.Minute
	// impatience is how long a version that never gets ready is waited for.
	impatience = 45 * time.Second
)

// try runs kubectl in the namespace, and answers with what it says.
func try(ctx context.Context, input string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience+time.Minute) // kubectl itself gives up before
	defer cancel()
	c := exec.CommandContext(ctx, "kubectl", append([]string{"--namespace", namespace}, arguments...)...)
	c.Stdin = strings.NewReader(input)
	var output, faults bytes.Buffer
	c.Stdout, c.Stderr = &output, &faults
	if err := c.Run(); err != nil {
		return output.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(arguments, " "), err, faults.String())
	}
	return output.String(), nil
}

// kubectl is try, and must not fail.
func kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := try(t.Context(), "", arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// ready waits until all of a workload's pods are of the newest version, and ready.
func ready(t *testing.T, workloads ...string) {
	t.Helper()
	for _, workload := range workloads {
		kubectl(t, "rollout", "status", workload, "--timeout", patience.String())
	}
}

// everything that has pods.
func everything(t *testing.T) []string {
	t.Helper()
	return strings.Fields(kubectl(t, "get", "deployments,statefulsets", "-o", "name"))
}

// pods are the names of an app's pods that run and are not about to end.
func pods(t *testing.T, app, tier string) []string {
	t.Helper()
	const living = `{range .items[?(@.status.phase=="Running")]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}`
	var names []string
	for line := range strings.Lines(kubectl(t, "get", "pods", "-l", "myevents/app="+app+",myevents/tier="+tier, "-o", "jsonpath="+living)) {
		if fields := strings.Fields(line); len(fields) == 1 {
			names = append(names, fields[0])
		}
	}
	return names
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// Package ci holds what a continuous integration does: deploy/ci/pipeline. Its tests run it with a docker, a kubectl and a
// git that only note what they were asked.
package ci

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	commit = "0123456789abcdef0123456789abcdef01234567"
	digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// stub notes its name and arguments, and what it finds in KUBECONFIG and in its standard input if it reads any.
const stub = `#!/bin/bash
echo "${0##*/} $*" >>"$CALLS"
case "${0##*/} $*" in
"docker login"*) cat >>"$STDIN" ;;
"docker buildx build"*--push*)
    while [ "$1" != --metadata-file ]; do shift; done
    echo '{"containerimage.digest": "` + digest + `"}' >"$2" ;;
"kubectl get deployment"*) echo "${REVISION:-7}"; cat "$KUBECONFIG" >>"$SEEN_KUBECONFIG" ;;
"kubectl rollout status deployment/${FAILS:-none} "*)
    grep -q "kubectl rollout undo deployment/$FAILS" "$CALLS" ;;
"kubectl set image deployment/${REFUSES:-none} "*) exit 1 ;;
"git show"*) echo 2026-11-24T00:00:00Z ;;
"git rev-parse"*) echo ` + commit + ` ;;
esac
`

type run struct {
	calls, output, stdin, kubeconfig string
	err                              error
}

// pipeline runs the script in a checkout of its own.
func pipeline(t *testing.T, directory string, env []string, args ...string) run {
	t.Helper()
	for _, name := range []string{"docker", "kubectl", "git"} {
		write(t, filepath.Join(directory, "stubs", name), stub)
	}
	text, err := os.ReadFile("pipeline")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(directory, "deploy", "ci", "pipeline")
	write(t, script, string(text))
	notes := t.TempDir()
	c := exec.CommandContext(t.Context(), script, args...)
	c.Env = append([]string{
		"PATH=" + filepath.Join(directory, "stubs") + ":/usr/bin:/bin", "TMPDIR=" + filepath.Join(directory, "tmp"),
		"CALLS=" + filepath.Join(notes, "calls"), "STDIN=" + filepath.Join(notes, "stdin"),
		"SEEN_KUBECONFIG=" + filepath.Join(notes, "kubeconfig"),
	}, env...)
	if err := os.MkdirAll(filepath.Join(directory, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	err = c.Run()
	return run{read(notes, "calls"), output.String(), read(notes, "stdin"), read(notes, "kubeconfig"), err}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func read(directory, name string) string {
	text, _ := os.ReadFile(filepath.Join(directory, name))
	return string(text)
}

var (
	registry = []string{"DOCKER_USERNAME=anna", "DOCKER_PASSWORD=opensesame"}
	cluster  = []string{"KUBE_SERVER=https://k8s.example:6443", "KUBE_CA_CERT=Q0E=", "KUBE_TOKEN=thetoken"}
	onMain   = []string{"CI_COMMIT_SHA=" + commit, "CI_COMMIT_BRANCH=main"}
)

func with(lists ...[]string) (env []string) {
	for _, l := range lists {
		env = append(env, l...)
	}
	return env
}

// TestOnlyReleasesArePushed builds everything, and pushes it from main and from tags only, whichever CI says so.
func TestOnlyReleasesArePushed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		env    []string
		pushed bool
		tags   []string
	}{
		"GitLab, main":                {onMain, true, []string{commit}},
		"GitLab, a branch":            {[]string{"CI_COMMIT_SHA=" + commit, "CI_COMMIT_BRANCH=feature"}, false, nil},
		"GitLab, a merge request":     {with(onMain, []string{"CI_MERGE_REQUEST_IID=3"}), false, nil},
		"GitLab, a tag":               {[]string{"CI_COMMIT_SHA=" + commit, "CI_COMMIT_TAG=v1.2.3"}, true, []string{commit, "v1.2.3"}},
		"Travis, main":                {[]string{"TRAVIS_COMMIT=" + commit, "TRAVIS_BRANCH=main", "TRAVIS_PULL_REQUEST=false"}, true, []string{commit}},
		"Travis, a pull request":      {[]string{"TRAVIS_COMMIT=" + commit, "TRAVIS_BRANCH=main", "TRAVIS_PULL_REQUEST=8"}, false, nil},
		"Travis, a tag":               {[]string{"TRAVIS_COMMIT=" + commit, "TRAVIS_BRANCH=v2", "TRAVIS_TAG=v2"}, true, []string{commit, "v2"}},
		"by hand, whatever is there":  {nil, false, nil},
		"Travis, a branch without PR": {[]string{"TRAVIS_COMMIT=" + commit, "TRAVIS_BRANCH=x", "TRAVIS_PULL_REQUEST=false"}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			r := pipeline(t, directory, with(registry, tt.env), "image", "eventservice")
			if r.err != nil {
				t.Fatal(r.err, r.output)
			}
			if !strings.Contains(r.calls, "docker buildx build --file Dockerfile.eventservice") {
				t.Errorf("nothing was built: %s", r.calls)
			}
			if got := strings.Contains(r.calls, "--push"); got != tt.pushed {
				t.Errorf("pushed: %v, want %v: %s", got, tt.pushed, r.calls)
			}
			for _, tag := range tt.tags {
				if !strings.Contains(r.calls, "--tag myevents/eventservice:"+tag+" ") {
					t.Errorf("no tag %s: %s", tag, r.calls)
				}
			}
			want := ""
			if tt.pushed {
				want = "myevents/eventservice:" + commit + "@" + digest + "\n"
			}
			if diff := cmp.Diff(want, read(directory, "bin/images/eventservice")); diff != "" {
				t.Errorf("what was pushed: %s", diff)
			}
		})
	}
}

// TestRegistry signs in where the images go.
func TestRegistry(t *testing.T) {
	t.Parallel()
	r := pipeline(t, t.TempDir(), with(registry, onMain, []string{"IMAGE_PREFIX=registry.example:5000/shop"}), "image", "frontend")
	if r.err != nil {
		t.Fatal(r.err, r.output)
	}
	for _, want := range []string{
		"docker login --username anna --password-stdin registry.example:5000\n",
		"--file frontend/Dockerfile", "--tag registry.example:5000/shop/frontend:" + commit,
	} {
		if !strings.Contains(r.calls, want) {
			t.Errorf("%q is missing: %s", want, r.calls)
		}
	}
	if r.stdin != "opensesame\n" {
		t.Errorf("the password given: %q", r.stdin)
	}
}

func pushedAll(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	for _, name := range []string{"eventservice", "bookingservice", "frontend"} {
		write(t, filepath.Join(directory, "bin", "images", name), "myevents/"+name+":"+commit+"@"+digest+"\n")
	}
	return directory
}

// TestDeploy rolls out what was pushed, by digest, and waits for each deployment.
func TestDeploy(t *testing.T) {
	t.Parallel()
	directory := pushedAll(t)
	r := pipeline(t, directory, with(cluster, onMain), "deploy")
	if r.err != nil {
		t.Fatal(r.err, r.output)
	}
	image := func(name string) string { return "myevents/" + name + ":" + commit + "@" + digest }
	revision := ` --output jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}`
	want := strings.Join([]string{
		"kubectl get deployment events" + revision,
		"kubectl get deployment bookings" + revision,
		"kubectl get deployment frontend" + revision,
		"kubectl set image deployment/events api=" + image("eventservice"),
		"kubectl set image deployment/bookings api=" + image("bookingservice"),
		"kubectl set image deployment/frontend frontend=" + image("frontend"),
		"kubectl rollout status deployment/events --timeout 5m",
		"kubectl rollout status deployment/bookings --timeout 5m",
		"kubectl rollout status deployment/frontend --timeout 5m",
	}, "\n") + "\n"
	if diff := cmp.Diff(want, r.calls); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"https://k8s.example:6443", `certificate-authority-data: "Q0E="`, `namespace: "myevents"`} {
		if !strings.Contains(r.kubeconfig, want) {
			t.Errorf("%s is missing in the kubeconfig", want)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(directory, "tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestUndo goes back to what ran, all three, when one does not start or is refused, and fails.
func TestUndo(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]string{"does not start": "FAILS=bookings", "is refused": "REFUSES=frontend"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pipeline(t, pushedAll(t), with(cluster, onMain, []string{fault, "REVISION=41"}), "deploy")
			if r.err == nil {
				t.Error("it is said to have gone well")
			}
			for _, d := range []string{"events", "bookings", "frontend"} {
				undone := strings.Index(r.calls, "kubectl rollout undo deployment/"+d+" --to-revision 41\n")
				waited := strings.LastIndex(r.calls, "kubectl rollout status deployment/"+d+" ")
				if undone < 0 || waited < undone {
					t.Errorf("%s was not undone and waited for: %s", d, r.calls)
				}
			}
		})
	}
}

// TestRefused does nothing at all where something is missing, and names it.
func TestRefused(t *testing.T) {
	t.Parallel()
	feature := []string{"CI_COMMIT_SHA=" + commit, "CI_COMMIT_BRANCH=feature"}
	for name, tt := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"no token":        {with(onMain, cluster[:2]), []string{"deploy"}, "KUBE_TOKEN"},
		"no certificate":  {with(onMain, cluster[:1], cluster[2:]), []string{"deploy"}, "KUBE_CA_CERT"},
		"a branch":        {with(feature, cluster), []string{"deploy"}, "main and tags"},
		"a pull request":  {with(onMain, cluster, []string{"TRAVIS_PULL_REQUEST=4"}), []string{"deploy"}, "main and tags"},
		"no password":     {with(onMain, registry[:1]), []string{"image", "frontend"}, "DOCKER_PASSWORD"},
		"no user":         {with(onMain, registry[1:]), []string{"image", "frontend"}, "DOCKER_USERNAME"},
		"no such image":   {onMain, []string{"image", "backend"}, "backend"},
		"no such command": {onMain, []string{"destroy"}, "make lint"},
		"another target":  {onMain, []string{"make", "run"}, "make lint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pipeline(t, pushedAll(t), tt.env, tt.args...)
			if r.err == nil || r.calls != "" || !strings.Contains(r.output, tt.want) {
				t.Errorf("%v, called %q, said %q; want an error with %q", r.err, r.calls, r.output, tt.want)
			}
		})
	}
	r := pipeline(t, t.TempDir(), with(onMain, cluster), "deploy")
	if r.err == nil || r.calls != "" || !strings.Contains(r.output, "eventservice was not pushed") {
		t.Errorf("without images: %v, called %q, said %q", r.err, r.calls, r.output)
	}
}

// TestSecretsAreNotShown neither as arguments nor in what is printed.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	directory := pushedAll(t)
	for _, args := range [][]string{{"image", "eventservice"}, {"deploy"}} {
		r := pipeline(t, directory, with(registry, cluster, onMain), args...)
		for _, secret := range []string{"opensesame", "thetoken"} {
			if strings.Contains(r.calls+r.output, secret) {
				t.Errorf("%v shows %s", args, secret)
			}
		}
	}
}

// TestMake runs lint and tests in the container that has what they need.
func TestMake(t *testing.T) {
	t.Parallel()
	r := pipeline(t, t.TempDir(), nil, "make", "test")
	lines := strings.Split(strings.TrimSpace(r.calls), "\n")
	if r.err != nil || len(lines) != 2 || !strings.HasPrefix(lines[0], "docker build --tag myevents/ci --file deploy/ci/Dockerfile") ||
		!strings.Contains(lines[1], " --env CI=true ") || !strings.HasSuffix(lines[1], " myevents/ci make test") {
		t.Errorf("%v: %s", r.err, r.calls)
	}
}

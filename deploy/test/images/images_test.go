// Package images builds our images from their Dockerfiles, and looks at what has come out. It takes long:
// `make container-test`.
package images

import (
	"archive/tar"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	backends "myevents/deploy/test"
)

const (
	// largest is how many bytes a service's image may have to be fetched, largestApp how many the web app may add to its
	// base: each file is there as it is, and compressed in two ways.
	largest    = 15 << 20
	largestApp = 2 << 20

	version  = "1.2.3"
	revision = "0123456789abcdef"
	created  = "2026-11-24T12:00:00Z"
)

// locked are the arguments of docker run for a container that may do nothing.
func locked(more ...string) []string {
	return append([]string{
		"--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none",
	}, more...)
}

func TestImages(t *testing.T) {
	if os.Getenv("CONTAINER_TEST") == "" {
		t.Skip("it builds three images: make container-test")
	}
	d := backends.StartDocker(t)
	tag := d.Images(t, "--build-arg=VERSION="+version, "--build-arg=REVISION="+revision, "--build-arg=CREATED="+created)
	for _, name := range []string{"eventservice", "bookingservice"} {
		t.Run(name, func(t *testing.T) { testService(t, d, name, tag) })
	}
	t.Run("frontend", func(t *testing.T) { testFrontend(t, d, "myevents/frontend:"+tag) })
}

func testService(t *testing.T, d *backends.Docker, name, tag string) {
	t.Helper()
	image := "myevents/" + name + ":" + tag
	t.Run("is described", func(t *testing.T) {
		i := inspect(t, d, image)
		testDescription(t, i)
		if want := []string{"8181/tcp", "9100/tcp"}; !slices.Equal(slices.Sorted(maps.Keys(i.Config.ExposedPorts)), want) {
			t.Errorf("its ports are %v", i.Config.ExposedPorts)
		}
	})
	t.Run("is small", func(t *testing.T) {
		size := topLayer(t, d, image)
		t.Logf("%s has %.1f MiB compressed", name, float64(size)/(1<<20))
		if layers := len(inspect(t, d, image).RootFS.Layers); layers != 1 || size == 0 || size >= largest {
			t.Errorf("it has %d layers, the last of %d bytes compressed", layers, size)
		}
	})
	t.Run("has nothing but the program and certificates", func(t *testing.T) {
		want := []string{"/" + name, "/etc/ssl/certs/ca-certificates.crt"}
		slices.Sort(want)
		if got := files(t, d, image); !slices.Equal(got, want) {
			t.Errorf("it has %v", got)
		}
	})
	t.Run("runs locked in", func(t *testing.T) { testLocked(t, d, name, image) })
	t.Run("is the same when it is built again", func(t *testing.T) {
		d.Build(t, copied(t, name), name, tag+"-again")
		t.Cleanup(func() { d.Run(t, "rmi", image+"-again") })
		first, again := inspect(t, d, image), inspect(t, d, image+"-again")
		if !slices.Equal(first.RootFS.Layers, again.RootFS.Layers) {
			t.Errorf("the layers were %v, and are %v", first.RootFS.Layers, again.RootFS.Layers)
		}
	})
}

// testLocked starts a service that keeps everything in files, since it reaches nobody: it gets ready, the image's own
// check sees that, and it ends as it should. One that finds no server, by contrast, is not healthy.
func testLocked(t *testing.T, d *backends.Docker, name, image string) {
	t.Helper()
	d.Run(t, append(append([]string{"run", "--rm"}, locked(image)...), "-help")...)
	alone := d.StartContainer(t, locked("--health-interval=1s", "--health-start-period=0s", image)...)
	id := d.StartContainer(t, locked("--health-interval=1s", "--tmpfs=/data:uid=65532,mode=700",
		"--env=DATABASE_TYPE=bolt", "--env=BOLT_DIRECTORY=/data", "--env=MESSAGE_BROKER_TYPE=inproc",
		"--env=INPROC_DIRECTORY=/data", image)...)
	awaitHealth(t, d, id, "healthy")
	awaitHealth(t, d, alone, "unhealthy")
	d.Run(t, "stop", id)
	if status := d.Run(t, "inspect", "--format={{.State.ExitCode}}", id); status != "0" {
		t.Errorf("%s ended with %s:\n%s", name, status, d.Run(t, "logs", id))
	}
}

// testFrontend asks the gateway for the app, by the program that its own check uses.
func testFrontend(t *testing.T, d *backends.Docker, image string) {
	t.Helper()
	i := inspect(t, d, image)
	testDescription(t, i)
	size := topLayer(t, d, image)
	t.Logf("the web app adds %.0f KiB compressed to its base", float64(size)/(1<<10))
	if size == 0 || size > largestApp {
		t.Errorf("it adds %d bytes", size)
	}
	id := d.StartContainer(t, locked("--health-interval=1s", "--tmpfs=/tmp", image)...)
	awaitHealth(t, d, id, "healthy")
	if page := d.Run(t, "exec", id, "wget", "-qO-", "http://127.0.0.1:8080/"); !strings.Contains(page, "<title>MyEvents") {
		t.Errorf("the page is %.300s", page)
	}
}

type image struct {
	Config struct {
		User         string
		Labels       map[string]string
		ExposedPorts map[string]any
	}
	RootFS struct{ Layers []string }
}

func inspect(t *testing.T, d *backends.Docker, name string) image {
	t.Helper()
	var found []image
	if err := json.Unmarshal([]byte(d.Run(t, "image", "inspect", name)), &found); err != nil || len(found) != 1 {
		t.Fatalf("%d images, %v", len(found), err)
	}
	return found[0]
}

// testDescription checks what the configuration says: Kubernetes refuses a user that is no number.
func testDescription(t *testing.T, i image) {
	t.Helper()
	user, _, _ := strings.Cut(i.Config.User, ":")
	if n, err := strconv.Atoi(user); err != nil || n == 0 {
		t.Errorf("its user is %q", i.Config.User)
	}
	for label, want := range map[string]string{"version": version, "revision": revision, "created": created} {
		if got := i.Config.Labels["org.opencontainers.image."+label]; got != want {
			t.Errorf("its %s is %q", label, got)
		}
	}
	for _, label := range []string{"title", "description"} {
		if i.Config.Labels["org.opencontainers.image."+label] == "" {
			t.Errorf("it has no %s", label)
		}
	}
}

func awaitHealth(t *testing.T, d *backends.Docker, id, want string) {
	t.Helper()
	var got string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if got = d.Run(t, "inspect", "--format={{.State.Health.Status}}", id); got == want {
			return
		}
	}
	t.Fatalf("it is %s, not %s:\n%s", got, want, d.Run(t, "inspect", "--format={{json .State}}", id))
}

// copied copies what a service is made from: newer files, and one more that takes no part, but is never the same, so that
// the build is not taken from the cache.
func copied(t *testing.T, name string) string {
	t.Helper()
	folder, root := t.TempDir(), "../../.."
	for _, path := range []string{"go.mod", "go.sum", ".dockerignore", "Dockerfile." + name, "lib", name} {
		if output, err := exec.Command("cp", "-r", filepath.Join(root, path), folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "lib", "note.txt"), []byte(rand.Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// files are those that an image has, without what the engine adds to a container.
func files(t *testing.T, d *backends.Docker, image string) (names []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	id := d.Run(t, "create", image)
	t.Cleanup(func() { d.Run(t, "rm", id) })
	d.Run(t, "export", "--output="+path, id)
	engines := []string{"/.dockerenv", "/dev/console", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}
	eachFile(t, path, func(header *tar.Header, _ io.Reader) {
		if name := "/" + header.Name; !slices.Contains(engines, name) {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	return names
}

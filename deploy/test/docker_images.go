package backends

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// standIns is the script that pulls images, or makes what stands in for them.
const standIns = "deploy/test/standins/standins.sh"

// buildPatience is how long an image may take that has to be built from nothing.
const buildPatience = 20 * time.Minute

// dockerfiles are those of our images, by the ends of the images' names.
var dockerfiles = map[string]string{
	"eventservice":   "Dockerfile.eventservice",
	"bookingservice": "Dockerfile.bookingservice",
	"frontend":       "frontend/Dockerfile",
}

// Images builds myevents/eventservice, myevents/bookingservice and myevents/frontend from their Dockerfiles, and
// answers with the tag that all three have. It is always the same for this checkout; what has not changed is not built
// again. The arguments are further ones of docker build.
func (d *Docker) Images(tb testing.TB, arguments ...string) (tag string) {
	tb.Helper()
	root, err := checkout(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	d.Need(tb, bases(tb, root)...)
	digest := sha256.Sum256([]byte(root))
	tag = "test-" + hex.EncodeToString(digest[:4])
	for name := range dockerfiles {
		d.Build(tb, root, name, tag, arguments...)
	}
	return tag
}

// Build builds one of our images from the sources in a folder.
func (d *Docker) Build(tb testing.TB, root, name, tag string, arguments ...string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), buildPatience)
	defer cancel()
	// Go's and Node's libraries are fetched from where the engine is: the network of an own one leads nowhere.
	arguments = append([]string{"build", "--quiet", "--network=host", "--file=" + filepath.Join(root, dockerfiles[name]),
		"--tag=myevents/" + name + ":" + tag}, arguments...)
	if _, err := d.Do(ctx, append(arguments, root)...); err != nil {
		tb.Fatal(err)
	}
}

// bases are the images that ours are made from.
func bases(tb testing.TB, root string) (names []string) {
	tb.Helper()
	from := regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+:\S+)`)
	for _, file := range dockerfiles {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			tb.Fatal(err)
		}
		for _, m := range from.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Need has images pulled, or made, that the engine does not have.
func (d *Docker) Need(tb testing.TB, images ...string) {
	tb.Helper()
	root, err := checkout(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), buildPatience)
	defer cancel()
	unlock, err := lock("standins")
	if err != nil {
		tb.Fatal(err)
	}
	defer unlock()
	c := exec.CommandContext(ctx, filepath.Join(root, standIns), images...)
	c.Env = d.Env()
	if output, err := c.CombinedOutput(); err != nil {
		notRun(tb, strings.Join(images, ", "), fmt.Errorf("%w: %s", err, output[max(0, len(output)-500):]))
	}
}

// checkout is the folder of the sources.
func checkout(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(output))), err
}

package backends

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// nginxProgram is where Debian has it.
const nginxProgram = "/usr/sbin/nginx"

const (
	nginxPatience = 30 * time.Second
	// templateSuffix is that of files which the container's start fills in from the environment.
	templateSuffix = ".template"
)

// Nginx is the production gateway, running with the configuration that its container has.
type Nginx struct {
	URL    string
	server *process
}

// StartNginx starts Debian's nginx, for one test, which it ends with. templates is the folder of its configuration, and
// environment what the container's would be; LISTEN is chosen here.
func StartNginx(tb testing.TB, templates string, environment map[string]string) *Nginx {
	tb.Helper()
	if err := install(tb.Context(), "nginx", nginxProgram); err != nil {
		notRun(tb, "nginx", err)
	}
	ports, err := freePorts(1)
	if err != nil {
		tb.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(ports[0])
	environment = maps.Clone(environment)
	environment["LISTEN"] = address
	folder := tb.TempDir()
	if err := fillIn(templates, folder, environment); err != nil {
		tb.Fatal(err)
	}
	global := "daemon off;"
	if os.Getuid() == 0 {
		global += " user root;" // another would not be let into the test's folders
	}
	n := &Nginx{URL: "http://" + address}
	if n.server, err = startProcess(folder, nil, nginxProgram, "-p", folder, "-c", "nginx.conf", "-g", global); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(n.server.end)
	ctx, cancel := context.WithTimeout(tb.Context(), nginxPatience)
	defer cancel()
	if err := waitForPort(ctx, address, n.server); err != nil {
		tb.Fatalf("nginx does not start: %v\n%s", err, n.Log())
	}
	return n
}

// Log is what it has logged of requests and of faults.
func (n *Nginx) Log() string { return n.server.output() }

// fillIn does what envsubst does: it puts the environment into the templates.
func fillIn(templates, folder string, environment map[string]string) error {
	paths, err := filepath.Glob(filepath.Join(templates, "*"+templateSuffix))
	if err == nil && len(paths) == 0 {
		err = errors.New("there are no templates in " + templates)
	}
	var pairs []string
	for name, value := range environment {
		pairs = append(pairs, "${"+name+"}", value)
	}
	replacer := strings.NewReplacer(pairs...)
	for _, path := range paths {
		text, failure := os.ReadFile(path)
		name := strings.TrimSuffix(filepath.Base(path), templateSuffix)
		err = errors.Join(err, failure, os.WriteFile(filepath.Join(folder, name), []byte(replacer.Replace(string(text))), 0o600))
	}
	return err
}

// Package backends starts real servers for tests: each with its own ports and folder, never the system's, and gone when
// the test's process is, whatever way that ended.
package backends

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// guard runs a command until it ends, or until the standard input does, which is when the process that holds its other
// end has died; then it kills everything that the command has started.
const guard = `exec 3<&0
(read -r _ <&3; kill -9 0) &
"$@" </dev/null &
wait $!
kill -9 0`

// janitor removes a folder when the standard input has ended, and the guards have killed what uses it.
const janitor = `read -r _; sleep 1; rm -rf -- "$0"`

// process is a running command and all that it has started. It belongs to one goroutine at a time.
type process struct {
	pid   int
	log   string
	alive *os.File
	ended bool
}

// serversLock names, in the environment, a file that has only one of the tests' processes have servers at a time: while
// these wait for theirs, others can be built and run what needs none.
const serversLock = "SERVERS_LOCK"

// turn is this process's, from its first server on until its end.
var turn struct {
	sync.Mutex
	*os.File
}

// takeTurn waits until this process may have servers.
func takeTurn() (err error) {
	name := os.Getenv(serversLock)
	turn.Lock()
	defer turn.Unlock()
	if name != "" && turn.File == nil {
		turn.File, err = lockFile(name)
	}
	return err
}

// startProcess starts a command in a folder, where its output goes, too.
func startProcess(folder string, env []string, name string, arguments ...string) (*process, error) {
	if err := takeTurn(); err != nil {
		return nil, err
	}
	log := filepath.Join(folder, filepath.Base(name)+".log")
	output, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close() //nolint:errcheck // the command has its own
	// It outlives the test that starts it, and so its context.
	c := exec.Command("/bin/sh", append([]string{"-c", guard, "guard", name}, arguments...)...)
	c.Env, c.Dir, c.Stdout, c.Stderr = env, folder, output, output
	alive, err := startBound(c)
	if err != nil {
		return nil, err
	}
	p := &process{pid: c.Process.Pid, log: log, alive: alive}
	return p, c.Process.Release() // it is waited for by its number
}

// removeAtEnd removes a folder when the file is closed, be it by the death of this process.
func removeAtEnd(folder string) (*os.File, error) {
	c := exec.Command("/bin/sh", "-c", janitor, folder)
	alive, err := startBound(c)
	if err != nil {
		return nil, err
	}
	return alive, c.Process.Release()
}

// startBound starts a command in a session of its own, with a standard input that ends when the file is closed. The
// file has to be kept: one that nobody refers to any more is closed by the garbage collector.
func startBound(c *exec.Cmd) (*os.File, error) {
	input, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer input.Close() //nolint:errcheck // the command has its own
	c.Stdin = input
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, alive.Close())
	}
	return alive, nil
}

// end kills it and all that it has started.
func (p *process) end() {
	_ = p.signal(syscall.SIGKILL) // or it is gone already
	p.wait(killPatience)
}

// kill is end, and waits until all are gone from the system's table too, which may take seconds.
func (p *process) kill() {
	p.end()
	for end := time.Now().Add(killPatience); time.Now().Before(end); time.Sleep(pollEvery) {
		if err := syscall.Kill(-p.pid, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
	}
}

// signal sends a signal to it and all that it has started.
func (p *process) signal(s syscall.Signal) error { return syscall.Kill(-p.pid, s) }

const (
	killPatience = 10 * time.Second
	pollEvery    = 10 * time.Millisecond
)

// wait waits until it has ended, and says whether it has.
func (p *process) wait(d time.Duration) bool {
	for end := time.Now().Add(d); p.runs(); time.Sleep(pollEvery) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func (p *process) runs() bool {
	if p == nil || p.ended {
		return false
	}
	pid, err := syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil)
	if pid == p.pid || errors.Is(err, syscall.ECHILD) {
		p.ended = true
		_ = p.alive.Close() // nobody reads it any more
	}
	return !p.ended
}

// output is the end of what it has written, for the message about a failure.
func (p *process) output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// notRunList names, in the environment, a file that is told what was not run, for whoever starts all tests.
const notRunList = "NOT_RUN_LIST"

// notRun ends a test that cannot be run here: as skipped, or as failed where everything has to run.
func notRun(tb testing.TB, what string, reason error) {
	tb.Helper()
	line := fmt.Sprintf("NOT RUN: %s (%v)", what, reason)
	if name := os.Getenv(notRunList); name != "" {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = fmt.Fprintln(f, line)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			tb.Error(err)
		}
	}
	if os.Getenv("CI") == "true" {
		tb.Fatal(line)
	}
	tb.Skip(line)
}

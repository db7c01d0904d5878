// Package backends starts real servers for tests: each with its own ports and folder, never the system's, and gone when
// the test's process is, whatever way that ended.
package backends

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// guard runs a command until it ends or the standard input does, which is when the process that holds its other end has
// died; then it kills everything that the command has started. With its first argument it says what to remove then.
const guard = `exec 3<&0
(read -r _ <&3; rm -rf "$FOLDER"; kill -9 0) &
"$@" </dev/null &
wait $!
kill -9 0`

// process is a running command and all that it has started.
type process struct {
	command *exec.Cmd
	log     string
	// alive is never written to: it closes with this process.
	alive *os.File
	// ended is closed when it is gone.
	ended chan struct{}
}

// startProcess starts a command whose folder is removed when this process dies.
func startProcess(folder string, env []string, name string, arguments ...string) (*process, error) {
	input, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer input.Close() //nolint:errcheck // the command has its own
	p := &process{
		log: filepath.Join(folder, filepath.Base(name)+".log"), alive: alive, ended: make(chan struct{}),
		//nolint:gosec,noctx // the tests name the command, and it outlives the test that starts it
		command: exec.Command("/bin/sh", append([]string{"-c", guard, "guard", name}, arguments...)...),
	}
	output, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close() //nolint:errcheck // the command has its own
	p.command.Env, p.command.Dir = append([]string{"FOLDER=" + folder}, env...), folder
	p.command.Stdin, p.command.Stdout, p.command.Stderr = input, output, output
	p.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.command.Wait() // it is always killed in the end
		close(p.ended)
	}()
	return p, nil
}

// kill kills it and all that it has started.
func (p *process) kill() {
	_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL) // or it is gone already
	<-p.ended
	_ = p.alive.Close()
}

func (p *process) runs() bool {
	if p == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// output is what it has written, for the message about a failure.
func (p *process) output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// notRun ends a test that cannot be run here: as skipped, or as failed where everything has to run.
func notRun(t testing.TB, what string, reason error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("NOT RUN: %s (%v)", what, reason)
	}
	t.Skipf("NOT RUN: %s (%v)", what, reason)
}

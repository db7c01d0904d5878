package backends

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// policy is asked by Debian's packages whether they may start their services.
const policy = "/usr/sbin/policy-rc.d"

// forbidden is the answer of policy that forbids it.
const forbidden = 101

const installPatience = 5 * time.Minute

// install has a package of Debian's installed where its program is missing. One that is there is left alone, and the
// service that comes with the package is not started.
func install(ctx context.Context, name, program string) error {
	if isInstalled(program) {
		return nil
	}
	if os.Getuid() != 0 {
		return errors.New("it is not installed: apt-get install " + name)
	}
	unlock, err := lock("apt-get")
	if err != nil {
		return err
	}
	defer unlock()
	if isInstalled(program) { // by another test, meanwhile
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, installPatience)
	defer cancel()
	allow, err := forbidServices(ctx, name)
	if err != nil {
		return err
	}
	defer allow()
	if err := aptGet(ctx, "install", "-y", "--no-install-recommends", name); err == nil {
		return nil
	}
	if err := aptGet(ctx, "update"); err != nil { // the lists of a fresh machine are empty or old
		return err
	}
	return aptGet(ctx, "install", "-y", "--no-install-recommends", name)
}

func isInstalled(program string) bool {
	_, err := os.Stat(program)
	return err == nil
}

// forbidServices forbids packages to start services until the returned function is called.
func forbidServices(ctx context.Context, name string) (allow func(), err error) {
	f, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, servicesForbidden(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "#!/bin/sh\nexit %d\n", forbidden)
	return func() { _ = os.Remove(policy) }, errors.Join(err, f.Close())
}

// servicesForbidden asks a policy that is not ours.
func servicesForbidden(ctx context.Context, name string) error {
	var exit *exec.ExitError
	err := exec.CommandContext(ctx, policy, name, "start").Run()
	if errors.As(err, &exit) && exit.ExitCode() == forbidden {
		return nil
	}
	return errors.New("it is not installed, and to install it would start a system's service")
}

func aptGet(ctx context.Context, arguments ...string) error {
	c := exec.CommandContext(ctx, "apt-get", append([]string{"-q", "-o", "DPkg::Lock::Timeout=120"}, arguments...)...)
	c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if output, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", arguments[0], err, output[max(0, len(output)-500):])
	}
	return nil
}

// lock waits until no other process holds the lock of this name.
func lock(name string) (unlock func(), err error) {
	f, err := lockFile(filepath.Join(os.TempDir(), "myevents-"+name+".lock"))
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// lockFile waits until no other process has this file locked. Its lock ends when it is closed.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

package backends

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed pom.xml
var pom []byte

// installLibraries has the libraries of a profile of pom.xml downloaded, unless the user's cache has them, and answers
// with their folder there.
func installLibraries(ctx context.Context, profile string) (string, error) {
	if err := haveTools("java", "mvn"); err != nil {
		return "", err
	}
	return cached(ctx, profile, pom, func(ctx context.Context, folder string) error {
		project := filepath.Join(folder, "pom.xml")
		if err := os.WriteFile(project, pom, 0o600); err != nil {
			return err
		}
		return runTool(ctx, "mvn", "-q", "-B", "-f", project, "-P"+profile, "-Dlibraries="+folder,
			"dependency:copy-dependencies")
	})
}

// cached answers with the folder of the user's cache that fill has filled once for this content. What was begun and not
// ended is begun again.
func cached(
	ctx context.Context, name string, content []byte, fill func(ctx context.Context, folder string) error,
) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(content)
	folder := filepath.Join(cache, "myevents", name+"-"+hex.EncodeToString(digest[:6]))
	unlock, err := lock(name)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	ctx, cancel := context.WithTimeout(ctx, installPatience)
	defer cancel()
	part := folder + ".part"
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return "", err
	}
	if err := fill(ctx, part); err != nil {
		return "", err
	}
	return folder, os.Rename(part, folder)
}

func haveTools(names ...string) error {
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%w: install a JDK and Maven, or name a server in the environment", err)
		}
	}
	return nil
}

func runTool(ctx context.Context, tool string, arguments ...string) error {
	if output, err := exec.CommandContext(ctx, tool, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, output[max(0, len(output)-500):])
	}
	return nil
}

package backends

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed pom.xml
var pom []byte

//go:embed MongoServer.java
var mongoServer []byte

// installMongo has the stand-in's libraries downloaded and its main class compiled, in the user's cache folder, and
// answers with its class path.
func installMongo(ctx context.Context) (string, error) {
	for _, tool := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%w: install a JDK and Maven, or set TEST_MONGO_URL", err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(append(pom, mongoServer...))
	folder := filepath.Join(cache, "myevents", "mongo-"+hex.EncodeToString(digest[:6]))
	libraries := filepath.Join(folder, "lib")
	path := libraries + "/*:" + folder
	unlock, err := lock("mongo")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(folder, "MongoServer.class")); err == nil {
		return path, nil
	}
	return path, buildMongo(ctx, folder, libraries)
}

func buildMongo(ctx context.Context, folder, libraries string) error {
	if err := os.MkdirAll(libraries, 0o700); err != nil {
		return err
	}
	project, source := filepath.Join(folder, "pom.xml"), filepath.Join(folder, "MongoServer.java")
	if err := errors.Join(os.WriteFile(project, pom, 0o600), os.WriteFile(source, mongoServer, 0o600)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, installPatience)
	defer cancel()
	err := build(ctx, "mvn", "-q", "-B", "-f", project, "-Pmongo", "-Dlibraries="+libraries, "dependency:copy-dependencies")
	if err != nil {
		return err
	}
	return build(ctx, "javac", "-cp", libraries+"/*", "-d", folder, source)
}

func build(ctx context.Context, tool string, arguments ...string) error {
	if output, err := exec.CommandContext(ctx, tool, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, output[max(0, len(output)-500):])
	}
	return nil
}

package backends

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"slices"
)

//go:embed MongoServer.java
var mongoServer []byte

// installMongo has the stand-in's libraries downloaded and its main class compiled, and answers with its class path.
func installMongo(ctx context.Context) (string, error) {
	if err := haveTools("javac"); err != nil {
		return "", err
	}
	libraries, err := installLibraries(ctx, "mongo")
	if err != nil {
		return "", err
	}
	path := filepath.Join(libraries, "*")
	content := slices.Concat([]byte(libraries), mongoServer)
	classes, err := cached(ctx, "mongo-server", content, func(ctx context.Context, folder string) error {
		source := filepath.Join(folder, "MongoServer.java")
		if err := os.WriteFile(source, mongoServer, 0o600); err != nil {
			return err
		}
		return runTool(ctx, "javac", "-cp", path, "-d", folder, source)
	})
	return path + ":" + classes, err
}

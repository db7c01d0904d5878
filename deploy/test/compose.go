package backends

import (
	"context"
	"path/filepath"
	"testing"
)

// What is built in place of docker's plugin: it works with engines of the last five years, and later ones need a newer Go
// than we do.
const (
	composePackage = "github.com/docker/compose/v5/cmd"
	composeVersion = "v5.6.0"
)

// Compose gives the command that is Docker Compose here: docker's own plugin, or else one that is built from its
// sources, once. It needs the engine's environment.
func (d *Docker) Compose(tb testing.TB) []string {
	tb.Helper()
	if _, err := d.Do(tb.Context(), "compose", "version"); err == nil {
		return []string{d.Program, "compose"}
	}
	folder, err := cached(tb.Context(), "compose", []byte(composePackage+composeVersion), buildCompose)
	if err != nil {
		notRun(tb, "Docker Compose", err)
	}
	return []string{filepath.Join(folder, "docker-compose")}
}

// buildCompose makes a module that needs compose's, since `go install` refuses that one.
func buildCompose(ctx context.Context, folder string) error {
	for _, step := range [][]string{
		{"mod", "init", "-C", folder, "compose"},
		{"get", "-C", folder, composePackage + "@" + composeVersion},
		{"build", "-C", folder, "-o", "docker-compose", composePackage},
	} {
		if err := runTool(ctx, "go", step...); err != nil {
			return err
		}
	}
	return nil
}

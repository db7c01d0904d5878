// Command check loads what the deployment's files are, as the tools that will use them do, and says what is wrong.
//
//	check compose docker-compose.yml        with each of its profiles
//	check dockerfile Dockerfile.events …    by BuildKit's rules
//	check prometheus prometheus.yml …       its scrape configurations, of Kubernetes too
//	check schemas DIR swagger.json crd.yaml …
//
// The last makes, for kubeconform, the JSON schemas of Kubernetes from its description, and of custom resources from
// their definitions.
//
// It is a module of its own, so that what only a check needs is no dependency of the services.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "compose":
		return checkCompose(ctx, args[1])
	case len(args) >= 2 && args[0] == "dockerfile":
		return checkDockerfiles(ctx, args[1:])
	case len(args) >= 2 && args[0] == "prometheus":
		return checkPrometheus(args[1:])
	case len(args) >= 3 && args[0] == "schemas":
		return makeAllSchemas(args[1], args[2], args[3:])
	}
	return errors.New("compose FILE, dockerfile FILE…, prometheus FILE…, or schemas DIRECTORY SWAGGER CRD…")
}

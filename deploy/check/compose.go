package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// checkCompose loads a compose file without a .env, as in a fresh clone: with all profiles, with none, and with each.
// Unknown keys, cycles, and dependencies on what is missing are errors.
func checkCompose(ctx context.Context, file string) error {
	all, err := load(ctx, file, "*")
	if err != nil {
		return err
	}
	profiles := map[string]bool{"": true}
	for _, s := range all.Services {
		for _, p := range s.Profiles {
			profiles[p] = true
		}
	}
	for p := range maps.Keys(profiles) {
		if _, err := load(ctx, file, p); err != nil {
			return err
		}
	}
	return nil
}

func load(ctx context.Context, file, profile string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithInterpolation(true), cli.WithProfiles([]string{profile}))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s with profile %q: %w", file, profile, err)
	}
	return project, nil
}

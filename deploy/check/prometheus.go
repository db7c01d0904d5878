package main

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/dns"
	_ "github.com/prometheus/prometheus/discovery/file"
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // which Debian's promtool does not know
)

// checkPrometheus loads configurations of Prometheus as the server does.
func checkPrometheus(files []string) error {
	var faults []error
	for _, file := range files {
		if _, err := config.LoadFile(file, false, slog.New(slog.DiscardHandler)); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
	}
	return errors.Join(faults...)
}

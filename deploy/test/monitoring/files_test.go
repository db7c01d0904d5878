package monitoring

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// Where everything is, seen from here.
const (
	prometheusFolder = "../../prometheus"
	dashboardsFolder = "../../grafana/dashboards"
	runbookFile      = "../../runbook.md"
)

// rule is one of Prometheus's, an alert or a recording.
type rule struct {
	Alert, Record, Expr string
	Labels, Annotations map[string]string
}

func (r rule) name() string { return r.Alert + r.Record }

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func files(t *testing.T, pattern ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(found) == 0 {
		t.Fatalf("there is nothing like %s: %v", filepath.Join(pattern...), err)
	}
	return found
}

// rules are those of all files.
func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, path := range files(t, prometheusFolder, "rules", "*.yml") {
		var file struct{ Groups []struct{ Rules []rule } }
		readYAML(t, path, &file)
		for _, g := range file.Groups {
			all = append(all, g.Rules...)
		}
	}
	return all
}

// alerts are the rules that alert.
func alerts(t *testing.T) []rule {
	t.Helper()
	return slices.DeleteFunc(rules(t), func(r rule) bool { return r.Alert == "" })
}

// source is a data source of Grafana.
type source struct{ Type, UID string }

// panel is what there is of a dashboard's panel that can be checked without Grafana.
type panel struct {
	ID          int
	Type, Title string
	Datasource  source
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		RefID, Expr, LegendFormat string
		Datasource                source
	}
	FieldConfig struct{ Defaults struct{ Unit string } }
	Collapsed   bool
	Panels      []panel
	file        string
}

func (p panel) String() string { return fmt.Sprintf("%s, %q", p.file, p.Title) }

// dashboard is one of Grafana's.
type dashboard struct {
	UID, Title    string
	SchemaVersion int
	Panels        []panel
	Templating    struct {
		List []struct {
			Name, Definition string
			Datasource       source
		}
	}
	file string
}

func dashboards(t *testing.T) (all []dashboard) {
	t.Helper()
	for _, path := range files(t, dashboardsFolder, "*.json") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d := dashboard{file: filepath.Base(path)}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for n := range d.Panels {
			d.Panels[n].file = d.file
		}
		all = append(all, d)
	}
	return all
}

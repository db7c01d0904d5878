package monitoring

import (
	"slices"
	"strings"
	"testing"
)

// width is how many columns a dashboard has.
const width = 24

// TestDashboards checks what Grafana needs of a dashboard, as far as that can be said without it: it is found again, and
// each panel has its own place, its number, and something to show.
func TestDashboards(t *testing.T) {
	uids := make(map[string]string)
	for _, d := range dashboards(t) {
		if d.UID == "" || len(d.UID) > 40 || d.Title == "" || d.SchemaVersion < 41 || len(d.Panels) == 0 {
			t.Errorf("%s has the uid %q, the title %q, the schema %d and %d panels", d.file, d.UID, d.Title, d.SchemaVersion, len(d.Panels))
		}
		if other, taken := uids[d.UID]; taken {
			t.Errorf("%s and %s have the same uid", d.file, other)
		}
		uids[d.UID] = d.file
		for _, v := range d.Templating.List {
			if v.Datasource.UID != "prometheus" || v.Definition == "" {
				t.Errorf("%s: the variable %s is asked of %q by %q", d.file, v.Name, v.Datasource.UID, v.Definition)
			}
		}
		checkPlaces(t, d)
		for _, p := range d.Panels {
			if p.Type != "row" {
				checkPanel(t, p)
			}
		}
	}
}

func checkPlaces(t *testing.T, d dashboard) {
	t.Helper()
	for n, p := range d.Panels {
		g := p.GridPos
		if g.X < 0 || g.Y < 0 || g.W < 1 || g.H < 1 || g.X+g.W > width {
			t.Errorf("%v is outside: %+v", p, g)
		}
		for _, other := range d.Panels[:n] {
			o := other.GridPos
			if g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H {
				t.Errorf("%v overlaps %v", p, other)
			}
			if p.ID == other.ID {
				t.Errorf("%v has the number of %v", p, other)
			}
		}
	}
}

func checkPanel(t *testing.T, p panel) {
	t.Helper()
	if p.ID == 0 || p.Title == "" || p.FieldConfig.Defaults.Unit == "" {
		t.Errorf("%v has the number %d and the unit %q", p, p.ID, p.FieldConfig.Defaults.Unit)
	}
	if p.Datasource != (source{"prometheus", "prometheus"}) || len(p.Targets) == 0 {
		t.Errorf("%v asks %+v %d queries", p, p.Datasource, len(p.Targets))
	}
	var ids []string
	for _, target := range p.Targets {
		if target.RefID == "" || slices.Contains(ids, target.RefID) || strings.TrimSpace(target.Expr) == "" || target.Datasource != p.Datasource {
			t.Errorf("%v: the query %q is %q, of %+v", p, target.RefID, target.Expr, target.Datasource)
		}
		ids = append(ids, target.RefID)
	}
}

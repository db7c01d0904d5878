package monitoring

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"go.yaml.in/yaml/v4"

	backends "myevents/deploy/test"
)

// elsewhere are metrics that only services on another broker have; the tests of those brokers prove them.
var elsewhere = map[string]bool{"myevents_broker_waiting_messages": true}

// query is one that somebody asks of Prometheus.
type query struct {
	where, expr string
	// answered says that there must be an answer; an alert has none where all is well.
	answered bool
}

// TestQueries asks a Prometheus that has scraped everything, while things went well and while they did not, whatever
// rules, alerts and dashboards ask: each metric is there, with each label that is asked for, and no panel is empty.
func TestQueries(t *testing.T) {
	s := startSystem(t)
	p := backends.StartPrometheus(t, scrapeConfiguration(t, s))
	s.watch(t)
	s.signIn(t)
	s.drive(t, "First")
	s.fail(t)
	waitScraped(t, p)
	s.drive(t, "Second") // only what grows from one scrape to the next has a rate
	waitScraped(t, p)
	for _, q := range queries(t) {
		if fault := check(t, p, q); fault != "" {
			t.Errorf("%s: %s\n%s", q.where, fault, q.expr)
		}
	}
}

// scrapeConfiguration is the one of deploy/prometheus, with other addresses, and more often.
func scrapeConfiguration(t *testing.T, s *system) string {
	t.Helper()
	var c map[string]any
	readYAML(t, filepath.Join(prometheusFolder, "prometheus.yml"), &c)
	c["global"] = object{"scrape_interval": "1s", "evaluation_interval": "1s"}
	jobs, _ := c["scrape_configs"].([]any)
	for _, one := range jobs {
		job, _ := one.(map[string]any)
		name, _ := job["job_name"].(string)
		address, known := s.targets[strings.TrimSuffix(name, "-queues")]
		if !known {
			continue // it is Prometheus itself
		}
		delete(job, "dns_sd_configs")
		job["static_configs"] = []object{{"targets": []string{address}}}
	}
	return writeConfiguration(t, c)
}

// writeConfiguration writes one beside copies of the rules.
func writeConfiguration(t *testing.T, c map[string]any) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "rules"), os.DirFS(filepath.Join(prometheusFolder, "rules"))); err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// waitScraped waits until everything that happened was scraped, rules were evaluated, and what is on sale was counted.
func waitScraped(t *testing.T, p *backends.Prometheus) {
	t.Helper()
	time.Sleep(3 * time.Second)
	for what, expr := range map[string]string{
		"the rules were evaluated": `count({__name__=~"job:.*"})`, "what is on sale was counted": `myevents_sale_seats > 0`,
	} {
		eventually(t, what, func() bool { return check(t, p, query{what, expr, true}) == "" })
	}
}

func queries(t *testing.T) (all []query) {
	t.Helper()
	for _, r := range rules(t) {
		all = append(all, query{where: r.name(), expr: r.Expr, answered: r.Record != ""})
	}
	for _, d := range dashboards(t) {
		for _, v := range d.Templating.List {
			selector := strings.TrimSuffix(strings.TrimPrefix(v.Definition, "label_values("), ", "+v.Name+")")
			all = append(all, query{d.file + ", variable " + v.Name, "count by (" + v.Name + ") (" + fill(selector) + ")", true})
		}
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				all = append(all, query{p.String(), fill(target.Expr), true})
			}
		}
	}
	return all
}

// fill puts values in place of the variables, as Grafana does.
func fill(expr string) string {
	return strings.NewReplacer("$job", ".*", "$instance", ".*", "$__rate_interval", "1m", "$__range", "1h").Replace(expr)
}

// check says what is wrong with a query, if anything is.
func check(t *testing.T, p *backends.Prometheus, q query) string {
	t.Helper()
	parsed, err := metricsql.Parse(q.expr)
	if err != nil {
		return err.Error()
	}
	if fault := labelsOf(t, p, parsed).fault; fault != "" {
		return fault
	}
	if names := metricNames(parsed); slices.ContainsFunc(names, func(n string) bool { return elsewhere[n] }) {
		return ""
	}
	var data struct{ Result []struct{ Value [2]any } }
	if err := p.Ask(t.Context(), "query", url.Values{"query": {q.expr}}, &data); err != nil {
		return err.Error()
	}
	for _, r := range data.Result {
		if r.Value[1] != "NaN" {
			return ""
		}
	}
	if !q.answered {
		return ""
	}
	return fmt.Sprintf("there is no answer but %v", data.Result)
}

func metricNames(e metricsql.Expr) (names []string) {
	metricsql.VisitAll(e, func(e metricsql.Expr) {
		if m, ok := e.(*metricsql.MetricExpr); ok {
			for _, filters := range m.LabelFilterss {
				names = append(names, filters[0].Value)
			}
		}
	})
	return names
}

// labels are the names of labels that the series have of which something is made, or what is wrong with it.
type labels struct {
	names map[string]bool
	fault string
}

// labelsOf goes through a query from the inside out: each selector must have series, and each label by which something
// is grouped must be one of those.
func labelsOf(t *testing.T, p *backends.Prometheus, e metricsql.Expr) labels {
	t.Helper()
	all := labels{names: make(map[string]bool)}
	var inner []metricsql.Expr
	var asked []string
	switch e := e.(type) {
	case *metricsql.MetricExpr:
		return labelsOfSelector(t, p, e)
	case *metricsql.RollupExpr:
		inner = []metricsql.Expr{e.Expr}
	case *metricsql.FuncExpr:
		inner = e.Args
	case *metricsql.AggrFuncExpr:
		inner, asked = e.Args, e.Modifier.Args
	case *metricsql.BinaryOpExpr:
		inner, asked = []metricsql.Expr{e.Left, e.Right}, e.GroupModifier.Args
	}
	for _, one := range inner {
		found := labelsOf(t, p, one)
		if found.fault != "" {
			return found
		}
		maps.Copy(all.names, found.names)
	}
	for _, name := range asked {
		if !all.names[name] && len(all.names) > 0 {
			all.fault = fmt.Sprintf("nothing has the label %s", name)
		}
	}
	return all
}

func labelsOfSelector(t *testing.T, p *backends.Prometheus, e *metricsql.MetricExpr) labels {
	t.Helper()
	found := labels{names: make(map[string]bool)}
	selector := string(e.AppendString(nil))
	if elsewhere[metricNames(e)[0]] {
		return found
	}
	all := series(t, p, selector)
	if len(all) == 0 {
		found.fault = "there is nothing like " + selector
	}
	for _, one := range all {
		for name := range one {
			found.names[name] = true
		}
	}
	return found
}

// series are those that a selector selects, by the names of their labels.
func series(t *testing.T, p *backends.Prometheus, selector string) (found []map[string]string) {
	t.Helper()
	if err := p.Ask(t.Context(), "series", url.Values{"match[]": {selector}}, &found); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	return found
}

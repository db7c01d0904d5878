package monitoring

import (
	"os"
	"strings"
	"testing"

	backends "myevents/deploy/test"
)

// parts are what the runbook says of every alert.
var parts = []string{"**Meaning.**", "**Users.**", "**Look.**", "**Do.**"}

// runbook gives its sections, by their headings.
func runbook(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(runbookFile)
	if err != nil {
		t.Fatal(err)
	}
	sections := make(map[string]string)
	for section := range strings.SplitSeq(string(text), "\n### ") {
		heading, content, _ := strings.Cut(section, "\n")
		sections[heading] = content
	}
	delete(sections, strings.SplitN(string(text), "\n", 2)[0]) // what is before the first
	return sections
}

// TestAlertsSayWhatToDo has every alert say how urgent it is, and what it is about, and have its place in the runbook.
func TestAlertsSayWhatToDo(t *testing.T) {
	sections := runbook(t)
	for _, a := range alerts(t) {
		if s := a.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s has the severity %q", a.Alert, s)
		}
		if a.Annotations["summary"] == "" || a.Annotations["description"] == "" {
			t.Errorf("%s lacks a summary or a description", a.Alert)
		}
		if url, want := a.Annotations["runbook_url"], "deploy/runbook.md#"+strings.ToLower(a.Alert); url != want {
			t.Errorf("%s leads to %q in the runbook, and not to %s", a.Alert, url, want)
		}
		section, ok := sections[a.Alert]
		if !ok {
			t.Errorf("the runbook says nothing about %s", a.Alert)
			continue
		}
		for _, part := range parts {
			if !strings.Contains(section, part) {
				t.Errorf("what the runbook says about %s lacks %s", a.Alert, part)
			}
		}
		delete(sections, a.Alert)
	}
	for heading := range sections {
		t.Errorf("the runbook is about %q, which is no alert", heading)
	}
}

// unitTests are a file of promtool's.
type unitTests struct {
	Tests []struct {
		AlertRuleTest []struct {
			Alertname string     `yaml:"alertname"`
			ExpAlerts []struct{} `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
	}
}

// TestAlertsAreTested has promtool test that every alert fires when it must, and that it does not when all is well.
func TestAlertsAreTested(t *testing.T) {
	fires, quiet := make(map[string]bool), make(map[string]bool)
	for _, path := range files(t, prometheusFolder, "tests", "*.yml") {
		var file unitTests
		readYAML(t, path, &file)
		for _, one := range file.Tests {
			for _, a := range one.AlertRuleTest {
				if len(a.ExpAlerts) > 0 {
					fires[a.Alertname] = true
				} else if strings.HasSuffix(path, "quiet.yml") {
					quiet[a.Alertname] = true
				}
			}
		}
	}
	for _, a := range alerts(t) {
		if !fires[a.Alert] {
			t.Errorf("no unit test expects %s to fire", a.Alert)
		}
		if !quiet[a.Alert] {
			t.Errorf("no unit test expects %s not to fire when all is well", a.Alert)
		}
	}
}

// TestPromtool runs what promtool has: of the configurations, the rules, and their tests.
func TestPromtool(t *testing.T) {
	for _, arguments := range [][]string{
		append([]string{"check", "rules"}, relative(t, "rules", "*.yml")...),
		{"check", "config", "prometheus.yml"},
		append([]string{"test", "rules"}, relative(t, "tests", "*.yml")...),
	} {
		if output, err := backends.Promtool(t, prometheusFolder, arguments...); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, output)
		}
	}
}

// relative are files of the folder of Prometheus, seen from there.
func relative(t *testing.T, pattern ...string) (names []string) {
	t.Helper()
	for _, path := range files(t, append([]string{prometheusFolder}, pattern...)...) {
		names = append(names, strings.TrimPrefix(path, prometheusFolder+"/"))
	}
	return names
}

package bench

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// table has what was measured, to be shown when all is done.
var table struct {
	sync.Mutex
	lines []string
}

func TestMain(m *testing.M) {
	status := m.Run()
	if len(table.lines) > 0 {
		fmt.Println("\n| what | bare | ours | ours in % of bare | to reach |\n|---|--:|--:|--:|--:|")
	}
	for _, line := range table.lines {
		fmt.Println(line)
	}
	os.Exit(status)
}

// show adds a line to the table, and says where the goal was missed.
func show(what, bare, ours, ratio, wanted string, reached bool) {
	table.Lock()
	defer table.Unlock()
	if !reached {
		wanted += " **missed**"
	}
	table.lines = append(table.lines, fmt.Sprintf("| %s | %s | %s | %s | %s |", what, bare, ours, ratio, wanted))
}

// goal is what is measured, and how many percent of the baseline's speed it has to reach; 0 is none.
type goal struct {
	what    string
	percent float64
}

// measured is what the rounds of a comparison have shown: the costs in ns per operation, and the ratio of each round.
type measured struct{ bare, ours, ratios []float64 }

func (m *measured) add(bare, ours float64) {
	m.bare, m.ours, m.ratios = append(m.bare, bare), append(m.ours, ours), append(m.ratios, 100*bare/ours)
}

// report shows the medians.
func (m *measured) report(b *testing.B, g goal) {
	b.Helper()
	bare, ours, ratio := median(m.bare), median(m.ours), median(m.ratios)
	b.ReportMetric(bare, "bare-ns/op")
	b.ReportMetric(ours, "ours-ns/op")
	b.ReportMetric(ratio, "%-of-bare")
	b.ReportMetric(0, "ns/op")
	wanted := ""
	if g.percent > 0 {
		wanted = fmt.Sprintf("%.0f %%", g.percent)
	}
	show(g.what, fmt.Sprintf("%.1f µs", bare/1000), fmt.Sprintf("%.1f µs", ours/1000), fmt.Sprintf("%.0f %%", ratio),
		wanted, ratio >= g.percent)
}

// limit reports a figure that has no baseline, and must be below a limit.
func limit(b *testing.B, what string, figure, below float64, unit string) {
	b.Helper()
	b.ReportMetric(figure, unit)
	show(what, "", fmt.Sprintf("%.1f %s", figure, unit), "", fmt.Sprintf("< %.0f %s", below, unit), figure < below)
}

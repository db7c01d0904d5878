package bench

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkProcess: targets 100 ms from the start of a service to its being ready, and 30 MiB of memory when idle.
func BenchmarkProcess(b *testing.B) {
	for _, service := range []string{"eventservice", "bookingservice"} {
		b.Run(service, func(b *testing.B) {
			binary := filepath.Join(b.TempDir(), service)
			build := exec.CommandContext(b.Context(), "go", "build", "-o", binary, "myevents/"+service)
			if out, err := build.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			var times, sizes []float64
			for range rounds {
				took, size := startAndMeasure(b, binary)
				times, sizes = append(times, took), append(sizes, size)
			}
			limit(b, service+": from the start to ready", median(times), 100, "ms")
			limit(b, service+": memory when idle", median(sizes), 30, "MiB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func startAndMeasure(b *testing.B, binary string) (milliseconds, mebibytes float64) {
	b.Helper()
	const metrics = "localhost:19199"
	data := b.TempDir()
	command := exec.CommandContext(b.Context(), binary)
	command.Env = append(os.Environ(), "LISTEN_URL=localhost:0", "METRICS_URL="+metrics,
		"DATABASE_TYPE=bolt", "BOLT_DIRECTORY="+data,
		"MESSAGE_BROKER_TYPE=inproc", "INPROC_DIRECTORY="+data, "LOG_LEVEL=error")
	began := time.Now()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	for c := client(); ; time.Sleep(time.Millisecond) {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+metrics+"/readyz", http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		response, err := c.Do(r)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			break
		}
	}
	milliseconds = float64(time.Since(began).Microseconds()) / 1000
	time.Sleep(500 * time.Millisecond)
	return milliseconds, resident(b, command.Process.Pid)
}

// resident reads how much memory a process holds, from Linux.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("this needs Linux")
	}
	defer f.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kibibytes float64
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			if _, err := fmt.Sscan(rest, &kibibytes); err == nil {
				return kibibytes / 1024
			}
		}
	}
	b.Fatal("the system does not say how much memory the process holds")
	return 0
}

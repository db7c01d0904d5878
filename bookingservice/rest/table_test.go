package rest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"mime"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/persistence"
)

// TestTable has what people wrote come as what it is: no spreadsheet takes it for a formula, and nothing breaks the
// table.
func TestTable(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, 100)
	names := map[string]string{
		"Ada Lovelace":             "Ada Lovelace",
		"=HYPERLINK(\"http://x\")": "'=HYPERLINK(\"http://x\")",
		"+1":                       "'+1",
		"-1+cmd|' /C calc'!A0":     "'-1+cmd|' /C calc'!A0",
		"@SUM(A1)":                 "'@SUM(A1)",
		"\t=1":                     "'\t=1",
		"\n=1":                     "'\n=1",
		"\r=1":                     "'=1", // encoding/csv leaves out what no line ends with
		"＝1":                       "'＝1",
		"a=b, \"c\"\nÅse":          "a=b, \"c\"\nÅse",
		"O'Neill":                  "O'Neill",
	}
	want := [][]string{{"Booking", "Date", "Seats", "Given back", "User", "Name", "Email", "Status", "Reason"}}
	for name, shown := range names {
		user := persistence.NewID()
		w.person(t, user, name, name)
		id := w.fill(t, event, user, 1)[0].String()
		w.Want(t, 200, "POST", "/bookings/"+id+"/cancellation", object{"reason": "x" + name})
		row := []string{id, "2027-01-15T09:00:00+01:00", "0", "1", user.String(), shown, shown, "cancelled"}
		want = append(want, append(row, "x"+strings.ReplaceAll(name, "\r", "")))
	}
	formula := w.fill(t, event, persistence.ID{1}, 1)[0].String()
	w.Want(t, 200, "POST", "/bookings/"+formula+"/cancellation", object{"reason": "=1"})
	want = append(want, []string{
		formula, "2027-01-15T09:00:00+01:00", "0", "1", persistence.ID{1}.String(), "", "", "cancelled", "'=1",
	})
	a := w.Want(t, 200, "GET", "/events/"+event+"/bookings?format=csv", nil)
	got, err := csv.NewReader(bytes.NewReader(a.Body)).ReadAll()
	for _, rows := range [][][]string{want, got} {
		slices.SortFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v; the table differs (-want +got):\n%s", err, diff)
	}
	if bytes.Count(a.Body, []byte("\n")) != bytes.Count(a.Body, []byte("\r\n")) {
		t.Errorf("the lines do not end as RFC 4180 has it: %q", a.Body)
	}
}

func TestFileName(t *testing.T) {
	w := newWorld(t, open)
	for name, want := range map[string]string{
		"Mill Concert":           "Mill Concert.csv",
		"Bjørk: «Vår» / 50 %":    "Bjørk_ «Vår» _ 50 _.csv",
		"../../etc/passwd":       "_.._etc_passwd.csv",
		"a\"; filename=\"b.exe":  "a_; filename=_b.exe.csv",
		"x\r\nSet-Cookie: a=b":   "x__Set-Cookie_ a=b.csv",
		"...":                    "bookings.csv",
		strings.Repeat("語", 300): strings.Repeat("語", 100) + ".csv",
	} {
		event := w.event(t, 10, func(e *persistence.EventCopy) { e.Name = name })
		a := w.Want(t, 200, "GET", "/events/"+event+"/bookings?format=csv", nil)
		kind, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != want {
			t.Errorf("%q: %q, %v", name, a.Header.Get("Content-Disposition"), err)
		}
		if got := a.Header.Get("Content-Type"); got != "text/csv; charset=utf-8; header=present" {
			t.Errorf("the content type is %q", got)
		}
	}
}

// slowly asks for a table with a connection that takes in as little as possible at a time.
func slowly(t *testing.T, url string) io.Reader {
	t.Helper()
	transport := &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			if tcp, ok := c.(*net.TCPConn); ok {
				err = tcp.SetReadBuffer(64 << 10)
			}
			return c, err
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response.Body
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestTableIsStreamed has a client stop in the middle of a table of 100,000 bookings: the service reads no further than
// what the network holds, and keeps next to nothing in memory. Then the client gets the rest.
func TestTableIsStreamed(t *testing.T) {
	const bookings, page = 100_000, 1000
	w := newWorld(t, open)
	event := w.event(t, persistence.Unlimited)
	want := w.fill(t, event, persistence.NewID(), bookings)
	before := heap()
	body := slowly(t, w.URL+"/events/"+event+"/bookings?format=csv")
	lines := bufio.NewScanner(body)
	lines.Scan()
	var read int64
	for now := int64(1); now != read; now = w.store.pages.Load() { // until it stands still
		read = now
		time.Sleep(200 * time.Millisecond)
	}
	if used := int64(heap()) - int64(before); used > 4<<20 {
		t.Errorf("it keeps %d kB in memory", used>>10)
	}
	if read > bookings/page*3/4 {
		t.Errorf("%d of %d pages were read for a client that does not", read, bookings/page)
	}
	n := 0
	for ; lines.Scan(); n++ {
		if n < bookings && !strings.HasPrefix(lines.Text(), want[n].String()+",") {
			t.Fatalf("row %d is %s", n, lines.Text())
		}
	}
	if n != bookings || lines.Err() != nil {
		t.Errorf("%d rows came, %v", n, lines.Err())
	}
}

// TestTableIsCutOff has the store go away in the middle: the client must not take what it has for all.
func TestTableIsCutOff(t *testing.T) {
	w := newWorld(t, open)
	event := w.event(t, persistence.Unlimited)
	w.fill(t, event, persistence.NewID(), 5000)
	w.store.lastPage.Store(3)
	body := slowly(t, w.URL+"/events/"+event+"/bookings?format=csv")
	if got, err := io.ReadAll(body); err == nil {
		t.Errorf("%d bytes ended as if they were all", len(got))
	}
}

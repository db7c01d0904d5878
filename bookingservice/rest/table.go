package rest

import (
	"encoding/csv"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"myevents/lib/persistence"
)

const (
	// pageTimeout is how long a slow client may take for a page of a table before its connection is cut.
	pageTimeout = 30 * time.Second
	// maxFileName is how many characters of an event's name a file is named by.
	maxFileName = 100
)

// writeTable answers with all of a list as CSV (RFC 4180), page by page, so that it needs no more memory than a page
// does. Each page has as long as a request may take, and each of its writes as long as a slow client may.
func (s *Server) writeTable(
	w http.ResponseWriter, r *http.Request, event persistence.EventCopy, list *attendees,
) error {
	rows, next, err := s.nextRows(r, list, persistence.Page{Limit: maxPage})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": fileName(event.Name) + ".csv",
	}))
	w.WriteHeader(http.StatusOK)
	table := csv.NewWriter(w)
	table.UseCRLF = true
	head := []string{"Booking", "Date", "Seats", "Given back", "User", "Name", "Email", "Status", "Reason"}
	for rows = append([][]string{head}, rows...); ; {
		if err := writeRows(w, table, rows); err != nil {
			return nil //nolint:nilerr // the client is gone, or too slow
		}
		if next == nil || r.Method == http.MethodHead {
			return nil
		}
		if rows, next, err = s.nextRows(r, list, *next); err != nil {
			return err
		}
	}
}

func writeRows(w http.ResponseWriter, table *csv.Writer, rows [][]string) error {
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pageTimeout)); err != nil {
		return err
	}
	return table.WriteAll(rows)
}

// nextRows reads a page of a list.
func (s *Server) nextRows(r *http.Request, list *attendees, p persistence.Page) ([][]string, *persistence.Page, error) {
	ctx, cancel := s.detached(r)
	defer cancel()
	found, next, err := list.find(ctx, p)
	rows := make([][]string, len(found))
	for n, a := range found {
		rows[n] = a.row()
	}
	return rows, next, err
}

func (a attendeeJSON) row() []string {
	row := []string{
		a.ID.String(), a.BookedAt, strconv.FormatInt(a.Seats, 10), strconv.FormatInt(a.GivenBack, 10), a.UserID.String(),
		a.Name, a.Email, a.Status, a.CancellationReason,
	}
	for n, cell := range row {
		row[n] = harmless(cell)
	}
	return row
}

// harmless keeps spreadsheets from taking a cell for a formula, as OWASP has it ("CSV Injection"): what begins like one
// gets an apostrophe, also in the wide forms of East Asia.
func harmless(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r\n\x00＝＋－＠") == 0 {
		return "'" + cell
	}
	return cell
}

// fileName makes of an event's name one that every system takes for a file.
func fileName(event string) string {
	runes := []rune(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || strings.ContainsRune(`/\:*?"<>|%`, c) {
			return '_'
		}
		return c
	}, event))
	name := strings.Trim(string(runes[:min(len(runes), maxFileName)]), " .")
	if name == "" {
		return "bookings"
	}
	return name
}

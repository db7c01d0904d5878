package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"myevents/lib/auth"
)

// venue is a place of the sample events.
type venue struct {
	name, address, country, zone string
	halls                        []hall
}

type hall struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Capacity int64  `json:"capacity"`
}

// sample is an event to be made, so many days after the first start at an hour of the place's clock, with seats that
// are sold already.
type sample struct {
	name     string
	venue    venue
	days     int
	hour     int
	duration time.Duration
	sold     int
}

func samples() []sample {
	harbour := venue{"Elbe Harbour Hall", "Am Sandtorkai 40, Hamburg", "Germany", "Europe/Berlin",
		[]hall{{"Great Hall", "Ground floor", 420}, {"Gallery", "First floor", 120}}}
	ladder := venue{"The Ladder", "12 Rivington Street, London", "United Kingdom", "Europe/London",
		[]hall{{"Cellar", "Basement", 60}}}
	lumiere := venue{"Théâtre Lumière", "8 rue de la Gaîté, Paris", "France", "Europe/Paris",
		[]hall{{"Grande salle", "Rez-de-chaussée", 310}}}
	foundry := venue{"Foundry Campus", "233 Spring Street, New York", "United States", "America/New_York",
		[]hall{{"Auditorium", "Level 2", 240}, {"Workshop A", "Level 3", 24}}}
	sumida := venue{"Sumida Arts Hall", "1-2-3 Kinshi, Tokyo", "Japan", "Asia/Tokyo",
		[]hall{{"Small Hall", "2F", 160}}}
	bondi := venue{"Bondi Pavilion", "Queen Elizabeth Drive, Sydney", "Australia", "Australia/Sydney",
		[]hall{{"Courtyard", "Ground floor", 200}}}
	park := venue{"Parque da Cidade", "Estrada da Circunvalação, Porto", "Portugal", "Europe/Lisbon", nil}
	return []sample{
		{"Nils Aldag Trio: Tidewater", harbour, 9, 20, 150 * time.Minute, 37},
		{"Cellar Sessions No. 48", ladder, 6, 19, 3 * time.Hour, 60},
		{"Le Malade imaginaire", lumiere, 4, 20, 135 * time.Minute, 306},
		{"GopherMeet: Systems That Do Not Lose Data", foundry, 12, 18, 3 * time.Hour, 88},
		{"Letterpress for Beginners", venue{foundry.name, foundry.address, foundry.country, foundry.zone, foundry.halls[1:]},
			16, 10, 6 * time.Hour, 15},
		{"Koto and Electronics", sumida, 20, 19, 2 * time.Hour, 42},
		{"Open Air Cinema: The Red Balloon", bondi, 25, 20, 90 * time.Minute, 64},
		{"Park Run and Breakfast", park, 7, 9, 2 * time.Hour, 18},
		{"Chamber Choir: Songs of the North", harbour, 31, 19, 2 * time.Hour, 12},
		{"Improv Night", ladder, 10, 20, 2 * time.Hour, 23},
		{"City Half Marathon: Volunteers' Briefing", park, 40, 18, time.Hour, 0},
		{"A Winter's Tale, for Children", lumiere, 33, 15, 75 * time.Minute, 51},
	}
}

// bookingSize is how many seats the sample bookings have.
const bookingSize = 6

// makeSamples makes the sample events and their bookings, as clients of the API: the events belong to no organiser, so
// that administrators may change them. Every request has an idempotency key,
// so that it can be done again after it was interrupted; the first start must then be the same, since the key of one
// request does not serve for another.
func makeSamples(ctx context.Context, api http.Handler, first time.Time) error {
	c := client{api: api}
	organiser := auth.WithCaller(ctx, auth.Everybody())
	locations := make(map[string]string)
	for n, s := range samples() {
		if locations[s.venue.name] == "" {
			id, err := c.create(organiser, "/api/locations", fmt.Sprintf("location of event %d", n), s.venue.document())
			if err != nil {
				return err
			}
			locations[s.venue.name] = id
		}
		document, err := s.document(locations[s.venue.name], first)
		if err != nil {
			return err
		}
		event, err := c.create(organiser, "/api/events", fmt.Sprintf("event %d", n), document)
		if err != nil {
			return err
		}
		for sold := 0; sold < s.sold; sold += bookingSize {
			seats := min(bookingSize, s.sold-sold)
			key := fmt.Sprintf("booking %d from seat %d", n, sold)
			_, err := c.create(ctx, "/api/events/"+event+"/bookings", key, map[string]any{"seats": seats})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (v venue) document() map[string]any {
	return map[string]any{
		"Name": v.name, "Address": v.address, "Country": v.country, "TimeZone": v.zone, "Halls": v.halls,
		"OpenTime": 9, "CloseTime": 23,
	}
}

func (s sample) document(location string, first time.Time) (map[string]any, error) {
	zone, err := time.LoadLocation(s.venue.zone)
	if err != nil {
		return nil, err
	}
	day := first.In(zone).AddDate(0, 0, s.days)
	start := time.Date(day.Year(), day.Month(), day.Day(), s.hour, 0, 0, 0, zone)
	halls := s.venue.halls
	if halls == nil {
		halls = []hall{}
	}
	return map[string]any{
		"Name": s.name, "StartDate": start.Unix(), "EndDate": start.Add(s.duration).Unix(),
		"Location": map[string]any{"ID": location, "Halls": halls},
	}, nil
}

// client calls an API within the process.
type client struct{ api http.Handler }

// create makes a document and answers with its ID. What is not there yet, since the booking service learns of an
// event a moment after it was created, is waited for; what cannot be made any more, since meanwhile somebody cancelled
// the event or it is over, is left out.
func (c client) create(ctx context.Context, path, key string, document any) (string, error) {
	body, err := json.Marshal(document)
	if err != nil {
		return "", err
	}
	for {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "sample-data-of-the-first-start-"+strings.ReplaceAll(key, " ", "-"))
		w := httptest.NewRecorder()
		c.api.ServeHTTP(w, r)
		if w.Code == http.StatusCreated {
			var created struct{ ID string }
			err := json.Unmarshal(w.Body.Bytes(), &created)
			return created.ID, err
		}
		if w.Code == http.StatusConflict {
			return "", nil
		}
		if w.Code != http.StatusNotFound && w.Code != http.StatusServiceUnavailable {
			return "", fmt.Errorf("POST %s: %d %s", path, w.Code, w.Body)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

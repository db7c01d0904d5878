package endtoend

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	backends "myevents/deploy/test"
)

// TestNewerStores has both services refuse to start on what a newer release of them has written, and say so.
func TestNewerStores(t *testing.T) {
	mongo := backends.SharedMongo(t)
	for name, database := range map[string]string{"eventservice": "newer", "bookingservice": "newer_bookings"} {
		url := mongo.URL + "/" + database
		backends.Insert(t, url, "schema", map[string]any{"_id": "schema", "version": 7})
		s := newService(t, name, "MONGO_URL="+url)
		s.start(t)
		process := s.command.Process
		late := time.AfterFunc(time.Minute, func() { _ = process.Kill() })
		err := s.command.Wait()
		late.Stop()
		s.command = nil
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() < 1 {
			t.Errorf("%s ended with %v", name, err)
		}
		reason := "the database " + database + " of MongoDB was written by a newer version of this program: it has the " +
			"schema version 7, and 1 is the newest known to this one"
		if !strings.Contains(s.log.String(), reason) {
			t.Errorf("%s does not say why, but\n%s", name, s.log)
		}
	}
}

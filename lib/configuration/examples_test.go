package configuration_test

import (
	"path/filepath"
	"strings"
	"testing"

	"myevents/lib/configuration"
)

// TestExamples has both services start with each of the examples, to which an operator adds nothing but secrets. They
// are of the store and the broker that their names say.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../deploy/configuration/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no examples", err)
	}
	brokers := map[string]string{"amqp": "rabbitmq"}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, service := range []configuration.Service{configuration.EventService, configuration.BookingService} {
				secrets := env{}
				if !strings.Contains(file, "bolt") { // where the first admin is made by itself
					secrets["ADMIN_PASSWORD"] = "correct-horse"
				}
				s, err := configuration.Load(service, file, secrets.lookup)
				if err != nil {
					t.Fatal(err)
				}
				broker := brokers[s.BrokerType]
				if broker == "" {
					broker = s.BrokerType
				}
				if got := s.DatabaseType + "-" + broker + ".json"; got != filepath.Base(file) {
					t.Errorf("%s has %s", service, got)
				}
				if s.Audit == (s.BrokerType == "sqs") {
					t.Errorf("%s audits itself: %t, with the broker %s", service, s.Audit, s.BrokerType)
				}
			}
		})
	}
}

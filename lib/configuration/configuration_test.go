package configuration_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myevents/lib/configuration"
)

// env is an environment.
type env map[string]string

func (e env) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

func file(tb testing.TB, content string) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "conf.json")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return name
}

func TestDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("XDG_STATE_HOME", "/state")
	got, err := configuration.Load(configuration.BookingService, "", env{"AUTH": ""}.lookup)
	if err != nil {
		t.Fatal(err)
	}
	want := configuration.Settings{
		Endpoint: "localhost:8282", TLSEndpoint: "localhost:9292", TLSCert: "cert.pem", TLSKey: "key.pem",
		MetricsEndpoint: "localhost:9101", DatabaseType: "mongodb", DBConnection: "mongodb://localhost:27017", BoltDirectory: "/state/myevents",
		DynamoDBPrefix: "myevents-", BrokerType: "amqp",
		InprocDirectory: "/state/myevents", AMQPBroker: "amqp://guest:guest@localhost:5672/", KafkaBrokers: []string{"localhost:9092"}, KafkaPartitions: 6,
		KafkaProtocol: "PLAINTEXT", KafkaMechanism: "SCRAM-SHA-512", SQSQueuePrefix: "myevents-", SQSQueueType: "standard", DefaultTimeZone: "UTC", MaxSeats: 20, Auth: "on", GuestCheckout: true, AllowedOrigins: []string{},
		AuthKeys: "http://localhost:8282/.well-known/jwks.json", TrustedProxies: []string{}, AddressHeader: "X-Forwarded-For",
		LimitAddress: 2000, LimitUser: 100, LimitEvent: 5000, LimitStreams: 200,
		RequestTimeout: 10 * time.Second, ShutdownTimeout: 20 * time.Second, LogLevel: slog.LevelInfo, LogFormat: "json",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the defaults differ (-want +got):\n%s", diff)
	}
	events, err := configuration.Load(configuration.EventService, "", env{}.lookup)
	if err != nil || events.Endpoint != "localhost:8181" || events.MetricsEndpoint != "localhost:9100" {
		t.Errorf("the event service has %+v, %v", events, err)
	}
}

// TestOrder has the environment win over the file, and the file over the defaults.
func TestOrder(t *testing.T) {
	name := file(t, `{"restfulapi_endpoint": "localhost:1", "restfulapi-tlsendpoint": "localhost:2", "databasetype": "bolt",
		"max_seats_per_booking": 4, "request_timeout": "3s", "allowed_origins": ["https://a.example", "https://b.example"],
		"amqp_message_broker": "amqp://other", "kafka_message_brokers": ["one", "two"]}`)
	got, err := configuration.Load(configuration.EventService, name, env{
		"LISTEN_URL": "localhost:3", "MAX_SEATS_PER_BOOKING": "5", "LOG_LEVEL": "debug", "REQUEST_TIMEOUT": "",
	}.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got.Endpoint != "localhost:3" || got.TLSEndpoint != "localhost:2" || got.MaxSeats != 5 ||
		got.RequestTimeout != 3*time.Second || got.LogLevel != slog.LevelDebug || len(got.AllowedOrigins) != 2 ||
		!cmp.Equal(got.KafkaBrokers, []string{"one", "two"}) {
		t.Errorf("got %+v", got)
	}
	got, err = configuration.Load(configuration.EventService, name, env{"ALLOWED_ORIGINS": "https://c.example"}.lookup)
	if err != nil || len(got.AllowedOrigins) != 1 {
		t.Errorf("got %+v, %v", got.AllowedOrigins, err)
	}
}

// TestBrokerVariables has the book's variables choose the broker, and secrets come from files.
func TestBrokerVariables(t *testing.T) {
	t.Chdir(t.TempDir())
	secret := file(t, "amqp://user:secret@rabbit/\n")
	for name, c := range map[string]struct {
		env         env
		broker, url string
	}{
		"none":           {env{"MESSAGE_BROKER_TYPE": "inproc"}, "inproc", "amqp://guest:guest@localhost:5672/"},
		"the book's":     {env{"AMQP_BROKER_URL": "amqp://a"}, "amqp", "amqp://a"},
		"the other name": {env{"AMQP_URL": "amqp://b"}, "amqp", "amqp://b"},
		"both":           {env{"AMQP_BROKER_URL": "amqp://a", "AMQP_URL": "amqp://b"}, "amqp", "amqp://a"},
		"chosen":         {env{"AMQP_URL": "amqp://b", "MESSAGE_BROKER_TYPE": "inproc"}, "inproc", "amqp://b"},
		"by file":        {env{"AMQP_BROKER_URL_FILE": secret}, "amqp", "amqp://user:secret@rabbit/"},
		"kafka":          {env{"KAFKA_BROKER_URLS": "a:1, b:2"}, "kafka", "amqp://guest:guest@localhost:5672/"},
		"kafka, too":     {env{"KAFKA_BROKER_URLS": "a:1", "AMQP_URL": "amqp://b"}, "amqp", "amqp://b"},
		"kafka, not now": {env{"KAFKA_BROKER_URLS": "a:1", "MESSAGE_BROKER_TYPE": "inproc"}, "inproc", "amqp://guest:guest@localhost:5672/"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := configuration.Load(configuration.EventService, "", c.env.lookup)
			if err != nil || got.BrokerType != c.broker || got.AMQPBroker != c.url {
				t.Errorf("the broker is %s at %s, %v", got.BrokerType, got.AMQPBroker, err)
			}
		})
	}
	k, err := configuration.Load(configuration.EventService, "", env{"KAFKA_BROKER_URLS": "a:1, b:2", "KAFKA_PASSWORD_FILE": secret}.lookup)
	if err != nil || !cmp.Equal(k.KafkaBrokers, []string{"a:1", "b:2"}) || k.KafkaPassword != "amqp://user:secret@rabbit/" {
		t.Errorf("Kafka is at %v with the password %s, %v", k.KafkaBrokers, k.KafkaPassword, err)
	}
	s, err := configuration.Load(configuration.EventService, file(t, `{"databasetype":"bolt"}`), env{"MONGO_URL": "mongodb://m"}.lookup)
	if kind, connection := s.Database(); err != nil || kind != "mongodb" || connection != "mongodb://m" {
		t.Errorf("MONGO_URL gives %s at %s, %v", kind, connection, err)
	}
	s, err = configuration.Load(configuration.EventService, "", env{"DATABASE_TYPE": "bolt", "BOLT_DIRECTORY": "/d"}.lookup)
	if kind, connection := s.Database(); err != nil || kind != "bolt" || connection != "/d" {
		t.Errorf("bolt is %s at %s, %v", kind, connection, err)
	}
	s, err = configuration.Load(configuration.EventService,
		file(t, `{"databasetype":"dynamodb","dynamodb_table_prefix":"staging-","dynamodb_create_tables":true}`), env{}.lookup)
	if kind, connection := s.Database(); err != nil || kind != "dynamodb" || connection != "staging-" || !s.DynamoDBCreate {
		t.Errorf("dynamodb is %s with %s and tables made %t, %v", kind, connection, s.DynamoDBCreate, err)
	}
	_, err = configuration.Load(configuration.EventService, "", env{"AMQP_BROKER_URL_FILE": "missing"}.lookup)
	if err == nil || !strings.Contains(err.Error(), "AMQP_BROKER_URL_FILE") {
		t.Errorf("a missing file is reported as %v", err)
	}
}

func TestDefaultFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(configuration.DefaultFile, []byte(`{"default_timezone":"Asia/Tokyo"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := configuration.Load(configuration.EventService, "", env{}.lookup)
	if err != nil || got.DefaultTimeZone != "Asia/Tokyo" {
		t.Errorf("got %q, %v", got.DefaultTimeZone, err)
	}
}

// TestFaults has every fault reported, all of them at once, by the name of the setting.
func TestFaults(t *testing.T) {
	_, err := configuration.Load(configuration.EventService, file(t, `{"max_seats_per_booking": 0, "default_timezone": "Mars",
		"auth": "off", "log_format": "xml", "restfulapi_endpoint": "nowhere", "metrics_endpoint": "localhost:port",
		"request_timeout": "0s", "shutdown_timeout": "-1s", "public_url": "shop", "allowed_origins": ["*"],
		"admin_email": "anna@example.org", "kafka_partitions": 0, "sqs_queue_type": "lifo",
		"auth_keys": "ftp://keys", "hsts": "-1s", "trusted_proxies": "10.0.0.0/33", "client_address_header": "",
		"limit_per_address": -1, "limit_per_user": -1, "limit_per_event": -1, "limit_streams": -1}`), env{}.lookup)
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, name := range []string{
		"max_seats_per_booking", "default_timezone", "auth", "log_format", "restfulapi_endpoint", "metrics_endpoint",
		"request_timeout", "shutdown_timeout", "public_url", "allowed_origins",
		"admin_email", "kafka_partitions", "sqs_queue_type",
		"auth_keys", "hsts", "trusted_proxies", "client_address_header", "limit_per_address", "limit_per_user",
		"limit_per_event", "limit_streams",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in\n%v", name, err)
		}
	}
	for content, want := range map[string]string{
		`{"colour": "red", "size": 3}`: `"colour"`, `{"databasetype": `: "conf.json", `{"request_timeout": "soon"}`: "request_timeout",
		`{"log_level": "loud"}`: "log_level", `{"max_seats_per_booking": "many"}`: "max_seats_per_booking", "": "conf.json",
	} {
		_, err := configuration.Load(configuration.EventService, file(t, content), env{}.lookup)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is reported as %v", content, err)
		}
	}
	if _, err := configuration.Load(configuration.EventService, "missing.json", env{}.lookup); err == nil {
		t.Error("a file that was named and is missing is no fault")
	}
}

// TestFaultsOfAllSources has what is unknown, what is of another type and what is out of range reported together, by the
// names that the operator wrote, and nothing else.
func TestFaultsOfAllSources(t *testing.T) {
	name := file(t, `{"colour": "red", "request_timeout": "soon", "metrics_endpoint": "localhost:"}`)
	_, err := configuration.Load(configuration.EventService, name, env{
		"MAX_SEATS_PER_BOOKING": "many", "LISTEN_URL": "nowhere", "AMQP_BROKER_URL_FILE": "missing",
	}.lookup)
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, want := range []string{
		name + `: unknown setting "colour"`, name + ": request_timeout:", "metrics_endpoint (METRICS_URL): the port is missing",
		"MAX_SEATS_PER_BOOKING:", "restfulapi_endpoint (LISTEN_URL):", "AMQP_BROKER_URL_FILE:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 7 { // a heading and six faults
		t.Errorf("there are %d lines:\n%v", len(lines), err)
	}
}

// TestValuesOfTheFile has JSON's own types taken where they can only mean one thing, and never bent to fit.
func TestValuesOfTheFile(t *testing.T) {
	for content, want := range map[string]string{
		`{"request_timeout": 5}`:            "request_timeout", // of what?
		`{"max_seats_per_booking": 4.7}`:    "max_seats_per_booking",
		`{"max_seats_per_booking": 1e99}`:   "max_seats_per_booking",
		`{"max_seats_per_booking": true}`:   "max_seats_per_booking",
		`{"dynamodb_create_tables": "yes"}`: "dynamodb_create_tables",
		`{"log_level": 7.5}`:                "log_level",
		`{"guest_checkout": "maybe"}`:       "guest_checkout",
		`{"guest_checkout": 7}`:             "guest_checkout",
		`{"dbconnection": {"a": 1}}`:        "dbconnection",
		`{"allowed_origins": [null]}`:       "allowed_origins",
		`{"tls-cert": "a", "tls_cert": ""}`: "tls_cert: is there in two spellings",
		// browsers send none of these, so that none would ever match
		`{"allowed_origins": ["https://a.example/"]}`:        "allowed_origins",
		`{"allowed_origins": ["https://me:pw@a.example"]}`:   "allowed_origins",
		`{"allowed_origins": ["https://a.example?x=1"]}`:     "allowed_origins",
		`{"allowed_origins": "https://a.example, https:/b"}`: "allowed_origins",
	} {
		_, err := configuration.Load(configuration.EventService, file(t, content), env{}.lookup)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is reported as %v", content, err)
		}
	}
	got, err := configuration.Load(configuration.EventService, file(t, `{"tls_cert": null, "max_seats_per_booking": 7, "guest_checkout": false,
		"public_url": "https://shop.example/", "allowed_origins": "https://a.example, https://b.example:8443"}`), env{}.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got.TLSCert != "cert.pem" || got.MaxSeats != 7 || got.GuestCheckout ||
		!cmp.Equal(got.AllowedOrigins, []string{"https://a.example", "https://b.example:8443"}) {
		t.Errorf("got %+v", got)
	}
}

// TestProxies has networks and single addresses taken.
func TestProxies(t *testing.T) {
	got, err := configuration.Load(configuration.EventService, file(t, `{"auth": "on",
		"trusted_proxies": ["10.1.2.3/8", "192.0.2.7", "2001:db8::/32", "::1"], "auth_keys": "keys.json"}`), env{}.lookup)
	if err != nil {
		t.Fatal(err)
	}
	networks, err := got.Proxies()
	if want := "[10.0.0.0/8 192.0.2.7/32 2001:db8::/32 ::1/128]"; err != nil || fmt.Sprint(networks) != want || got.Open() {
		t.Errorf("the proxies are %v, %v", networks, err)
	}
}

// TestREADME holds the README's table against the settings.
func TestREADME(t *testing.T) {
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), configuration.Markdown()) {
		t.Errorf("the README does not have this table:\n%s", configuration.Markdown())
	}
}

// FuzzFile has any file either taken or refused.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		`{"databasetype":"bolt"}`, `{"max_seats_per_booking":1e99}`, `{"allowed_origins":[1,null]}`, `{"log_level":{"a":1}}`,
		"[]", "null", `{"a.b":{"c":[]}}`, `{"request_timeout":5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := configuration.Load(configuration.EventService, file(t, string(content)), env{}.lookup)
		if err == nil && s.Validate() != nil {
			t.Errorf("%q was taken as %+v", content, s)
		}
	})
}

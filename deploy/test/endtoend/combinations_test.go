package endtoend

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	backends "myevents/deploy/test"
	"myevents/lib/configuration"
)

// combination is a store and a broker that the system runs on, as real servers. The embedded ones live within one
// process, and are killed by the tests of deploy/local.
type combination struct {
	store, broker func(*testing.T) backend
	// noLog says that the broker keeps no log.
	noLog bool
}

// combinations are the supported ones, by the name of their file in deploy/configuration.
func combinations() map[string]combination {
	return map[string]combination{
		"mongodb-rabbitmq": {store: startMongo, broker: startRabbitMQ},
		"mongodb-kafka":    {store: startMongo, broker: startKafka},
		"dynamodb-sqs":     {store: startDynamoDB, broker: startSQS, noLog: true},
	}
}

// backend is a server that the services need, and that the environment says the address of. It keeps what it
// acknowledged when it is killed.
type backend struct {
	name string
	// between stands between the services and the server; nil where the server sends its clients elsewhere.
	between       *proxy
	kill, restart func(*testing.T)
}

func startMongo(t *testing.T) backend {
	t.Helper()
	m := backends.StartMongo(t, backends.MongoOptions{Durable: true})
	between := startProxy(t, m.Address, false)
	t.Setenv("MONGO_URL", "mongodb://"+between.address)
	return backend{
		name: "MongoDB", between: between,
		kill:    func(t *testing.T) { t.Helper(); m.Kill(t) },
		restart: func(t *testing.T) { t.Helper(); m.Restart(t) },
	}
}

func startDynamoDB(t *testing.T) backend {
	t.Helper()
	d := backends.StartDynamoDB(t)
	between := startProxy(t, strings.TrimPrefix(d.Endpoint, "http://"), false)
	backends.UseDynamoDB(t, "http://"+between.address)
	return backend{
		name: "DynamoDB", between: between,
		kill:    func(t *testing.T) { t.Helper(); d.Kill(t) },
		restart: func(t *testing.T) { t.Helper(); d.Restart(t) },
	}
}

func startRabbitMQ(t *testing.T) backend {
	t.Helper()
	r := backends.StartRabbitMQ(t)
	u, err := url.Parse(strings.TrimSuffix(r.URL, "/") + "/" + r.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	between := startProxy(t, u.Host, false)
	u.Host = between.address
	t.Setenv("AMQP_BROKER_URL", u.String())
	return backend{
		name: "RabbitMQ", between: between,
		kill: func(t *testing.T) {
			t.Helper()
			r.Settle(t)
			r.Kill(t)
		},
		restart: func(t *testing.T) { t.Helper(); r.Restart(t) },
	}
}

// startKafka has the services sign in, over TLS.
func startKafka(t *testing.T) backend {
	t.Helper()
	k := backends.StartKafka(t)
	t.Setenv("KAFKA_BROKER_URLS", strings.Join(k.SASLURLs, ","))
	t.Setenv("KAFKA_CA_FILE", k.CAFile)
	t.Setenv("KAFKA_PASSWORD", backends.KafkaPassword)
	return backend{
		name:    "Kafka",
		kill:    func(t *testing.T) { t.Helper(); k.Kill(t) },
		restart: func(t *testing.T) { t.Helper(); k.Restart(t) },
	}
}

func startSQS(t *testing.T) backend {
	t.Helper()
	s := backends.StartSQS(t, backends.SQSOptions{Durable: true})
	between := startProxy(t, strings.TrimPrefix(s.Endpoint, "http://"), false)
	(&backends.SQS{Endpoint: "http://" + between.address}).Use(t)
	return backend{
		name: "SQS", between: between,
		kill:    func(t *testing.T) { t.Helper(); s.Kill(t) },
		restart: func(t *testing.T) { t.Helper(); s.Restart(t) },
	}
}

// example is the file of a combination that the documentation shows.
func example(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", "configuration", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// settings are what the booking service reads from an example and the environment of the test.
func settings(t *testing.T, file string, lookup func(string) (string, bool)) configuration.Settings {
	t.Helper()
	s, err := configuration.Load(configuration.BookingService, file, lookup)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

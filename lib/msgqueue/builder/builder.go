// Package builder opens the message broker that the configuration names.
package builder

import (
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"myevents/lib/configuration"
	"myevents/lib/contracts"
	"myevents/lib/msgqueue"
	"myevents/lib/msgqueue/amqp"
	"myevents/lib/msgqueue/inproc"
	"myevents/lib/msgqueue/kafka"
	"myevents/lib/msgqueue/sqs"
)

// Settings are what brokers are opened with; each takes what it needs.
type Settings struct {
	// Type is one of Types.
	Type string
	// Directory is where a broker inside the process keeps its file.
	Directory string
	// URL is where a broker on the network is. For TLS, CAFile has the certificates that are trusted, the system's where
	// it is empty, and CertFile and KeyFile are the client's own certificate, if it needs one.
	URL, CAFile, CertFile, KeyFile string
	// Kafka is where and how Kafka is reached.
	Kafka kafka.Config
	// SQS says which queues of Amazon SQS to use.
	SQS sqs.Config
	// Subscriptions has the names that each group listens to. All groups are declared, whoever opens the broker.
	Subscriptions map[string][]string
	// Logger and Registerer may be nil.
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// FromConfiguration takes what the settings of a service say of the broker.
func FromConfiguration(s configuration.Settings, l *slog.Logger, r prometheus.Registerer) Settings {
	return Settings{
		Type: s.BrokerType, Directory: s.InprocDirectory,
		URL: s.AMQPBroker, CAFile: s.AMQPCAFile, CertFile: s.AMQPCertFile, KeyFile: s.AMQPKeyFile,
		Kafka: kafka.Config{
			URLs: s.KafkaBrokers, Partitions: s.KafkaPartitions, Protocol: s.KafkaProtocol,
			CAFile: s.KafkaCAFile, CertFile: s.KafkaCertFile, KeyFile: s.KafkaKeyFile,
			Mechanism: s.KafkaMechanism, User: s.KafkaUser, Password: s.KafkaPassword,
		},
		SQS:           sqs.Config{Prefix: s.SQSQueuePrefix, FIFO: s.SQSQueueType == "fifo", TopicARN: s.SQSTopicARN},
		Subscriptions: contracts.Subscriptions(), Logger: l, Registerer: r,
	}
}

// At are the settings of the broker at an address: amqp://… or amqps://… as AMQP has it, kafka://host:port,host:port,
// or inproc:DIRECTORY. What an address has no place for, such as certificates, stays as it is.
func (s Settings) At(address string) (Settings, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch {
	case scheme == "amqp" || scheme == "amqps":
		s.Type, s.URL = "amqp", address
	case scheme == "kafka" && strings.HasPrefix(rest, "//"):
		s.Type, s.Kafka.URLs = "kafka", strings.Split(rest[2:], ",")
	case scheme == "inproc" && rest != "":
		s.Type, s.Directory = "inproc", rest
	default:
		return Settings{}, fmt.Errorf("%q is no address of a message broker: say amqp://…, kafka://… or inproc:DIRECTORY",
			scheme)
	}
	return s, nil
}

// Address says which broker it is, without secrets.
func (s Settings) Address() string {
	switch s.Type {
	case "inproc":
		return "inproc:" + s.Directory
	case "kafka":
		return "kafka://" + strings.Join(s.Kafka.URLs, ",")
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return s.Type
	}
	u.User = nil
	return u.String()
}

// Broker is a connection to a message broker; Close ends both of its sides.
type Broker interface {
	msgqueue.EventEmitter
	msgqueue.EventListener
}

func brokers() map[string]func(Settings) (Broker, error) {
	return map[string]func(Settings) (Broker, error){
		"amqp": func(s Settings) (Broker, error) {
			return amqp.Open(amqp.Config{
				URL: s.URL, CAFile: s.CAFile, CertFile: s.CertFile, KeyFile: s.KeyFile,
				Subscriptions: s.Subscriptions, Logger: s.Logger, Registerer: s.Registerer,
			})
		},
		"kafka": func(s Settings) (Broker, error) {
			c := s.Kafka
			c.Subscriptions, c.Logger, c.Registerer = s.Subscriptions, s.Logger, s.Registerer
			return kafka.Open(c)
		},
		"inproc": func(s Settings) (Broker, error) {
			return inproc.Open(s.Directory, inproc.Options{Groups: slices.Collect(maps.Keys(s.Subscriptions))})
		},
		"sqs": func(s Settings) (Broker, error) {
			c := s.SQS
			c.Subscriptions, c.Logger, c.Registerer = s.Subscriptions, s.Logger, s.Registerer
			return sqs.Open(c)
		},
	}
}

// Types lists the known types, sorted.
func Types() []string { return slices.Sorted(maps.Keys(brokers())) }

// Open opens a broker. An unknown type is an error that lists the known ones.
func Open(s Settings) (Broker, error) {
	open, known := brokers()[s.Type]
	if !known {
		return nil, fmt.Errorf("unknown message broker type %q; known: %s", s.Type, strings.Join(Types(), ", "))
	}
	b, err := open(s)
	if err != nil {
		return nil, fmt.Errorf("opening the message broker %s: %w", s.Type, err)
	}
	return b, nil
}

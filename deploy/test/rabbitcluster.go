package backends

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/streadway/amqp"
)

const (
	rabbitImage = "rabbitmq:4.2-management-alpine"
	// clusterSize is how many nodes there are: the smallest cluster that goes on when one of them is away.
	clusterSize = 3
	// clusterPatience is how long a node may take to start and to find the others, on a machine that is busy.
	clusterPatience = 4 * time.Minute
)

// RabbitCluster is RabbitMQ on three nodes, each in a container, for one test.
type RabbitCluster struct {
	// URL is that of a balancer before the nodes, as a Service of Kubernetes is: each connection goes to one that can be
	// reached.
	URL string

	docker *Docker
	nodes  []clusterNode
}

// clusterNode is a node: its name in the cluster, its container, and where it listens.
type clusterNode struct{ name, container, address string }

// StartRabbitCluster starts the nodes and waits until all are one cluster.
func StartRabbitCluster(tb testing.TB) *RabbitCluster {
	tb.Helper()
	d := StartDocker(tb)
	d.Need(tb, rabbitImage)
	ports, err := freePorts(clusterSize)
	if err != nil {
		tb.Fatal(err)
	}
	c := &RabbitCluster{docker: d}
	network, cookie := d.Network(tb), rand.Text()
	for n, port := range ports {
		host := "r" + strconv.Itoa(n+1)
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		id := d.StartContainer(tb, "--network="+network, "--network-alias="+host, "--hostname="+host,
			"--publish="+address+":5672", "--env=RABBITMQ_ERLANG_COOKIE="+cookie, "--env=RABBITMQ_DEFAULT_USER=myevents",
			"--env=RABBITMQ_DEFAULT_PASS=secret", "--env=CLUSTER="+clusterConfiguration(), "--entrypoint=sh", rabbitImage,
			"-c", `echo "$CLUSTER" >/etc/rabbitmq/conf.d/20-cluster.conf; exec docker-entrypoint.sh rabbitmq-server`)
		c.nodes = append(c.nodes, clusterNode{name: "rabbit@" + host, container: id, address: address})
	}
	c.URL = "amqp://myevents:secret@" + c.balance(tb) + "/"
	for _, node := range c.nodes {
		c.waitFor(tb, node)
	}
	return c
}

// clusterConfiguration has the nodes find each other, and those that are left alone stop.
func clusterConfiguration() string {
	lines := []string{
		"cluster_formation.peer_discovery_backend = classic_config", "cluster_partition_handling = pause_minority",
	}
	for n := range clusterSize {
		lines = append(lines, fmt.Sprintf("cluster_formation.classic_config.nodes.%d = rabbit@r%[1]d", n+1))
	}
	return strings.Join(lines, "\n")
}

// waitFor waits until a node takes connections, and knows all others.
func (c *RabbitCluster) waitFor(tb testing.TB, node clusterNode) {
	tb.Helper()
	c.eventually(tb, node.name+" is one of the cluster", func() error {
		connection, err := amqp.Dial("amqp://myevents:secret@" + node.address + "/")
		if err != nil {
			return err
		}
		_ = connection.Close() // it was only to see
		status, err := c.control(tb, node, "cluster_status", "--formatter=json")
		if err != nil {
			return err
		}
		var found struct {
			Running []string `json:"running_nodes"`
		}
		if err := json.Unmarshal([]byte(status), &found); err != nil {
			return err
		}
		if len(found.Running) != clusterSize {
			return fmt.Errorf("only %v run", found.Running)
		}
		return nil
	})
}

// Replicas waits until a queue has a replica on every node, and all of them are there.
func (c *RabbitCluster) Replicas(tb testing.TB, queue string) {
	tb.Helper()
	c.eventually(tb, queue+" has three replicas", func() error {
		q, err := c.find(tb, queue)
		if err == nil && (len(q.Members) != clusterSize || len(q.Online) != clusterSize) {
			err = fmt.Errorf("it has %+v", q)
		}
		return err
	})
}

// Leader is the node that leads a queue; it waits until there is one that runs.
func (c *RabbitCluster) Leader(tb testing.TB, queue string) (node string) {
	tb.Helper()
	c.eventually(tb, queue+" has a leader", func() error {
		q, err := c.find(tb, queue)
		if err == nil && !slices.Contains(q.Online, q.Leader) {
			err = fmt.Errorf("it has %+v", q)
		}
		node = q.Leader
		return err
	})
	return node
}

// rabbitQueue is what the cluster says of a queue: the nodes that have a replica, those whose one is there, and whose one
// leads.
type rabbitQueue struct {
	Name, Leader    string
	Members, Online []string
}

// find asks the nodes for a queue, until one answers.
func (c *RabbitCluster) find(tb testing.TB, name string) (q rabbitQueue, err error) {
	tb.Helper()
	var listed string
	for _, node := range c.nodes {
		listed, err = c.control(tb, node, "list_queues", "name", "leader", "members", "online", "--formatter=json")
		if err == nil {
			break
		}
	}
	var all []rabbitQueue
	if err == nil {
		err = json.Unmarshal([]byte(listed), &all)
	}
	for _, q := range all {
		if q.Name == name {
			return q, err
		}
	}
	return q, fmt.Errorf("%s is not there: %w", name, err)
}

// Settle has all nodes bring their tables to the disk: see RabbitMQ.Settle.
func (c *RabbitCluster) Settle(tb testing.TB) {
	tb.Helper()
	for _, node := range c.nodes {
		_, err := c.control(tb, node, "eval", "catch mnesia:sync_log(), [catch dets:sync(T) || T <- dets:all()], ok.")
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// Kill kills a node without any notice.
func (c *RabbitCluster) Kill(tb testing.TB, name string) {
	tb.Helper()
	c.docker.Run(tb, "kill", "--signal=KILL", c.node(tb, name).container)
}

// Restart starts a node after Kill, with what it had, and waits until it is one of the cluster again.
func (c *RabbitCluster) Restart(tb testing.TB, name string) {
	tb.Helper()
	node := c.node(tb, name)
	c.docker.Run(tb, "start", node.container)
	c.waitFor(tb, node)
}

func (c *RabbitCluster) node(tb testing.TB, name string) clusterNode {
	tb.Helper()
	for _, node := range c.nodes {
		if node.name == name {
			return node
		}
	}
	tb.Fatalf("there is no node %q", name)
	return clusterNode{}
}

// control runs rabbitmqctl on a node.
func (c *RabbitCluster) control(tb testing.TB, node clusterNode, arguments ...string) (string, error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), dockerPatience)
	defer cancel()
	return c.docker.Do(ctx, append([]string{"exec", node.container, "rabbitmqctl", "--quiet"}, arguments...)...)
}

func (c *RabbitCluster) eventually(tb testing.TB, what string, try func() error) {
	tb.Helper()
	for end := time.Now().Add(clusterPatience); ; time.Sleep(time.Second) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			tb.Fatalf("in vain waited until %s: %v", what, err)
		}
	}
}

// balance listens for connections, and passes each on to a node that takes it, the next one in turn.
func (c *RabbitCluster) balance(tb testing.TB) (address string) {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() }) // the connections end with the nodes
	go func() {
		for next := 0; ; next++ {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(client, next)
		}
	}()
	return l.Addr().String()
}

// pass connects a client with a node, until either side ends.
func (c *RabbitCluster) pass(client net.Conn, first int) {
	defer client.Close() //nolint:errcheck // the other side has ended
	for n := range c.nodes {
		server, err := net.DialTimeout("tcp", c.nodes[(first+n)%len(c.nodes)].address, time.Second)
		if err != nil {
			continue
		}
		var both sync.WaitGroup
		both.Go(func() {
			_, _ = io.Copy(client, server) // until either side ends
			_ = client.Close()
		})
		_, _ = io.Copy(server, client)
		_ = server.Close()
		both.Wait()
		return
	}
}

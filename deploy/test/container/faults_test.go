package container

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"myevents/deploy/test/crowd"
)

// selling are the containers that a booking passes; all others may be away without a customer noticing.
var selling = []string{"frontend", "bookings", "bookings-db"}

// restartAll stops every container as an operator does, and starts it again. Seats are sold on meanwhile, unless it is
// one of those that sell.
func (s *system) restartAll(t *testing.T, c *crowd.Crowd) {
	t.Helper()
	for _, service := range s.services(t) {
		container := s.containers(t, service)[0]
		before := s.state(t, container)
		s.run(t, "stop", service)
		if ended := s.state(t, container); ended.ExitCode == 137 {
			t.Errorf("%s did not end in time when it was asked to", service)
		}
		if !slices.Contains(selling, service) {
			sells(t, c, "without "+service)
		}
		s.run(t, "start", service)
		s.healthySince(t, container, before)
		sells(t, c, "after the restart of "+service)
	}
}

// sells waits until more seats are sold.
func sells(t *testing.T, c *crowd.Crowd, when string) {
	t.Helper()
	before := c.Acknowledged()
	eventually(t, "seats are sold "+when, func() error {
		if now := c.Acknowledged(); now <= before+5 {
			return fmt.Errorf("%d bookings, %d before", now, before)
		}
		return nil
	})
}

// killAll has every container's process die without notice. Nobody starts it again but the engine.
func (s *system) killAll(t *testing.T, c *crowd.Crowd) {
	t.Helper()
	for _, service := range s.services(t) {
		container := s.containers(t, service)[0]
		before := s.state(t, container)
		s.killProcess(t, before.Pid)
		s.healthySince(t, container, before)
		sells(t, c, "after the death of "+service)
	}
}

// killProcess kills a process of the engine's machine, from a container that sees it: docker kill would mean to the
// engine that the container is not to be started again.
func (s *system) killProcess(t *testing.T, pid int) {
	t.Helper()
	if pid == 0 {
		t.Fatal("it does not run")
	}
	s.docker.Run(t, "run", "--rm", "--pid", "host", "--user", "root", "--entrypoint", "bash", mongo,
		"-c", "kill -9 "+strconv.Itoa(pid))
}

// cutOff takes both services from the network on which the broker is: nothing answers any more, and nothing is closed.
func (s *system) cutOff(t *testing.T, o *organiser, c *crowd.Crowd) {
	t.Helper()
	containers := s.containers(t, "events", "bookings")
	for _, container := range containers {
		s.docker.Run(t, "network", "disconnect", project+"_messaging", container)
	}
	e := o.announce(t, "Made-while-cut-off", 10)
	sells(t, c, "without a broker")
	time.Sleep(20 * time.Second) // longer than any single try of theirs
	sells(t, c, "long without a broker")
	for _, container := range containers {
		s.docker.Run(t, "network", "connect", project+"_messaging", container)
	}
	o.await(t, e)
}

// roll has two of each service, and restarts one after the other. The event service is read all the while, and always answers.
func (s *system) roll(t *testing.T, o *organiser, c *crowd.Crowd) {
	t.Helper()
	s.replicas(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var asked, failed int
	var asking sync.WaitGroup
	asking.Go(func() { asked, failed = browse(ctx, o) })
	for _, container := range s.containers(t, "events", "bookings") {
		before := s.state(t, container)
		s.docker.Run(t, "restart", "-t", "25", container)
		s.healthySince(t, container, before)
		time.Sleep(6 * time.Second) // until the gateway has asked for its address again
		sells(t, c, "after a replica's restart")
	}
	stop()
	asking.Wait()
	t.Logf("of %d lists %d were not answered", asked, failed)
	if asked == 0 || failed > 0 {
		t.Errorf("of %d lists %d were not answered", asked, failed)
	}
}

// browse asks for the list of events again and again, and counts.
func browse(ctx context.Context, o *organiser) (asked, failed int) {
	for ctx.Err() == nil {
		status, err := o.Do(ctx, http.MethodGet, o.api+"/events", nil, nil, "")
		if ctx.Err() != nil {
			break
		}
		asked++
		if err != nil || status != http.StatusOK {
			failed++
		}
		time.Sleep(50 * time.Millisecond)
	}
	return asked, failed
}

// checkKafka chooses the other broker as .env.example says, and has an event reach the booking service while RabbitMQ
// is away.
func (s *system) checkKafka(t *testing.T) {
	t.Helper()
	s.env = append(s.env, "COMPOSE_PROFILES=kafka", "MESSAGE_BROKER_TYPE=kafka")
	s.docker.Need(t, s.images(t)...)
	s.run(t, "up", "--detach", "--no-build", "--wait")
	s.run(t, "stop", "rabbitmq")
	checkSoldOut(t, s.admin(t), "On-Kafka")
}

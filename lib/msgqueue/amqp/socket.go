package amqp

import (
	"net"
	"sync"
	"time"
)

// writeTimeout bounds every write: under connection.blocked the broker stops reading, and the library waits for ever.
const writeTimeout = 5 * time.Second

// maxHeld is how much is held back at most, in bytes.
const maxHeld = 64 << 10

// socket is a connection on which no write takes for ever. What is written while it is held goes out in one piece:
// the library writes a message in three.
type socket struct {
	net.Conn

	mu   sync.Mutex
	held bool
	wait []byte
}

// Write implements net.Conn.
func (s *socket) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held && len(s.wait)+len(b) <= maxHeld {
		s.wait = append(s.wait, b...)
		return len(b), nil
	}
	if err := s.flush(); err != nil {
		return 0, err
	}
	return s.write(b)
}

// hold holds back what is written from now on.
func (s *socket) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = true
}

// release lets go what was held back, and does not hold any more. After an error the connection is of no use.
func (s *socket) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = false
	return s.flush()
}

func (s *socket) flush() error {
	if len(s.wait) == 0 {
		return nil
	}
	_, err := s.write(s.wait)
	s.wait = s.wait[:0]
	return err
}

func (s *socket) write(b []byte) (int, error) {
	if err := s.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return s.Conn.Write(b)
}

package gateway

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"
)

// names is a name server (RFC 1035) by which all names have the same addresses: none at first.
type names struct {
	address string
	mu      sync.Mutex
	hosts   []string
}

func startNames(t *testing.T) *names {
	t.Helper()
	c, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	n := &names{address: c.LocalAddr().String()}
	go n.serve(c)
	return n
}

// set has all names lead to these IPv4 addresses.
func (n *names) set(hosts ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts = hosts
}

func (n *names) serve(c net.PacketConn) {
	for {
		buffer := make([]byte, 512)
		length, client, err := c.ReadFrom(buffer)
		if err != nil {
			return // the test is over
		}
		_, _ = c.WriteTo(n.answer(buffer[:length]), client) // who does not get it asks again
	}
}

const (
	headerLength   = 12
	questionTail   = 5 // the end of the name, the type, the class
	typeA          = 1
	classInternet  = 1
	lifetime       = 600 // seconds, as Docker's name server has it
	noSuchName     = 3
	response       = 0x8180 // with recursion desired and available
	nameOfQuestion = 0xc000 | headerLength
)

// answer is what is said to a query of one question.
func (n *names) answer(query []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	end := headerLength
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += questionTail
	hosts, flags := n.hosts, uint16(response)
	if len(hosts) == 0 {
		flags |= noSuchName
	}
	if binary.BigEndian.Uint16(query[end-4:]) != typeA {
		hosts = nil
	}
	b := binary.BigEndian.AppendUint16(query[:2:2], flags)
	for _, count := range []int{1, len(hosts), 0, 0} {
		b = binary.BigEndian.AppendUint16(b, uint16(count))
	}
	b = append(b, query[headerLength:end]...)
	for _, host := range hosts {
		b = binary.BigEndian.AppendUint16(b, nameOfQuestion)
		b = append(b, 0, typeA, 0, classInternet)
		b = binary.BigEndian.AppendUint32(b, lifetime)
		b = append(b, 0, net.IPv4len)
		b = append(b, net.ParseIP(host).To4()...)
	}
	return b
}

package backends

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestDocker has a container be reached from another one on their own network, and from here.
func TestDocker(t *testing.T) {
	const image = "debian:bookworm-slim"
	d := StartDocker(t)
	d.Need(t, image)
	network := d.Network(t)
	server := d.StartContainer(t, "--network="+network, "--network-alias=server", "--publish=127.0.0.1::8000", image,
		"perl", "-MIO::Socket::INET", "-e", `$server = IO::Socket::INET->new(LocalPort => 8000, Listen => 5) or die;
		while ($c = $server->accept) { print $c "hello"; close $c }`)
	client := d.StartContainer(t, "--network="+network, image, "bash", "-c",
		"until cat </dev/tcp/server/8000; do sleep .1; done 2>/dev/null")
	if status := d.Run(t, "wait", client); status != "0" {
		t.Errorf("the other container ended with %s", status)
	}
	if got := d.Run(t, "logs", client); got != "hello" {
		t.Errorf("the other container heard %q", got)
	}
	c, err := net.DialTimeout("tcp", d.Run(t, "port", server, "8000"), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it has done what it was for
	if got, err := io.ReadAll(c); err != nil || string(got) != "hello" {
		t.Errorf("here we heard %q (%v)", got, err)
	}
}

package rest

import (
	"net"
	"net/http"
)

// ClientAddress is the network address that a request comes from, without the port.
func ClientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

package rest

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are those in front of the service, and how they tell whose requests they pass on.
type Proxies struct {
	// Trusted are their networks.
	Trusted []netip.Prefix
	// Header is the name of the field to whose end each proxy adds the address of its own peer. It is believed only as
	// far as trusted proxies wrote it.
	Header string
}

// ClientAddress names what counts as one client by the address that a request comes from: that of the peer or, behind
// trusted proxies, the last one in their header that is not a trusted proxy's. Of IPv6 it is the network that one
// subscriber has.
func ClientAddress(r *http.Request) string {
	network := clientSite(r)
	if network.IsSingleIP() {
		return network.Addr().String()
	}
	return network.String()
}

func clientSite(r *http.Request) netip.Prefix { return site(recorderOf(r).proxies.client(r)) }

// client is invalid where the peer has no IP address.
func (p Proxies) client(r *http.Request) netip.Addr {
	client := parseAddress(r.RemoteAddr)
	if !p.trusts(client) {
		return client
	}
	chain := strings.Split(strings.Join(r.Header.Values(p.Header), ","), ",")
	for _, text := range slices.Backward(chain) {
		next := parseAddress(strings.TrimSpace(text))
		if !next.IsValid() {
			return client // what the proxy closest to it wrote is no address: it is all that is known
		}
		client = next
		if !p.trusts(client) {
			break
		}
	}
	return client
}

func (p Proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p.Trusted, func(network netip.Prefix) bool { return network.Contains(a) })
}

// parseAddress reads an address, with a port or without.
func parseAddress(text string) netip.Addr {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone("")
	}
	alone, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return alone.Unmap().WithZone("")
}

// site is what limits count as one client: an IPv4 address, or the network of IPv6 addresses that one subscriber has.
func site(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	network, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address: all of these count as one
	}
	return network
}

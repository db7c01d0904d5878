package rest

import (
	"net/http"
	"net/netip"
	"slices"
	"time"

	"myevents/lib/persistence"
)

// guard is what stands before all routes: limits by address and user, and the protection from other sites' requests.
type guard struct {
	addresses *Limiter[netip.Prefix]
	users     *Limiter[persistence.ID]
	streams   *gate[netip.Prefix]
	crossSite *http.CrossOriginProtection // nil where it is off
}

// newGuard makes the guard. In the open mode it lets everything pass.
func newGuard(o Options) *guard {
	if o.Open {
		return &guard{streams: newGate[netip.Prefix](0)}
	}
	g := &guard{
		addresses: NewLimiter[netip.Prefix](o.Limits.PerAddress, time.Second),
		users:     NewLimiter[persistence.ID](o.Limits.PerUser, time.Second),
		streams:   newGate[netip.Prefix](o.Limits.Streams),
		crossSite: http.NewCrossOriginProtection(),
	}
	for _, origin := range append(slices.Clone(o.Origins), o.PublicURL) {
		if origin == "" {
			continue
		}
		if err := g.crossSite.AddTrustedOrigin(origin); err != nil {
			panic(err) // the settings were checked
		}
	}
	return g
}

// check is for every request. The errors are 429, and 403 for one that a page of another site has the browser make,
// with the visitor's cookies, though it could change something.
func (g *guard) check(r *http.Request) error {
	if g.addresses != nil {
		if err := g.addresses.Take(clientSite(r)); err != nil {
			return err
		}
	}
	if g.crossSite == nil {
		return nil
	}
	if err := g.crossSite.Check(r); err != nil {
		return &Error{Status: http.StatusForbidden, Detail: "a page of another site may not do this", Cause: err}
	}
	return nil
}

package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Resolver looks names up; a *net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Resolve answers with the target's hosts and options as the DNS has them at the moment, where it is a mongodb+srv one.
// Any other is answered as it is.
func (t *Target) Resolve(ctx context.Context, r Resolver) (*Target, error) {
	if t.Service == "" {
		return t, nil
	}
	_, records, err := r.LookupSRV(ctx, "mongodb", "tcp", t.Service)
	if err != nil {
		return nil, err
	}
	resolved := *t
	resolved.Service, resolved.Hosts, resolved.options = "", nil, maps.Clone(t.options)
	_, domain, _ := strings.Cut(t.Service, ".")
	for _, record := range records {
		host := strings.TrimSuffix(record.Target, ".")
		if !strings.HasSuffix(host, "."+domain) { // somebody else's answer must not lead us elsewhere
			return nil, fmt.Errorf("%w: %s lists the host %s of another domain", ErrBadURL, t.Service, host)
		}
		resolved.Hosts = append(resolved.Hosts, net.JoinHostPort(host, strconv.Itoa(int(record.Port))))
	}
	if len(resolved.Hosts) == 0 {
		return nil, fmt.Errorf("%w: %s lists no host", ErrBadURL, t.Service)
	}
	if err := resolved.addTexts(ctx, r, t.Service); err != nil {
		return nil, err
	}
	return &resolved, nil
}

// addTexts adds the options that the DNS may have; those of the connection string go before them.
func (t *Target) addTexts(ctx context.Context, r Resolver, service string) error {
	texts, err := r.LookupTXT(ctx, service)
	if err != nil && !isNotFound(err) {
		return err
	}
	if len(texts) > 1 {
		return fmt.Errorf("%w: %s has more than one text record", ErrBadURL, service)
	}
	allowed := func(option string) bool {
		return slices.Contains([]string{"authsource", "replicaset"}, option)
	}
	if err := t.addOptions(strings.Join(texts, ""), allowed); err != nil {
		return fmt.Errorf("%w: the text record of %s: %w", ErrBadURL, service, err)
	}
	return t.apply()
}

func isNotFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

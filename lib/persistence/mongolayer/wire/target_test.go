package wire

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParse(t *testing.T) {
	for url, want := range map[string]Target{
		"mongodb://127.0.0.1":     {Hosts: []string{"127.0.0.1:27017"}},
		"localhost":               {Hosts: []string{"localhost:27017"}},
		"mongodb://a:1,b,[::1]:2": {Hosts: []string{"a:1", "b:27017", "[::1]:2"}},
		"mongodb://[::1]/events":  {Hosts: []string{"[::1]:27017"}, Database: "events"},
		"mongodb://u:p%40ss@h/?authSource=admin&replicaSet=rs0&w=1&retryWrites=true": {
			Hosts: []string{"h:27017"}, Username: "u", Password: "p@ss", AuthSource: "admin", ReplicaSet: "rs0",
		},
		"mongodb://h/db?directConnection=true&maxPoolSize=5&authMechanism=SCRAM-SHA-1": {
			Hosts: []string{"h:27017"}, Database: "db", Direct: true, PoolLimit: 5, Mechanism: "SCRAM-SHA-1",
		},
		"mongodb://h?connect=direct;AUTHSOURCE=a":  {Hosts: []string{"h:27017"}, Direct: true, AuthSource: "a"},
		"mongodb+srv://db.example.org/x?tls=false": {Service: "db.example.org", Database: "x"},
	} {
		got, err := Parse(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if diff := cmp.Diff(&want, got, cmpopts.IgnoreUnexported(Target{})); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", url, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, url := range []string{
		"http://h", "mongodb://", "mongodb://h:0", "mongodb://h:70000", "mongodb://h:a", "mongodb://:1", "mongodb://a,,b",
		"mongodb://%2Ftmp%2Fmongodb.sock", "mongodb://:p@h", "mongodb://u:a:b@h", "mongodb://u:%zz@h", "mongodb://h/a.b",
		"mongodb://h/?safe=true", "mongodb://h/?tls=maybe", "mongodb://h/?maxPoolSize=0", "mongodb://h/?maxPoolSize=9999",
		"mongodb://h/?authMechanism=SCRAM-SHA-256", "mongodb://h/?w", "mongodb://h/?tls=true&tlsCAFile=/none.pem",
		"mongodb://h/?tls=true&tlsCertificateKeyFile=/none.pem", "mongodb+srv://localhost", "mongodb+srv://db.example.org:1",
	} {
		if _, err := Parse(url); !errors.Is(err, ErrBadURL) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := Parse("mongodb://h/?tls=true&tlsCAFile=" + filepath.Join("testdata", "none")); !errors.Is(err, ErrBadURL) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestTLSIsOnWithSRV(t *testing.T) {
	for url, want := range map[string]bool{
		"mongodb://h": false, "mongodb://h/?tls=true": true, "mongodb://h/?ssl=true": true,
		"mongodb+srv://db.example.org": true, "mongodb+srv://db.example.org/?ssl=false": false,
	} {
		target, err := Parse(url)
		if err != nil {
			t.Fatal(err)
		}
		if got := target.TLS != nil; got != want {
			t.Errorf("%s: TLS is %v", url, got)
		}
	}
}

// records are a DNS.
type records struct {
	hosts []string
	texts []string
	err   error
}

// LookupSRV implements Resolver.
func (r records) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if service != "mongodb" || proto != "tcp" || name != "db.example.org" {
		return "", nil, &net.DNSError{IsNotFound: true}
	}
	found := make([]*net.SRV, len(r.hosts))
	for n, host := range r.hosts {
		found[n] = &net.SRV{Target: host, Port: uint16(27017 + n)}
	}
	return "", found, r.err
}

// LookupTXT implements Resolver.
func (r records) LookupTXT(context.Context, string) ([]string, error) {
	if len(r.texts) == 0 {
		return nil, &net.DNSError{IsNotFound: true}
	}
	return r.texts, nil
}

func TestResolve(t *testing.T) {
	target, err := Parse("mongodb+srv://u:p@db.example.org/x?authSource=mine")
	if err != nil {
		t.Fatal(err)
	}
	dns := records{
		hosts: []string{"a.example.org.", "b.example.org."}, texts: []string{"authSource=theirs&replicaSet=rs0"},
	}
	got, err := target.Resolve(t.Context(), dns)
	if err != nil {
		t.Fatal(err)
	}
	want := &Target{
		Hosts: []string{"a.example.org:27017", "b.example.org:27018"}, Database: "x", Username: "u", Password: "p",
		AuthSource: "mine", ReplicaSet: "rs0", TLS: got.TLS,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Target{}), cmpopts.IgnoreFields(Target{}, "TLS")); diff != "" {
		t.Errorf("it is resolved differently (-want +got):\n%s", diff)
	}
	if got.TLS == nil {
		t.Error("TLS is off")
	}
	dns.texts = nil
	if _, err := target.Resolve(t.Context(), dns); err != nil {
		t.Errorf("without a text record: %v", err)
	}
}

func TestResolveRefuses(t *testing.T) {
	target, err := Parse("mongodb+srv://db.example.org")
	if err != nil {
		t.Fatal(err)
	}
	away := errors.New("no answer")
	for name, test := range map[string]struct {
		dns  records
		want error
	}{
		"another domain":  {records{hosts: []string{"a.example.com."}}, ErrBadURL},
		"a longer domain": {records{hosts: []string{"aexample.org."}}, ErrBadURL},
		"no host":         {records{}, ErrBadURL},
		"two texts":       {records{hosts: []string{"a.example.org."}, texts: []string{"a", "b"}}, ErrBadURL},
		"another option":  {records{hosts: []string{"a.example.org."}, texts: []string{"tls=false"}}, ErrBadURL},
		"no answer":       {records{err: away}, away},
	} {
		if _, err := target.Resolve(t.Context(), test.dns); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

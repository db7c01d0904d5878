package resttest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"myevents/lib/auth"
	"myevents/lib/rest"
)

// CheckRoutes holds an API's routes against its document: each is in the other, needs the same, and the document says
// what those are answered who lack it.
func CheckRoutes(t *testing.T, routes []rest.Route, document []byte) {
	t.Helper()
	for _, fault := range differences(t, routes, document) {
		t.Error(fault)
	}
}

func differences(t *testing.T, routes []rest.Route, document []byte) []string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	var faults []string
	described := make(map[string]bool)
	for _, r := range routes {
		name := r.Method + " " + r.Template
		described[name] = true
		path := doc.Paths.Value(r.Template)
		if path == nil || path.GetOperation(r.Method) == nil {
			faults = append(faults, name+" is not in the document")
			continue
		}
		for _, fault := range lacks(r, path.GetOperation(r.Method)) {
			faults = append(faults, name+": "+fault)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if name := method + " " + path; !described[name] {
				faults = append(faults, name+" is in the document only")
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// lacks says in what a route's operation is not as the route is.
func lacks(r rest.Route, o *openapi3.Operation) []string {
	var faults []string
	if got := fmt.Sprint(o.Extensions["x-needs"]); got != string(r.Needs) {
		faults = append(faults, fmt.Sprintf("needs %s, but the document says %s", r.Needs, got))
	}
	if want, got := schemes(r.Needs), securityOf(o); want != "" && got != want {
		faults = append(faults, fmt.Sprintf("the document has the security %q, not %q", got, want))
	}
	for _, status := range refusals(r) {
		if o.Responses.Status(status) == nil {
			faults = append(faults, fmt.Sprintf("the document has no %d", status))
		}
	}
	return faults
}

// refusals are the statuses with which a route may be refused before its handler is called.
func refusals(r rest.Route) []int {
	statuses := []int{http.StatusTooManyRequests}
	if r.Needs != auth.Public {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusServiceUnavailable)
	}
	everybody := r.Needs == auth.Public || r.Needs == auth.Anyone || r.Needs == auth.Session
	if !everybody || r.Method != http.MethodGet { // which other sites may not do
		statuses = append(statuses, http.StatusForbidden)
	}
	return statuses
}

// schemes are the ways to show who one is that a need leads to, "" for any: what is public may have one of its own.
func schemes(n auth.Need) string {
	switch n {
	case auth.Public:
		return ""
	case auth.Anyone:
		return "cookie, token, "
	default:
		return "cookie, token"
	}
}

func securityOf(o *openapi3.Operation) string {
	if o.Security == nil {
		return "none"
	}
	var ways []string
	for _, requirement := range *o.Security {
		for name := range requirement {
			ways = append(ways, name)
		}
		if len(requirement) == 0 {
			ways = append(ways, "")
		}
	}
	return strings.Join(ways, ", ")
}

package resttest

import (
	"slices"
	"strings"
	"testing"

	"myevents/lib/auth"
	"myevents/lib/rest"
)

const needing = `{
  "openapi": "3.0.3", "info": {"title": "A test's API", "version": "1"},
  "paths": {
    "/things": {
      "get": {"x-needs": "public", "responses": {"429": {"description": ""}}},
      "post": {"x-needs": "organiser", "security": [{"cookie": []}, {"token": []}], "responses":
        {"401": {"description": ""}, "403": {"description": ""}, "429": {"description": ""}, "503": {"description": ""}}}
    },
    "/mine": {"get": {"x-needs": "session", "security": [{"cookie": []}, {"token": []}],
      "responses": {"401": {"description": ""}, "429": {"description": ""}, "503": {"description": ""}}}}
  },
  "components": {"securitySchemes": {"cookie": {"type": "apiKey", "in": "cookie", "name": "c"},
    "token": {"type": "http", "scheme": "bearer"}}}
}`

// TestFindsDifferences shows that a route and its description cannot drift apart.
func TestFindsDifferences(t *testing.T) {
	route := func(method, template string, needs auth.Need) rest.Route {
		return rest.Route{Method: method, Template: template, Needs: needs}
	}
	right := []rest.Route{
		route("GET", "/things", auth.Public), route("POST", "/things", auth.Organiser), route("GET", "/mine", auth.Session),
	}
	changed := func(n int, r rest.Route) []rest.Route {
		routes := slices.Clone(right)
		routes[n] = r
		return routes
	}
	for name, c := range map[string]struct {
		routes []rest.Route
		want   string // part of a fault, "" for none at all
	}{
		"as described":         {right, ""},
		"a route more":         {append(slices.Clone(right), route("PUT", "/things", "")), "PUT /things is not in the document"},
		"a route less":         {right[1:], "GET /things is in the document only"},
		"needs more":           {changed(0, route("GET", "/things", auth.Session)), "the document says public"},
		"which is not said":    {changed(0, route("GET", "/things", auth.Session)), "the document has no 401"},
		"without a way to say": {changed(0, route("GET", "/things", auth.Session)), `the security "none"`},
		"needs less":           {changed(1, route("POST", "/things", auth.Public)), "the document says organiser"},
		"nobody may come":      {changed(2, route("GET", "/mine", auth.Anyone)), `not "cookie, token, "`},
		"needs a role":         {changed(2, route("GET", "/mine", auth.Account)), "the document has no 403"},
	} {
		faults := strings.Join(differences(t, c.routes, []byte(needing)), "\n")
		if c.want == "" && faults != "" || !strings.Contains(faults, c.want) {
			t.Errorf("%s: it finds %q", name, faults)
		}
	}
}

package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"myevents/lib/auth"
	"myevents/lib/persistence"
	"myevents/lib/rest"
)

// byHeader knows callers by a header: a guest, a customer, an organiser, an admin, somebody whose token is not valid.
func byHeader(r *http.Request) (c auth.Caller, known bool, err error) {
	who := r.Header.Get("X-Test")
	c = auth.Caller{ID: persistence.ID{1}, Guest: who == "guest", Organiser: who == "organiser", Admin: who == "admin"}
	switch who {
	case "":
		return auth.Caller{}, false, nil
	case "bad":
		return auth.Caller{}, false, auth.ErrToken
	case "away":
		return auth.Caller{}, false, auth.ErrNoKeys
	}
	return c, true, nil
}

// TestRoutesAdmit has handlers called for those who have what is needed, told who calls, and for nobody else.
func TestRoutesAdmit(t *testing.T) {
	callers := []string{"", "bad", "away", "guest", "customer", "organiser", "admin"}
	for _, c := range []struct {
		open  bool
		needs auth.Need
		want  [7]int // by caller
	}{
		{false, auth.Public, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{false, auth.Anyone, [7]int{200, 401, 503, 200, 200, 200, 200}},
		{false, auth.Session, [7]int{401, 401, 503, 200, 200, 200, 200}},
		{false, auth.Account, [7]int{401, 401, 503, 403, 200, 200, 200}},
		{false, auth.Organiser, [7]int{401, 401, 503, 403, 403, 200, 200}},
		{false, auth.Admin, [7]int{401, 401, 503, 403, 403, 403, 200}},
		{true, auth.Anyone, [7]int{200, 401, 503, 200, 200, 200, 200}},
		{true, auth.Session, [7]int{401, 401, 503, 200, 200, 200, 200}},
		{true, auth.Organiser, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{true, auth.Admin, [7]int{401, 401, 503, 403, 403, 403, 200}}, // what one made of oneself would stay
	} {
		api, _ := newAPI(rest.Options{Open: c.open, Caller: byHeader})
		var called auth.Caller
		var known bool
		api.Handle("POST", "/", c.needs, func(_ http.ResponseWriter, r *http.Request) error {
			called, known = rest.Caller(r)
			return nil
		})
		for n, who := range callers {
			called, known = auth.Caller{}, false
			w := call(t, api, "POST", "/", "", "X-Test", who)
			if w.Code != c.want[n] {
				t.Errorf("open: %t, needs %s, caller %q: %d", c.open, c.needs, who, w.Code)
			}
			if w.Code == 200 && c.needs != auth.Public && who != "" && !c.open && (!known || called.Guest != (who == "guest")) {
				t.Errorf("needs %s, caller %q: the handler is told of %+v", c.needs, who, called)
			}
			if w.Code != 200 && (known || called != auth.Caller{}) {
				t.Errorf("needs %s, caller %q: the handler was called", c.needs, who)
			}
		}
	}
}

// TestCallerWithinTheProcess has requests of the program itself made by whom it says, which no client can.
func TestCallerWithinTheProcess(t *testing.T) {
	api, _ := newAPI(rest.Options{Caller: byHeader})
	api.Handle("POST", "/", auth.Admin, func(http.ResponseWriter, *http.Request) error { return nil })
	r := httptest.NewRequestWithContext(auth.WithCaller(t.Context(), auth.Everybody()), http.MethodPost, "/", http.NoBody)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("it is answered with %d", w.Code)
	}
	if w := call(t, api, "POST", "/", ""); w.Code != 401 {
		t.Errorf("another request is answered with %d", w.Code)
	}
}

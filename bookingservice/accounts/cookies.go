package accounts

import (
	"encoding/base64"
	"net/http"
	"strings"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// refreshCookie has the session's ID and its secret.
const refreshCookie = "myevents_refresh"

// cookies are what a browser is given with one answer.
type cookies struct {
	w      http.ResponseWriter
	secure bool
}

// cookies are Secure where the browser came by HTTPS, to the service itself or to a proxy in front of it.
func (a *Accounts) cookies(w http.ResponseWriter, r *http.Request) cookies {
	return cookies{w: w, secure: a.secure || r.TLS != nil}
}

func (c cookies) access(token string) { c.set(auth.Cookie, token, int(sessionLife.Seconds())) }

func (c cookies) refresh(session persistence.ID, secret []byte) {
	value := session.String() + "." + base64.RawURLEncoding.EncodeToString(secret)
	c.set(refreshCookie, value, int(sessionLife.Seconds()))
}

func (c cookies) clear() {
	c.set(auth.Cookie, "", -1)
	c.set(refreshCookie, "", -1)
}

// set gives the browser a cookie, the access token's too, for as long as the session lasts: a token that has run out
// must be seen, so that its owner is not taken for somebody new.
func (c cookies) set(name, value string, maxAge int) {
	http.SetCookie(c.w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure,
	})
}

// readRefresh reads the session's ID and its secret from a request.
func readRefresh(r *http.Request) (session persistence.ID, secret []byte, ok bool) {
	cookie, err := r.Cookie(refreshCookie)
	if err != nil {
		return session, nil, false
	}
	name, code, _ := strings.Cut(cookie.Value, ".")
	session, err = persistence.ParseID(name)
	if err != nil {
		return session, nil, false
	}
	secret, err = base64.RawURLEncoding.DecodeString(code)
	return session, secret, err == nil
}

package main

import (
	"strings"
	"testing"
)

// TestAdmin has the first start make an admin and show the password, which no later start shows or changes, until a new
// one is asked for.
func TestAdmin(t *testing.T) {
	t.Setenv("ADMIN_PASSWORD", "")
	data := t.TempDir()
	signIn := func(p *process, status int, password string) {
		t.Helper()
		var session struct{ User struct{ Roles []string } }
		newVisitor().want(t, status, "POST", p.gateway+"/api/sessions",
			map[string]string{"email": "Admin@LocalHost", "password": password}, &session)
		if status == 201 && !strings.Contains(strings.Join(session.User.Roles, " "), "admin") {
			t.Errorf("the admin's roles are %v", session.User.Roles)
		}
	}
	shown := func(p *process) string {
		t.Helper()
		_, password, ok := strings.Cut(p.admin, "password: ")
		if !ok || len(password) < 16 {
			t.Fatalf("the start says %q", p.admin)
		}
		return password
	}
	p := start(t, data, "-demo=false")
	first := shown(p)
	signIn(p, 201, first)
	p.stop(t)

	p = start(t, data, "-demo=false")
	if strings.Contains(p.admin, "password: ") || strings.Contains(p.admin, first) {
		t.Errorf("the second start says %q", p.admin)
	}
	signIn(p, 201, first)
	p.stop(t)

	p = start(t, data, "-demo=false", "-new-password")
	second := shown(p)
	signIn(p, 401, first)
	signIn(p, 201, second)
	p.stop(t)

	t.Setenv("ADMIN_PASSWORD", "as the operator likes it")
	p = start(t, data, "-demo=false", "-new-password")
	if strings.Contains(p.admin, "operator") {
		t.Errorf("the start shows what was configured: %q", p.admin)
	}
	signIn(p, 201, "as the operator likes it")
	p.stop(t)
}

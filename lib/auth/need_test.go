package auth_test

import (
	"errors"
	"testing"

	"myevents/lib/auth"
	"myevents/lib/persistence"
)

// TestNeeds has every need met by every kind of caller who has what it takes, and by nobody else.
func TestNeeds(t *testing.T) {
	nobody, guest, role := auth.ErrNobody, auth.ErrGuest, auth.ErrRole
	for need, want := range map[auth.Need][6]error{
		// nobody, guest, a guest whose token has roles, customer, organiser, admin
		auth.Public:    {nil, nil, nil, nil, nil, nil},
		auth.Anyone:    {nil, nil, nil, nil, nil, nil},
		auth.Session:   {nobody, nil, nil, nil, nil, nil},
		auth.Account:   {nobody, guest, guest, nil, nil, nil},
		auth.Organiser: {nobody, guest, guest, role, nil, nil},
		auth.Admin:     {nobody, guest, guest, role, role, nil},
		"misspelt":     {nobody, guest, guest, role, role, role},
	} {
		for n, c := range []auth.Caller{
			{}, {Guest: true}, {Guest: true, Organiser: true, Admin: true}, {}, {Organiser: true}, {Admin: true},
		} {
			if err := need.Admit(c, n > 0); !errors.Is(err, want[n]) {
				t.Errorf("%s, caller %d: got %v, want %v", need, n, err, want[n])
			}
		}
	}
}

func TestMayChange(t *testing.T) {
	mine, theirs, nobodys := persistence.ID{1}, persistence.ID{2}, persistence.ID{}
	for _, c := range []struct {
		caller auth.Caller
		owner  persistence.ID
		ok     bool
	}{
		{auth.Caller{ID: mine, Organiser: true}, mine, true},
		{auth.Caller{ID: mine, Organiser: true}, theirs, false},
		{auth.Caller{ID: mine, Organiser: true}, nobodys, false},
		{auth.Caller{Organiser: true}, nobodys, false},
		{auth.Caller{ID: mine}, mine, false},
		{auth.Caller{ID: mine, Admin: true}, theirs, true},
		{auth.Caller{ID: mine, Admin: true}, nobodys, true},
		{auth.Everybody(), theirs, true},
	} {
		if err := c.caller.MayChange(c.owner); (err == nil) != c.ok || err != nil && !errors.Is(err, auth.ErrNotYours) {
			t.Errorf("%+v, a document of %q: got %v", c.caller, c.owner, err)
		}
	}
}

package persistence

// User is an account. A deleted one stays as a document that has nothing but ID, Epoch and Version, so that its
// bookings go on having a user, and nobody else ever gets its ID.
type User struct {
	ID ID `json:"id"`
	// Email is the address as it was typed.
	Email string `json:"email,omitempty"`
	// EmailKey is the form of the address by which addresses are compared: no two users have the same. It is empty once
	// the account is deleted.
	EmailKey string `json:"email_key,omitempty"`
	Name     string `json:"name,omitempty"`
	// Password is the hash of the password, with all that it takes to check one.
	Password string   `json:"password,omitempty"`
	Roles    []string `json:"roles,omitempty"`
	// Created is when the account was made, in Unix seconds.
	Created int64 `json:"created,omitempty"`
	// Epoch counts what ends all sessions, such as a new password: one that has begun in another epoch is over. A new
	// account has 1.
	Epoch int64 `json:"epoch"`
	// Version counts the changes; a new account has 1.
	Version int64 `json:"version"`
}

// Deleted says whether the account was deleted.
func (u User) Deleted() bool { return u.EmailKey == "" }

// Erased is the next version of a user of whom nothing is known any more, and all of whose sessions have ended.
func (u User) Erased() User { return User{ID: u.ID, Epoch: u.Epoch + 1, Version: u.Version + 1} }

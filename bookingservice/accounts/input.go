package accounts

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths, in characters but for the address, whose bound in bytes is that of RFC 5321.
const (
	minPassword = 8
	maxPassword = 128
	maxName     = 100
	maxEmail    = 254
)

// InputError says what is wrong with the fields that a person filled in.
type InputError []FieldError

// FieldError says what is wrong with one field.
type FieldError struct{ Field, Message string }

// Error implements error.
func (e InputError) Error() string {
	parts := make([]string, len(e))
	for n, f := range e {
		parts[n] = f.Field + ": " + f.Message
	}
	return strings.Join(parts, "; ")
}

// input collects what is wrong.
type input struct{ faults InputError }

func (i *input) refuse(field, message string) {
	i.faults = append(i.faults, FieldError{Field: field, Message: message})
}

func (i *input) err() error {
	if len(i.faults) == 0 {
		return nil
	}
	return i.faults
}

// email takes an address, and gives it without what surrounds it.
func (i *input) email(email string) string {
	email = strings.TrimSpace(email)
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > maxEmail || !printable(email) {
		i.refuse("email", "must be an e-mail address, like anna@example.org")
	}
	return email
}

// emailKey is the form of an address by which addresses are compared: in any case they are the same.
func emailKey(email string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(email))) }

// name takes a name, and gives it without what surrounds it.
func (i *input) name(name string) string {
	name = strings.TrimSpace(norm.NFC.String(name))
	if name == "" || utf8.RuneCountInString(name) > maxName || !printable(name) {
		i.refuse("name", fmt.Sprintf("must have 1 to %d characters that can be printed", maxName))
	}
	return name
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

// password refuses one that is too short or too long, the most common ones, and the address itself. There are no rules
// of what it must consist of: NIST SP 800-63B.
func (i *input) password(field, password, email string) {
	normal := norm.NFC.String(password)
	n := utf8.RuneCountInString(normal)
	lower := strings.ToLower(normal)
	switch {
	case n < minPassword || n > maxPassword:
		i.refuse(field, fmt.Sprintf("must have %d to %d characters", minPassword, maxPassword))
	case slices.Contains(commonPasswords(), lower) || lower == emailKey(email):
		i.refuse(field, "is one that everybody tries first; please take another")
	}
}

// commonPasswords are those at the top of every list of stolen ones, of those that are long enough.
func commonPasswords() []string {
	return strings.Fields(`
		12345678 123456789 1234567890 12345678910 123123123 987654321 0987654321 11111111 00000000 88888888 1q2w3e4r
		1q2w3e4r5t 1qaz2wsx q1w2e3r4 qwertyui qwertyuiop qwerty123 qwerty12 asdfghjkl zxcvbnm1 abcd1234 abc12345 a1b2c3d4
		aa123456 password password1 password12 password123 passw0rd p@ssw0rd p@ssword pass1234 iloveyou iloveyou1 princess
		sunshine football baseball superman starwars trustno1 whatever welcome1 welcome123 letmein1 admin123 admin1234
		administrator changeme changeme1 computer internet liverpool michelle jennifer charlie1 myevents myevents1`)
}

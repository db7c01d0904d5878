package rest

import "net/http"

// Lengths of an Idempotency-Key: at least 128 bits of text, as a UUID has.
const (
	minKey = 22
	maxKey = 200
)

// IdempotencyKey reads the header of that name, "" where there is none. The error is 400 with the header's name. The
// key must not be logged.
func IdempotencyKey(r *http.Request) (string, error) {
	const header = "Idempotency-Key"
	key := r.Header.Get(header)
	if _, given := r.Header[header]; !given {
		return "", nil
	}
	if len(key) < minKey || len(key) > maxKey {
		return "", Malformed(header, "must have 22 to 200 characters, such as a UUID")
	}
	for _, c := range []byte(key) {
		if c < '!' || c > '~' {
			return "", Malformed(header, "must have visible ASCII characters only")
		}
	}
	return key, nil
}

package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// What a hash costs, as the OWASP Password Storage Cheat Sheet has it for Argon2id: memory in KiB, rounds, threads.
const (
	hashMemory  = 19456
	hashRounds  = 2
	hashThreads = 1
	hashSize    = 32 // bytes
	saltSize    = 16 // bytes
)

// hashWait is how long a password waits for its turn. It bounds how many wait, too.
const hashWait = 2 * time.Second

// ErrBusy means that too many passwords wait to be hashed.
var ErrBusy = errors.New("too many passwords at once")

// hasher hashes passwords: as many at once as there are processors, so that a burst takes time, and not memory.
type hasher struct{ slots chan struct{} }

func newHasher() *hasher { return &hasher{slots: make(chan struct{}, runtime.GOMAXPROCS(0))} }

// hash makes the hash of a password in the PHC string format. ErrBusy, or the context's end.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	p := phc{memory: hashMemory, rounds: hashRounds, threads: hashThreads, salt: salt}
	var err error
	p.hash, err = h.run(ctx, password, p)
	return p.String(), err
}

// check says whether the password is the one of a hash. An empty hash is that of nobody: it takes as long as any other,
// so that nobody can tell by the time whether there is an account.
func (h *hasher) check(ctx context.Context, password, hashed string) (bool, error) {
	p := phc{memory: hashMemory, rounds: hashRounds, threads: hashThreads, salt: make([]byte, saltSize)}
	if hashed != "" {
		var err error
		if p, err = parsePHC(hashed); err != nil {
			return false, err
		}
	}
	got, err := h.run(ctx, password, p)
	return err == nil && subtle.ConstantTimeCompare(got, p.hash) == 1, err
}

// run computes a hash when it is its turn.
func (h *hasher) run(ctx context.Context, password string, p phc) ([]byte, error) {
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-timer.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), p.salt, p.rounds, p.memory, p.threads, hashSize), nil
}

// phc is a hash with all that it takes to check a password:
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
type phc struct {
	memory, rounds uint32
	threads        uint8
	salt, hash     []byte
}

const phcFormat = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

// String gives the PHC string.
func (p phc) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(phcFormat, argon2.Version, p.memory, p.rounds, p.threads) + encode(p.salt) + "$" + encode(p.hash)
}

var errHash = errors.New("a stored password cannot be read")

func parsePHC(s string) (p phc, err error) {
	cut := strings.LastIndex(s, "$")
	salt := strings.LastIndex(s[:max(cut, 0)], "$") + 1
	var version int
	_, err = fmt.Sscanf(s[:salt], phcFormat, &version, &p.memory, &p.rounds, &p.threads)
	if err != nil || version != argon2.Version {
		return p, errHash
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(s[salt:cut]); err != nil {
		return p, errHash
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(s[cut+1:]); err != nil || len(p.hash) != hashSize {
		return p, errHash
	}
	return p, nil
}

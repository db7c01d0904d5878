package mongolayer_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"gopkg.in/mgo.v2/bson"

	"myevents/lib/persistence"
	"myevents/lib/persistence/mongolayer"
)

// scramServer is the server's side of SCRAM-SHA-1 (RFC 5802) for one connection.
type scramServer struct {
	first string // what the client and the server have said, but for the proof
	key   []byte
	done  bool
}

const (
	scramSalt  = "0123456789abcdef"
	scramTimes = 10000
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha1.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func newScram(user, password, clientFirst string) (*scramServer, string) {
	digest := md5.Sum([]byte(user + ":mongo:" + password))
	key, err := pbkdf2.Key(sha1.New, hex.EncodeToString(digest[:]), []byte(scramSalt), scramTimes, sha1.Size)
	if err != nil {
		panic(err)
	}
	bare := strings.TrimPrefix(clientFirst, "n,,")
	_, nonce, _ := strings.Cut(bare, ",r=")
	answer := "r=" + nonce + "server,s=" + base64.StdEncoding.EncodeToString([]byte(scramSalt)) + ",i=10000"
	return &scramServer{first: bare + "," + answer, key: key}, answer
}

// finish checks the client's proof, and gives the server's.
func (s *scramServer) finish(clientFinal string) (string, bool) {
	without, proof, _ := strings.Cut(clientFinal, ",p=")
	text := s.first + "," + without
	clientKey := mac(s.key, "Client Key")
	stored := sha1.Sum(clientKey)
	signature := mac(stored[:], text)
	for n := range clientKey {
		clientKey[n] ^= signature[n]
	}
	s.done = proof == base64.StdEncoding.EncodeToString(clientKey)
	return "v=" + base64.StdEncoding.EncodeToString(mac(mac(s.key, "Server Key"), text)), s.done
}

// guarded is a server that takes no command before its user has signed in.
func guarded(user, password string) func(*fakeConn, string, bson.M) bson.M {
	refused := bson.M{"ok": 0, "code": 18, "errmsg": "Authentication failed."}
	return func(c *fakeConn, name string, command bson.M) bson.M {
		payload, _ := command["payload"].([]byte)
		step := func(text string, done bool) bson.M {
			return bson.M{"ok": 1, "conversationId": 1, "done": done, "payload": []byte(text)}
		}
		switch {
		case name == "saslContinue" && command["mechanism"] != nil: // servers since MongoDB 4.4 take nothing unexpected
			return bson.M{"ok": 0, "code": 40415, "errmsg": "BSON field 'saslContinue.mechanism' is an unknown field."}
		case name == "saslStart":
			if command["mechanism"] != "SCRAM-SHA-1" || command["$db"] != "people" {
				return refused
			}
			var answer string
			c.scram, answer = newScram(user, password, string(payload))
			return step(answer, false)
		case name == "saslContinue" && len(payload) > 0:
			if answer, ok := c.scram.finish(string(payload)); ok {
				return step(answer, false)
			}
			return refused
		case name == "saslContinue":
			return step("", c.scram.done)
		case name == "isMaster" || c.scram != nil && c.scram.done:
			return standalone("", nil)(c, name, command)
		}
		return bson.M{"ok": 0, "code": 13, "errmsg": "command requires authentication"}
	}
}

func TestAuthentication(t *testing.T) {
	server := newFake(t, guarded("app", "s3cret@"))
	const options = "/?authSource=people&authMechanism=SCRAM-SHA-1"
	good := openEvents(t, mongolayer.Config{URL: "mongodb://app:s3cret%40@" + server.address + options})
	if err := good.Ping(within(t, patience)); err != nil {
		t.Error(err)
	}
	for _, user := range []string{"app:wrong@", "other:s3cret%40@", ""} {
		bad := openEvents(t, mongolayer.Config{URL: "mongodb://" + user + server.address + options})
		if err := bad.Ping(within(t, patience)); !errors.Is(err, persistence.ErrUnavailable) {
			t.Errorf("%q: %v", user, err)
		}
	}
}

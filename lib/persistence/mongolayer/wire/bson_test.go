package wire

import (
	"errors"
	"testing"
)

func TestCheck(t *testing.T) {
	for name, d := range map[string]document{
		"nothing":                 {},
		"no end":                  {5, 0, 0, 0, 1},
		"a length too short":      {4, 0, 0, 0, 0},
		"a length too long":       {6, 0, 0, 0, 0},
		"a negative length":       {0xff, 0xff, 0xff, 0xff, 0},
		"a name without an end":   {7, 0, 0, 0, kindNull, 'a', 0},
		"an unknown kind":         empty().with(0x20, "a", nil),
		"a boolean of 2":          empty().with(kindBool, "a", []byte{2}),
		"a number cut off":        empty().with(kindInt64, "a", []byte{1, 2, 3}),
		"a string without an end": empty().with(kindString, "a", []byte{2, 0, 0, 0, 'a', 'b'}),
		"a string of nothing":     empty().with(kindString, "a", []byte{0, 0, 0, 0}),
		"a string too long":       empty().with(kindString, "a", []byte{0xff, 0xff, 0xff, 0x7f, 'a', 0}),
		"a negative binary":       empty().with(kindBinary, "a", []byte{0xff, 0xff, 0xff, 0xff, 0}),
		"a pointer cut off":       empty().with(kindPointer, "a", []byte{2, 0, 0, 0, 'a', 0, 1, 2}),
		"a pattern without flags": empty().with(kindRegex, "a", []byte{'a', 0}),
		"code without a scope":    empty().with(kindScopedCode, "a", []byte{10, 0, 0, 0, 2, 0, 0, 0, 'a', 0}),
		"code cut off":            empty().with(kindScopedCode, "a", []byte{5, 0, 0, 0, 0}),
		"a nested one too long":   empty().with(kindDocument, "a", document{6, 0, 0, 0, 0}),
		"a fault in an array":     empty().with(kindArray, "a", empty().with(kindBool, "0", []byte{2})),
	} {
		if _, err := check(d); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, value := range []any{int32(-7), int64(-7), -7.0} {
		if got := encode(t, "n", value).find("n").asInt(); got != -7 {
			t.Errorf("%T -7 is read as %d", value, got)
		}
	}
	if got := encode(t, "n", "-7").find("n").asInt(); got != 0 {
		t.Errorf("a string is read as %d", got)
	}
	if got := encode(t, "n", 1).find("n").asString(); got != "" {
		t.Errorf("a number is read as %q", got)
	}
}

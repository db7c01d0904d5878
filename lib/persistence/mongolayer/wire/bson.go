package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// maxDepth is how deep documents may be nested: more than MongoDB lets anyone store.
const maxDepth = 200

// The kinds of BSON values that the adapter looks into or that need a check of their own.
const (
	kindDouble     = 0x01
	kindString     = 0x02
	kindDocument   = 0x03
	kindArray      = 0x04
	kindBinary     = 0x05
	kindUndefined  = 0x06
	kindObjectID   = 0x07
	kindBool       = 0x08
	kindDate       = 0x09
	kindNull       = 0x0a
	kindRegex      = 0x0b
	kindPointer    = 0x0c
	kindCode       = 0x0d
	kindSymbol     = 0x0e
	kindScopedCode = 0x0f
	kindInt32      = 0x10
	kindTimestamp  = 0x11
	kindInt64      = 0x12
	kindDecimal    = 0x13
	kindMaxKey     = 0x7f
	kindMinKey     = 0xff
)

// element is one of a document's. Its value is what follows the name.
type element struct {
	kind  byte
	name  string
	value []byte
}

// asString gives the value of a string, or "".
func (e element) asString() string {
	if e.kind != kindString {
		return ""
	}
	return string(e.value[4 : len(e.value)-1])
}

// asInt gives the value of a number, or 0.
func (e element) asInt() int64 {
	switch e.kind {
	case kindInt32:
		return int64(int32(binary.LittleEndian.Uint32(e.value))) //nolint:gosec // that is how it is encoded
	case kindInt64:
		return int64(binary.LittleEndian.Uint64(e.value)) //nolint:gosec // that is how it is encoded
	case kindDouble:
		return int64(math.Float64frombits(binary.LittleEndian.Uint64(e.value)))
	default:
		return 0
	}
}

// document is a BSON document that has been checked.
type document []byte

// check makes sure that all of the data is one document in which every length is right, so that whoever decodes it
// stays within it. mgo panics on some that are not.
func check(data []byte) (document, error) { return checkNested(data, 0) }

func checkNested(data []byte, depth int) (document, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested too deep", ErrMalformed)
	}
	if n := len(data); n < 5 || int64(binary.LittleEndian.Uint32(data)) != int64(n) || data[n-1] != 0 {
		return nil, fmt.Errorf("%w: a document of %d bytes with a wrong length or end", ErrMalformed, len(data))
	}
	for rest := data[4 : len(data)-1]; len(rest) > 0; {
		e, n, err := next(rest)
		if err != nil {
			return nil, err
		}
		if err := e.check(depth); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	return data, nil
}

// check looks into the value.
func (e element) check(depth int) error {
	switch e.kind {
	case kindDocument, kindArray:
		_, err := checkNested(e.value, depth+1)
		return err
	case kindString, kindCode, kindSymbol:
		return checkString(e.value)
	case kindPointer:
		return checkString(e.value[:len(e.value)-12])
	case kindScopedCode:
		return checkScopedCode(e.value, depth)
	case kindBool:
		if e.value[0] > 1 {
			return fmt.Errorf("%w: a boolean of %d", ErrMalformed, e.value[0])
		}
	}
	return nil
}

// checkString checks a string whose length has been used to find its end.
func checkString(value []byte) error {
	if len(value) < 5 || value[len(value)-1] != 0 {
		return fmt.Errorf("%w: a string without an end", ErrMalformed)
	}
	return nil
}

func checkScopedCode(value []byte, depth int) error {
	n, err := sized(value[4:], 4)
	if err != nil {
		return err
	}
	if err := checkString(value[4 : 4+n]); err != nil {
		return err
	}
	_, err = checkNested(value[4+n:], depth+1)
	return err
}

// next takes the first element, and says how long it is. It does not look into its value.
func next(data []byte) (element, int, error) {
	end := bytes.IndexByte(data[1:], 0)
	if end < 0 {
		return element{}, 0, fmt.Errorf("%w: a name without an end", ErrMalformed)
	}
	e := element{kind: data[0], name: string(data[1 : 1+end])}
	data = data[end+2:]
	n, err := size(e.kind, data)
	if err != nil {
		return element{}, 0, fmt.Errorf("%q: %w", e.name, err)
	}
	e.value = data[:n]
	return e, end + 2 + n, nil
}

// size says how long the value at the beginning of the data is.
func size(kind byte, data []byte) (int, error) {
	switch kind {
	case kindUndefined, kindNull, kindMaxKey, kindMinKey:
		return 0, nil
	case kindBool:
		return fixed(data, 1)
	case kindInt32:
		return fixed(data, 4)
	case kindDouble, kindDate, kindTimestamp, kindInt64:
		return fixed(data, 8)
	case kindObjectID:
		return fixed(data, 12)
	case kindDecimal:
		return fixed(data, 16)
	case kindString, kindCode, kindSymbol:
		return sized(data, 4)
	case kindBinary:
		return sized(data, 5)
	case kindPointer:
		return sized(data, 16)
	case kindDocument, kindArray, kindScopedCode:
		return sized(data, 0)
	case kindRegex:
		return regex(data)
	default:
		return 0, fmt.Errorf("%w: unknown kind %#x", ErrMalformed, kind)
	}
}

func fixed(data []byte, n int) (int, error) {
	if len(data) < n {
		return 0, fmt.Errorf("%w: a value is cut off", ErrMalformed)
	}
	return n, nil
}

// sized reads a length and adds what it does not count itself.
func sized(data []byte, more int64) (int, error) {
	if len(data) < 4 {
		return 0, fmt.Errorf("%w: a value is cut off", ErrMalformed)
	}
	n := int64(binary.LittleEndian.Uint32(data)) + more
	// The shortest of them have 5 bytes, scoped code has more, which its own check sees to.
	if n < 5 || n > int64(len(data)) {
		return 0, fmt.Errorf("%w: a value of %d bytes, of which %d are there", ErrMalformed, n, len(data))
	}
	return int(n), nil
}

func regex(data []byte) (int, error) {
	pattern := bytes.IndexByte(data, 0)
	options := bytes.IndexByte(data[pattern+1:], 0)
	if pattern < 0 || options < 0 {
		return 0, fmt.Errorf("%w: a regular expression without an end", ErrMalformed)
	}
	return pattern + options + 2, nil
}

// elements gives them in their order.
func (d document) elements() (all []element) {
	for rest := d[4 : len(d)-1]; len(rest) > 0; {
		e, n, err := next(rest)
		if err != nil {
			return all // it was checked
		}
		all = append(all, e)
		rest = rest[n:]
	}
	return all
}

// find gives the element of that name, or an empty one.
func (d document) find(name string) element {
	for _, e := range d.elements() {
		if e.name == name {
			return e
		}
	}
	return element{}
}

// with gives the document with one more element.
func (d document) with(kind byte, name string, value []byte) document {
	longer := make([]byte, 0, len(d)+len(name)+len(value)+2)
	longer = append(longer, d[:len(d)-1]...)
	longer = append(longer, kind)
	longer = append(longer, name...)
	longer = append(longer, 0)
	longer = append(longer, value...)
	longer = append(longer, 0)
	binary.LittleEndian.PutUint32(longer, uint32(len(longer))) //nolint:gosec // messages are bounded
	return longer
}

// without gives the document without the elements of a name.
func (d document) without(name string) document {
	shorter := empty()
	for _, e := range d.elements() {
		if e.name != name {
			shorter = shorter.with(e.kind, e.name, e.value)
		}
	}
	return shorter
}

func (d document) withString(name, value string) document {
	encoded := binary.LittleEndian.AppendUint32(nil, uint32(len(value)+1)) //nolint:gosec // it is short
	encoded = append(encoded, value...)
	return d.with(kindString, name, append(encoded, 0))
}

// empty is the document with no elements.
func empty() document { return document{5, 0, 0, 0, 0} }

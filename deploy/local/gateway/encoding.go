package gateway

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// choose gives the smallest variant of a file that the client takes, and its encoding. The build makes them.
func choose(root *os.Root, name, accepted string) (variant, encoding string) {
	for _, v := range []struct{ encoding, extension string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if accepts(accepted, v.encoding) && isFile(root, name+v.extension) {
			return name + v.extension, v.encoding
		}
	}
	return name, ""
}

// isCompressed says whether a file is a variant of another, which is asked for by the other's name.
func isCompressed(name string) bool { return path.Ext(name) == ".br" || path.Ext(name) == ".gz" }

// accepts says whether an Accept-Encoding header names an encoding, and not with a weight of 0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(parameter), "q="), 64)
		return err != nil || weight > 0
	}
	return false
}

package rest

import (
	"net/http"
	"strconv"
	"strings"
)

// VersionTag is the entity tag of a document's version.
func VersionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch reads the version that a change is meant for from the If-Match header: 0 where any will do. The errors are
// 400, and 412 for a tag that no version has.
func IfMatch(r *http.Request) (int64, error) {
	tag := strings.TrimSpace(r.Header.Get("If-Match"))
	if tag == "" || tag == "*" {
		return 0, nil
	}
	if len(tag) < 2 || !strings.HasSuffix(tag, `"`) || strings.Contains(tag, ",") {
		return 0, Malformed("If-Match", "must be one entity tag, as the ETag header had it, or *")
	}
	version, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || version < 1 {
		return 0, Errorf(http.StatusPreconditionFailed, "no version has the entity tag %s", tag)
	}
	return version, nil
}

// NotModified says whether the client has the document with this entity tag already, by its If-None-Match header.
func NotModified(r *http.Request, tag string) bool {
	given := r.Header.Get("If-None-Match")
	if given == "" {
		return false
	}
	for candidate := range strings.SplitSeq(given, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

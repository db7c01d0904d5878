package run

import "time"

// ExitOf is what Main ends the process with.
func ExitOf(err error, statuses ...Status) int { return exitOf(err, statuses) }

// Hasten makes one of the times that clients have short, and the others long: header, read, write, or idle.
func (g *Group) Hasten(short string) {
	for name, limit := range map[string]*time.Duration{
		"header": &g.limits.header, "read": &g.limits.read, "write": &g.limits.write, "idle": &g.limits.idle,
	} {
		*limit = time.Hour
		if name == short {
			*limit = 200 * time.Millisecond
		}
	}
}

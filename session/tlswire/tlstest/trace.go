package tlstest

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"ehlo/session/tlswire"
)

// patterns are the lines of s_client -trace that tell of messages.
type patterns struct{ message, alert, suite, extension *regexp.Regexp }

var tracePatterns = sync.OnceValue(func() patterns {
	return patterns{
		message:   regexp.MustCompile(`^    (\w+), Length=(\d+)$`),
		alert:     regexp.MustCompile(`^    Level=\w+\(\d+\), description=.*\((\d+)\)$`),
		suite:     regexp.MustCompile(`\{0x(..), 0x(..)\}`),
		extension: regexp.MustCompile(`extension_type=.*\((\d+)\), length=(\d+)$`),
	}
})

// ReadTrace reads the messages from the output of s_client -trace.
func ReadTrace(text string) []Seen {
	var out []Seen
	dir := tlswire.ClientToServer
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "Sent Record":
			dir = tlswire.ClientToServer
		case line == "Received Record":
			dir = tlswire.ServerToClient
		case strings.Contains(line, "Content Type = ChangeCipherSpec"):
			out = append(out, Seen{Dir: dir, Name: "ChangeCipherSpec", Length: 1})
		default:
			out = readLine(out, dir, line)
		}
	}
	return out
}

func readLine(out []Seen, dir, line string) []Seen {
	p := tracePatterns()
	if m := p.message.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[2])
		return append(out, Seen{Dir: dir, Name: m[1], Length: n})
	}
	if m := p.alert.FindStringSubmatch(line); m != nil {
		return append(out, Seen{Dir: dir, Name: "Alert " + m[1], Length: 2})
	}
	if len(out) == 0 {
		return out
	}
	last := &out[len(out)-1]
	if m := p.suite.FindStringSubmatch(line); m != nil && strings.HasSuffix(last.Name, "Hello") {
		last.Suites = append(last.Suites, strings.ToLower(m[1]+m[2]))
	}
	if m := p.extension.FindStringSubmatch(line); m != nil {
		last.Extensions = append(last.Extensions, m[1]+":"+m[2])
	}
	return out
}

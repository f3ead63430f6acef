package script

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/wire"
)

// A condition is one thing that is expected of the session as it stands. It says what there is instead.
type condition func(s record.Snapshot, now time.Time) (ok bool, got string)

// success is a reply of the second or third class (RFC 5321 §4.2.1).
var success condition = func(s record.Snapshot, _ time.Time) (bool, string) {
	return s.Reply != nil && (s.Reply.Code/100 == 2 || s.Reply.Code/100 == 3), reply(s)
}

// conditions reads what stands after expect: a code, an enhanced code, a pattern between slashes, all of them about the last reply; or
// words about the session.
func conditions(text string) ([]condition, error) {
	if text == "" {
		return nil, errors.New("expect: what is missing, such as: expect 250, expect 5.. /relay/, expect certificate valid 14 days")
	}
	if of := about(strings.Fields(text)); of != nil {
		return []condition{of}, nil
	}
	var all []condition
	before, pattern, found := strings.Cut(text, "/")
	for _, word := range strings.Fields(before) {
		of, err := onReply(word)
		if err != nil {
			return nil, err
		}
		all = append(all, of)
	}
	if !found {
		return all, nil
	}
	of, err := matching(pattern)
	return append(all, of), err
}

var (
	codePattern     = lazy.Pattern{Text: `^[2-5][0-9.x][0-9.x]$`}
	enhancedPattern = lazy.Pattern{Text: `^[245]\.([0-9]{1,3}|x)\.([0-9]{1,3}|x)$`}
)

// onReply is a code with dots or x for any digit, or an enhanced code with x for any number.
func onReply(word string) (condition, error) {
	switch {
	case codePattern.Get().MatchString(word):
		re := regexp.MustCompile("^" + strings.NewReplacer(".", "[0-9]", "x", "[0-9]").Replace(word) + "$")
		return func(s record.Snapshot, _ time.Time) (bool, string) {
			return s.Reply != nil && re.MatchString(strconv.Itoa(s.Reply.Code)), reply(s)
		}, nil
	case enhancedPattern.Get().MatchString(word):
		re := regexp.MustCompile("^" + strings.NewReplacer(".", `\.`, "x", "[0-9]+").Replace(word) + "$")
		return func(s record.Snapshot, _ time.Time) (bool, string) {
			return s.Reply != nil && re.MatchString(s.Reply.Enhanced.String()), reply(s)
		}, nil
	}
	return nil, fmt.Errorf("expect: %q is neither a code such as 250 or 5.., nor an enhanced code such as 5.7.x, nor one of: %s", word, strings.Join(Facts(), "; "))
}

func matching(pattern string) (condition, error) {
	pattern, closed := strings.CutSuffix(strings.TrimSpace(pattern), "/")
	if !closed {
		return nil, errors.New("expect: the pattern has no slash at its end")
	}
	re, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return nil, fmt.Errorf("expect: the pattern is not a regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return func(s record.Snapshot, _ time.Time) (bool, string) {
		return s.Reply != nil && re.MatchString(strings.Join(texts(s.Reply), "\n")), reply(s)
	}, nil
}

// noReply is what there is where the server has not answered.
const noReply = "no reply"

// reply is the last one, in a line.
func reply(s record.Snapshot) string {
	if s.Reply == nil {
		return noReply
	}
	return wire.VisibleString(strings.Join(texts(s.Reply), " / "))
}

// texts are the lines of a reply.
func texts(r *record.Reply) (lines []string) {
	for line := range strings.SplitSeq(strings.TrimRight(string(r.Raw), "\r\n"), "\n") {
		lines = append(lines, strings.TrimRight(line, "\r"))
	}
	return lines
}

// fact is something about the session: its words, of which some may be values, and when it holds.
type fact struct {
	words string // N is a number, … anything
	holds func(s record.Snapshot, now time.Time, values []string) (bool, string)
}

var facts = []fact{
	{"cleartext", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return !s.State.Security.Encrypted(), security(s)
	}},
	{"tls", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Security.Encrypted(), security(s)
	}},
	{"tls …", func(s record.Snapshot, _ time.Time, v []string) (bool, string) {
		return s.State.Security.Encrypted() && s.TLS != nil && strings.TrimPrefix(s.TLS.Version, "TLS ") == v[0], security(s)
	}},
	{"verified", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Security == record.SecurityVerified, security(s)
	}},
	{"unverified", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Security.Encrypted() && s.State.Security != record.SecurityVerified, security(s)
	}},
	{"certificate valid N days", certificateValid},
	{"offers …", func(s record.Snapshot, _ time.Time, v []string) (bool, string) { return offers(s, v[0]), offered(s) }},
	{"lacks …", func(s record.Snapshot, _ time.Time, v []string) (bool, string) { return !offers(s, v[0]), offered(s) }},
	{"mechanism …", func(s record.Snapshot, _ time.Time, v []string) (bool, string) {
		return s.Capabilities != nil && s.Capabilities.OffersAuth(strings.ToUpper(v[0])), offered(s)
	}},
	{"no mechanism …", func(s record.Snapshot, _ time.Time, v []string) (bool, string) {
		return s.Capabilities == nil || !s.Capabilities.OffersAuth(strings.ToUpper(v[0])), offered(s)
	}},
	{"logged in", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Auth == record.AuthDone, reply(s)
	}},
	{"delivered", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Delivered > 0, reply(s)
	}},
	{"closed", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return !s.State.Connected(), "the connection is open"
	}},
	{"open", func(s record.Snapshot, _ time.Time, _ []string) (bool, string) {
		return s.State.Connected(), "the connection is closed"
	}},
}

// Facts are what can be expected of a session beside its last reply.
func Facts() (all []string) {
	for _, f := range facts {
		all = append(all, f.words)
	}
	return all
}

// about is the fact that words name, or nil.
func about(words []string) condition {
	for _, f := range facts {
		if values, ok := named(strings.Fields(f.words), words); ok {
			return func(s record.Snapshot, now time.Time) (bool, string) { return f.holds(s, now, values) }
		}
	}
	return nil
}

func named(form, words []string) (values []string, ok bool) {
	if len(form) != len(words) {
		return nil, false
	}
	for i, w := range words {
		switch form[i] {
		case "N":
			if n, err := strconv.Atoi(w); err != nil || n < 0 || n > 36500 {
				return nil, false
			}
			values = append(values, w)
		case "…":
			values = append(values, w)
		default:
			if !strings.EqualFold(form[i], w) {
				return nil, false
			}
		}
	}
	return values, true
}

func security(s record.Snapshot) string {
	switch {
	case s.State.Security == record.SecurityVerified:
		return s.TLS.Version + ", verified"
	case s.State.Security.Encrypted() && s.TLS != nil:
		return s.TLS.Version + ", not verified"
	}
	return "cleartext"
}

func offers(s record.Snapshot, keyword string) bool {
	return s.Capabilities != nil && s.Capabilities.Has(keyword)
}

func offered(s record.Snapshot) string {
	if s.Capabilities == nil {
		return "no keywords of EHLO are known"
	}
	var all []string
	for _, k := range s.Capabilities.Keywords {
		all = append(all, string(k.Raw))
	}
	return "the reply to EHLO has " + wire.VisibleString(strings.Join(all, ", "))
}

func certificateValid(s record.Snapshot, now time.Time, v []string) (bool, string) {
	own := s.TLS.Own()
	if own == nil {
		return false, "no certificate"
	}
	days, _ := strconv.Atoi(v[0])
	end := own.NotAfter
	return end.Sub(now) >= time.Duration(days)*24*time.Hour, "it expires on " + end.UTC().Format(time.DateOnly)
}

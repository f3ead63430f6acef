package anonymize

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// place says where in an event a value stands: the names of the fields that lead there, those of lists without a number.
type place struct {
	key, above string
	// own is set inside of a sentence of the program.
	own bool
}

func (p place) in(key string) place {
	return place{key: key, above: p.key, own: p.own || sentences.has(key) && p.key != "about"} // a person has titled the file
}

// names reports whether what stands there is the name or the address of a host.
func (p place) names() bool {
	return hostFields.has(p.key) || p.key == "names" || p.key == "greeting" && p.above == "forgot"
}

// sentences are fields that the program wrote, or that its practice server is known for.
const sentences = set("explain remedy operator cause fix here story task title hint")

// What fields of an event hold.
const (
	hostFields = set("host server-name ehlo-name peer domain reference address addresses local remote server")
	userFields = set("user act-as acts-as from to sender recipients refused author")
	userValues = set("username authcid authzid trace user")
	dnFields   = set("subject issuer")
)

// set is a few words, with spaces between them.
type set string

func (s set) has(word string) bool {
	for w := range strings.FieldsSeq(string(s)) {
		if w == word {
			return true
		}
	}
	return false
}

func members(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

// vocabulary are the values of fields that are one of a list: kinds, steps, phases and the like.
var vocabulary = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	m := members("C S ip ip4 ip6 implicit starttls never require opportunistic off handshake change_cipher_spec alert application_data unknown " +
		"idle resolved connected greeted ready upgrading refused broken closed plain unverified accepted verified none exchange done mail rcpt data bdat " +
		"deferred failed unsafe stopped you operator recipient network info warn danger success failure canceled unproved unanswerable impossible " +
		"timeout gave-up not-found unreachable cut-off reset tls-bytes not-smtp too-long damaged password token key proof digest typed " +
		"time host chain usage signature revocation order issuer rules written helo respond cancel content rset noop vrfy expn help quit raw auth ehlo greeting " +
		"lookup resolve connect probe send reply capabilities tls-message tls state finding note about forgot reveal change fault end start server-log on-path " +
		"saw carried removed changed added replaced answered delayed withheld cut flooded intercepted")
	for _, p := range record.AllPhases {
		m[string(p)] = true
	}
	for _, a := range record.Actions {
		m[string(a)] = true
	}
	return m
}}

// listed reports whether a value is one that a list of the format has.
func listed(value string) bool {
	if vocabulary.Get()[value] {
		return true
	}
	_, finding := record.FindingCode(value).Row()
	_, mechanism := sasl.Lookup(value)
	return finding || mechanism
}

// known are the host names in what the program knows.
var known = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	list := map[string]bool{}
	for _, e := range explain.All() {
		for _, text := range []string{e.Name, e.Form, e.Short, e.Text, e.Said, e.Exam, e.Remedy, e.Operator} {
			for _, name := range hostNames(text) {
				list[strings.ToLower(name)] = true
			}
		}
	}
	return list
}}

// collect learns the names in a value.
func (a *Anonymizer) collect(p place, v any) {
	switch v := v.(type) {
	case map[string]any:
		a.collectObject(p, v)
	case []any:
		for _, item := range v {
			a.collect(p, item)
		}
	case string:
		a.collectString(p, v)
	}
}

func (a *Anonymizer) collectObject(p place, v map[string]any) {
	if text, ok := v["text"].(string); ok && p.key == "values" {
		if name, _ := v["name"].(string); userValues.has(name) {
			a.names.user(text)
		}
	}
	if p.key == "send" && v["content"] == true {
		return // all of it is removed
	}
	if send, ok := v["raw"].(string); ok && p.key == "send" {
		a.collectLine(send)
	}
	if text := opaque(v); text != nil {
		a.scan(string(text), false)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(v)) { // in an order of their own they would get other names each time
		a.collect(p.in(key), v[key])
	}
}

// opaque is what an object with nothing but base64 stands for: bytes that are no text; nil for any other object.
func opaque(v map[string]any) []byte {
	text, ok := v["base64"].(string)
	if !ok || len(v) != 1 {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}

func (a *Anonymizer) collectString(p place, s string) {
	switch {
	case listed(s):
		return
	case p.names():
		a.names.host(s)
	case userFields.has(p.key):
		a.names.user(s)
	case dnFields.has(p.key):
		for _, value := range attributes(s) {
			a.attribute(value)
		}
	case p.key == "trace", p.key == "program", p.key == "format", p.key == "keylog", p.key == "section", p.above == "tls-message", p.above == "records":
		return
	}
	a.scan(s, p.own)
}

// attribute learns a value of a distinguished name.
func (a *Anonymizer) attribute(value string) {
	if names := hostNames(value); len(names) == 1 && names[0] == value || strings.Contains(value, "@") {
		a.names.user(value)
		a.names.host(value)
		return
	}
	if len(value) > 2 { // a country says too little
		a.names.person(value)
	}
}

// attributes are the values of a distinguished name as it is written in a line (RFC 4514).
func attributes(dn string) (list []string) {
	for part := range strings.SplitSeq(strings.ReplaceAll(dn, `\,`, "\x00"), ",") {
		for piece := range strings.SplitSeq(part, "+") {
			if _, value, ok := strings.Cut(piece, "="); ok {
				list = append(list, strings.TrimSpace(strings.ReplaceAll(value, "\x00", ",")))
			}
		}
	}
	return list
}

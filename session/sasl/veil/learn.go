package veil

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"ehlo/session/lazy"
	"ehlo/session/sasl"
)

// secret keeps a secret. That it is weak is said once.
func (k *known) secret(s string) (weak bool) {
	if k.secrets[s] {
		return false
	}
	k.secrets[s] = true
	if weak = len(s) < least || k.public.hasAll(s); weak && !isProtocol(s) {
		k.addWord(s)
		if len(s) >= shortestCoded {
			k.addWord(base64.RawStdEncoding.EncodeToString([]byte(s)))
			k.addWord(hex.EncodeToString([]byte(s)))
		}
	}
	k.learn([]byte(s), widthPlain, !weak)
	if other, ok := latin1(s); ok {
		k.learn(other, widthPlain, true)
	}
	if !weak {
		k.base64Of(s)
	}
	return weak
}

// base64Of keeps what a secret gives in base64 wherever it begins in a longer text, but for what is public of it: the prompt of
// LOGIN is base64 of a word that passwords begin with.
func (k *known) base64Of(s string) {
	for lead := range 3 {
		first := (lead*8 + 5) / 6
		telling := func(w span) bool { return k.tells(s, span{first + w.from, first + w.to}, lead) }
		usual := base64.RawStdEncoding.EncodeToString(append(make([]byte, lead), s...))[first : (lead+len(s))*8/6]
		k.learnParts([]byte(usual), widthCoded, false, telling)
		if urls := inURLs.Get().Replace(usual); urls != usual {
			k.learnParts([]byte(urls), widthCoded, false, telling)
		}
	}
}

// inURLs gives base64 the alphabet for URLs (RFC 4648 §5).
var inURLs = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer { return strings.NewReplacer("+", "-", "/", "_") }}

// tells reports whether what a window of base64 encodes is not public; the data has lead bytes before it. Of five whole bytes
// and parts of two more, six have to be public.
func (k *known) tells(data string, w span, lead int) bool {
	from, to := max(0, (w.from*6+7)/8-lead), min(len(data), w.to*6/8-lead)
	if to-from >= least {
		return !k.public.hasAll(data[from:to])
	}
	return !k.public.hasSix(data, from-1, to) && !k.public.hasSix(data, from, to+1)
}

// shortestCoded is how long a short secret has to be for its encodings to be words that nothing else is.
const shortestCoded = 3

func (k *known) addWord(s string) {
	w := lowered([]byte(s))
	if !k.twice(lesson{text: string(w)}) {
		k.weak = append(k.weak, w)
	}
}

// latin1 is a text in ISO 8859-1, where that differs and is possible.
func latin1(s string) (out []byte, ok bool) {
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		ok = ok || r >= utf8.RuneSelf
		out = append(out, byte(r))
	}
	return out, ok
}

// sent keeps a line that went out masked. Of more than one word each is one that the server may repeat; those of the protocol
// and of ordinary replies are no secrets, unless there is nothing else.
func (k *known) sent(mechanism, line string) (weak bool) {
	words := strings.Fields(line)
	if mechanism != "" || len(words) < 2 {
		return k.response(mechanism, strings.TrimSpace(line))
	}
	telling := 0
	for _, w := range words {
		if len(w) >= least && !isProtocol(w) && !k.public.hasAll(w) {
			k.response("", w)
			telling++
		}
	}
	if telling == 0 {
		for _, w := range words {
			weak = k.secret(w) || weak
		}
	}
	return weak
}

// response keeps a response or a word: what of it is secret, and all of it where that is the secret itself.
func (k *known) response(mechanism, line string) (weak bool) {
	data, _ := sasl.DecodeBase64(line)
	if data == nil || !readable(data) {
		return k.secret(line)
	}
	if mechanism == "" {
		mechanism, _ = sasl.Recognize(data)
	}
	opened, err := sasl.OpenResponse(mechanism, []byte(line))
	hidden := innermost(opened.Values)
	if err != nil { // it may be too long for a server, or not quite what the mechanism prescribes
		hidden = parts(string(data))
	}
	if err != nil || handsOver(opened.Hides) {
		k.encoded(line, data, hidden)
	}
	for _, h := range hidden {
		weak = k.secret(h) || weak
	}
	return weak
}

// encoded keeps base64 as it was sent. What stands around the secret in it, a name or an address, a server may say.
func (k *known) encoded(line string, data []byte, hidden []string) {
	text := string(data)
	for _, h := range hidden {
		from := strings.LastIndex(text, h)
		secret := span{from * 8 / 6, ((from+len(h))*8 + 5) / 6}
		k.learnParts([]byte(line), widthCoded, true, func(w span) bool { return secret.has(w) && k.tells(text, w, 0) })
	}
	if len(line) < widthCoded {
		k.addWord(line)
	}
}

// handsOver reports whether the secret itself is hidden, and not something computed from it.
func handsOver(hides string) bool { return hides == sasl.HidesPassword || hides == sasl.HidesToken }

// parts is what may be secret in a message that no mechanism opens: the last of what NUL divides, or all but names of what
// 0x01 divides (RFC 4616 §2, RFC 7628 §3.1).
func parts(message string) (list []string) {
	if i := strings.LastIndexByte(message, 0); i >= 0 {
		message = message[i+1:]
	}
	for part := range strings.SplitSeq(message, "\x01") {
		name, value, pair := strings.Cut(part, "=")
		switch {
		case strings.EqualFold(name, "user"), strings.EqualFold(name, "host"), strings.EqualFold(name, "port"), strings.HasPrefix(part, "n,"), part == "":
		case pair && strings.EqualFold(name, "auth"):
			list = append(list, withoutScheme(value))
		default:
			list = append(list, withoutScheme(part))
		}
	}
	return list
}

func withoutScheme(s string) string {
	const scheme = "Bearer "
	if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		return s[len(scheme):]
	}
	return s
}

// readable reports whether decoded bytes are a text, as they are where what was decoded was base64 and no word by chance.
func readable(data []byte) bool {
	return utf8.Valid(data) && bytes.IndexFunc(data, func(r rune) bool { return r < ' ' && r > 1 || r == 0x7f }) < 0
}

// innermost is the secret values without those that are a secret with something around it.
func innermost(values []sasl.Value) []string {
	var all, list []string
	for _, v := range values {
		if content := withoutScheme(string(v.Bytes) + v.Text); v.Hides != "" && content != "" {
			all = append(all, content)
		}
	}
	for i, s := range all {
		if !containsOther(all, i) {
			list = append(list, s)
		}
	}
	return list
}

func containsOther(all []string, i int) bool {
	for j, other := range all {
		if j != i && len(other) < len(all[i]) && strings.Contains(all[i], other) {
			return true
		}
	}
	return false
}

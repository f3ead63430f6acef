package anonymize

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"

	"ehlo/session/lazy"
)

// Removed stands where something held a name and could not be rewritten.
const Removed = "(removed)"

// text rewrites a text of any kind: names as they are, then what is written in some encoding and holds one, then hashes. What still
// holds a name after that, inside of a word, is removed with that word.
func (a *Anonymizer) text(s string) string {
	if clean, ok := a.clean[s]; ok {
		return clean
	}
	clean := a.rewritten(s)
	if len(a.clean) < remembered && len(s) <= mostRemembered {
		a.clean[s] = clean
	}
	return clean
}

func (a *Anonymizer) rewritten(s string) string {
	s = escaped.each(s, a.rewriteEscaped)
	s = a.plain(s)
	s = encoded(s, a.rewriteEncoded)
	if inARow(s, hexDigits, leastHash) {
		s = hashes.Get().ReplaceAllStringFunc(s, a.salted)
	}
	if a.holds(s) {
		s = words.Get().ReplaceAllStringFunc(s, func(word string) string {
			if a.holds(word) {
				return Removed
			}
			return word
		})
	}
	if a.holds(s) { // a name of several words
		return Removed
	}
	return s
}

// plain replaces names and addresses that stand as words.
func (a *Anonymizer) plain(s string) string {
	if mayAddress(s) {
		s = addresses.Get().ReplaceAllStringFunc(s, a.addressIn)
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		size, to := a.names.root.at(s, i, false)
		if size == 0 {
			i++
			continue
		}
		out.WriteString(s[done:i])
		out.WriteString(to)
		i += size
		done = i
	}
	if done == 0 {
		return s
	}
	return out.String() + s[done:]
}

// addresses finds what may be an address of IPv4 or IPv6.
var addresses = lazy.Pattern{Text: `§?[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4})`}

// mayAddress reports whether there are so many dots between digits, or colons between hexadecimal ones, as an address has. Most texts
// have not, and need not be searched.
func mayAddress(s string) bool {
	dots, colons := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			dots, colons = dots+1, 0
		case c == ':':
			dots, colons = 0, colons+1
		case c >= '0' && c <= '9':
		case strings.IndexByte(hexDigits, c) >= 0:
			dots = 0
		default:
			dots, colons = 0, 0
		}
		if dots == 3 || colons == 2 {
			return true
		}
	}
	return false
}

func (a *Anonymizer) addressIn(s string) string {
	if number, ok := strings.CutPrefix(s, "§"); ok {
		if section.Get().MatchString(number) {
			return s
		}
		return "§" + a.addressIn(number)
	}
	if ip, err := netip.ParseAddr(s); err == nil {
		return a.names.address(ip)
	}
	return s
}

// section is the number of one in a document: an address like it would be that of no server.
var section = lazy.Pattern{Text: `^[A-Z]?[0-4]?[0-9](?:\.[0-4]?[0-9])*$`}

// touches reports whether a text holds a name that would be replaced or removed.
func (a *Anonymizer) touches(s string) bool { return a.plain(s) != s || a.holds(s) }

// holds reports whether there is a name in a text, also inside a word, that is long enough to be no chance.
func (a *Anonymizer) holds(s string) bool {
	for i := range len(s) {
		if size, to := a.names.root.at(s, i, true); size >= least && !strings.EqualFold(s[i:i+size], to) {
			return true
		}
	}
	return false
}

// words finds what stands between spaces and line ends.
var words = lazy.Pattern{Text: `[^\s]+`}

// hashes finds what may be one: it could be compared with that of a name that someone guesses.
var hashes = lazy.Pattern{Text: `\b(?:[0-9a-f]{2}){16,64}\b|\b(?:[0-9A-F]{2}){16,64}\b`}

// leastHash is how many digits the shortest hash has.
const leastHash = 32

// salted is a hash of the same length that nobody can compare with anything but another one of this call.
func (a *Anonymizer) salted(digits string) string {
	out := hex.EncodeToString(a.hash([]byte(strings.ToLower(digits)), len(digits)/2))
	if strings.ToLower(digits) != digits {
		return strings.ToUpper(out)
	}
	return out
}

func (a *Anonymizer) hash(b []byte, size int) (out []byte) {
	m := hmac.New(sha256.New, a.salt)
	m.Write(b)
	for sum := m.Sum(nil); len(out) < size; sum = m.Sum(nil) {
		out = append(out, sum...)
		m.Write(sum)
	}
	return out[:size]
}

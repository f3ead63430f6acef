package survey

import (
	"slices"
	"strings"

	"ehlo/session/tlswire"
)

// Accepts is what a port accepts of TLS, as it answered one ClientHello after another. It knows more than a session shows, also of what
// no session of this program uses.
type Accepts struct {
	Versions []Version `json:"versions,omitempty"` // the oldest first
	// Asked counts the connections that it took.
	Asked int `json:"asked"`
}

// Version is one version of TLS or SSL.
type Version struct {
	Number uint16 `json:"number"`
	Name   string `json:"name"`
	// Accepted says that the server chose it. Unfinished says that not all answers came: what is missing is then unknown, not refused.
	Accepted   bool `json:"accepted,omitempty"`
	Unfinished bool `json:"unfinished,omitempty"`
	// Suites are the cipher suites that it accepts, in the order in which it chose them. Groups are those of the key exchange; they are
	// asked of TLS 1.3 and of the highest version before it.
	Suites []string `json:"suites,omitempty"`
	Groups []string `json:"groups,omitempty"`
	// Prime is the size of the smallest group of DHE that it used, in bits, 0 where it used none.
	Prime int `json:"prime,omitempty"`
}

// Has reports whether a version is accepted.
func (a *Accepts) Has(number uint16) bool {
	return a != nil && slices.ContainsFunc(a.Versions, func(v Version) bool { return v.Number == number && v.Accepted })
}

// Unfinished reports whether not all answers came.
func (a *Accepts) Unfinished() bool {
	return a != nil && slices.ContainsFunc(a.Versions, func(v Version) bool { return v.Unfinished })
}

// Quality is how a cipher suite is judged (RFC 9325 §4.1 and §4.2).
type Quality string

// The qualities.
const (
	Recommended Quality = "recommended"
	Usable      Quality = "acceptable"
	Discouraged Quality = "discouraged"
	Weak        Quality = "weak"
	Insecure    Quality = "insecure"
)

// QualityOf judges a cipher suite by its registered name, as the table of them does in its first word.
func QualityOf(suite string) Quality {
	for _, p := range tlswire.Named(suite) {
		if p.Kind != "tls-suite" || p.Name != suite {
			continue
		}
		if strings.HasPrefix(p.Verdict, "not recommended") {
			return Discouraged
		}
		for _, q := range []Quality{Recommended, Discouraged, Weak, Insecure} {
			if strings.HasPrefix(p.Verdict, string(q)) {
				return q
			}
		}
	}
	return Usable
}

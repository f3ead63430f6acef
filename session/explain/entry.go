package explain

import (
	"slices"
	"strconv"
	"strings"

	"ehlo/session/tlswire"
)

// The limits of the two shorter depths, in characters. The short form of a finding is a headline of its own; the others stand
// beside what they explain.
const (
	MaxShort    = 40
	MaxHeadline = 70
	MaxText     = 500
)

// The kinds of an [Entry].
const (
	KindCommand   = "command"
	KindKeyword   = "keyword"
	KindReply     = "reply"
	KindEnhanced  = "enhanced"
	KindMechanism = "mechanism"
	KindMessage   = "tls-message"
	KindExtension = "tls-extension"
	KindAlert     = "alert"
	KindPort      = "port"
	KindTopic     = "topic"
	KindField     = "header-field"
	KindFinding   = "finding"
	KindPhrase    = "phrase"
	KindSoftware  = "software"
	KindParameter = "parameter"
	// KindClaim is what is often said and is wrong, or true in one case only.
	KindClaim = "claim"
	// KindTerm is a term of art that the texts use.
	KindTerm = "term"
	// KindWording is what programs, records and logs say; no reply is explained by it.
	KindWording = "wording"
	// KindBase64, KindLine and KindRFC are made by [Search] and are in no table.
	KindBase64 = "base64"
	KindLine   = "line"
)

const statusGeneral = "general"

// An Entry is one piece of knowledge. Kind, Name, Short and Text are always
// set; the other fields where they mean something for the kind.
type Entry struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Also lists other names of the same thing.
	Also []string `json:"also,omitempty"`
	// Number is the code point of a TLS message, extension or alert, in decimal.
	Number string `json:"number,omitempty"`
	// Form is how a command, or the line of a keyword, is written.
	Form string `json:"form,omitempty"`
	// Status says where a command, keyword or mechanism stands: standard,
	// limited, experimental, historic, obsolete or private. An enhanced code or
	// a phrase may be general: the command it answers then says more.
	Status string `json:"status,omitempty"`
	Short  string `json:"short"`
	Text   string `json:"text"`
	// Said is a claim as it is often made, and Exam what to answer on the exam; Text then says what is true.
	Said string `json:"said,omitempty"`
	Exam string `json:"exam,omitempty"`
	// Remedy says what the reader can do about it, Operator what the operator of the server can.
	Remedy   string `json:"remedy,omitempty"`
	Operator string `json:"operator,omitempty"`
	// Means is the code of the finding that a phrase of a refusal, a code in its
	// place or an enhanced code stands for; empty where it says too little.
	Means string `json:"means,omitempty"`
	// Vendor names the software or service a phrase belongs to.
	Vendor string `json:"vendor,omitempty"`
	// Requires is the EHLO keyword that a parameter needs.
	Requires string `json:"requires,omitempty"`
	// Success and Failure are the reply codes a command may get. 421, 500 and
	// 501 may answer any command (RFC 5321 §4.2.4, §4.3.2).
	Success []int `json:"success,omitempty"`
	Failure []int `json:"failure,omitempty"`
	Refs    []Ref `json:"refs,omitempty"`
	// See lists the IDs of related entries, for ByID.
	See []string `json:"see,omitempty"`
}

// Remedies joins what the reader can do and what the operator of the server can, for where both stand in one line.
func Remedies(remedy, operator string) string {
	switch {
	case operator == "":
		return remedy
	case remedy == "":
		return "the server's operator: " + operator
	}
	return remedy + "; the server's operator: " + operator
}

// ID returns kind and name as one word, such as "keyword:SIZE".
func (e Entry) ID() string { return e.Kind + ":" + e.Name }

// A Ref points into a document. Section is empty where the whole document is meant.
type Ref struct {
	Doc     string `json:"doc"`
	Section string `json:"section,omitempty"`
}

// String returns the reference as it is cited: "RFC 5321 §4.1.1.1".
func (r Ref) String() string {
	if r.Section == "" {
		return r.Doc
	}
	return r.Doc + " §" + r.Section
}

// JoinRefs returns the references of all lists in one, each of them once. The
// result shares no memory with the lists.
func JoinRefs(lists ...[]Ref) []Ref {
	var all []Ref
	for _, list := range lists {
		for _, r := range list {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// ByID returns the entry that an ID of [Entry.See], [Explanation.Entries] or [Entry.ID] names, a code point of TLS without an
// article of its own among them.
func ByID(id string) (Entry, bool) {
	kind, name, ok := strings.Cut(id, ":")
	if !ok {
		return Entry{}, false
	}
	if code, ok := parseEnhanced(name); ok && kind == KindEnhanced {
		return Enhanced(code[0], code[1], code[2])
	}
	if code, err := strconv.Atoi(name); err == nil && kind == KindReply {
		return Code(code)
	}
	if t, ok := tableOf(kind); ok {
		return found(t.find(name))
	}
	return pointByID(kind, name)
}

// pointByID finds a code point by the kind of its registry.
func pointByID(kind, name string) (Entry, bool) {
	for _, r := range tlswire.Registries() {
		if c, ok := r.Named(name); ok && r.Kind == kind {
			return pointEntry(tlswire.Point{Registry: r, Code: c}), true
		}
	}
	return Entry{}, false
}

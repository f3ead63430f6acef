package record

import (
	"fmt"
	"strings"
	"time"
)

// Question is what a name server is asked: for the records of one type at one name.
type Question struct {
	Type string `json:"type"` // A, MX, TXT; or TypePolicy
	Name string `json:"name"` // without the dot at its end
}

// TypePolicy asks for the MTA-STS policy of the domain in Name, which comes over HTTPS and not from DNS (RFC 8461 §3.3).
const TypePolicy = "policy"

func (q Question) String() string { return q.Type + " " + q.Name }

// Questions reads questions as [Question.String] writes them.
func Questions(list []string) (out []Question) {
	for _, s := range list {
		kind, name, _ := strings.Cut(s, " ")
		out = append(out, Question{kind, name})
	}
	return out
}

// Lookup is one question to a name server, and what came of it.
type Lookup struct {
	Type    string   `json:"type"` // as in [Question]
	Name    string   `json:"name"`
	Server  string   `json:"server,omitempty"` // that was asked
	Status  string   `json:"status,omitempty"` // of the answer: NOERROR, NXDOMAIN, SERVFAIL; empty where none came
	Answers []Answer `json:"answers,omitempty"`
	// Proved says that the server has checked the answer's signatures (the AD bit, RFC 4035 §3.2.3).
	Proved  bool          `json:"proved,omitempty"`
	Took    time.Duration `json:"took"`
	Trouble Trouble       `json:"trouble,omitempty"`
	Error   string        `json:"error,omitempty"`
}

// Answer is one record of an answer. Whatever a terminal might obey in it was made visible.
type Answer struct {
	Name string `json:"name"` // of the record: another one than was asked for after an alias
	Type string `json:"type"`
	TTL  int    `json:"ttl"`  // time to live, in seconds
	Data string `json:"data"` // as a zone file writes it, long texts cut off
}

// NotPublic is why a name was looked up and nobody contacted: its address is none of the public Internet, and the name is another one's.
type NotPublic struct{ Host, Address string }

func (n NotPublic) Error() string {
	return fmt.Sprintf("%s has the address %s, which is not one of the public Internet", Target{Host: n.Host}.Called(), n.Address)
}

// Statuses of an answer that say that it is whole (RFC 1035 §4.1.1).
const (
	StatusNoError  = "NOERROR"
	StatusNXDomain = "NXDOMAIN"
)

// Question is what was asked.
func (l Lookup) Question() Question { return Question{l.Type, l.Name} }

// Of are the data of the answers of one type, in their order.
func (l Lookup) Of(kind string) (data []string) {
	for _, a := range l.Answers {
		if a.Type == kind {
			data = append(data, a.Data)
		}
	}
	return data
}

// Empty reports whether the answer is that there is no such record, or no such name.
func (l Lookup) Empty() bool {
	return l.Status == StatusNXDomain || l.Status == StatusNoError && len(l.Answers) == 0
}

package quiz

import (
	"slices"
	"time"
)

// Topic is a part of the questions.
type Topic struct{ Name, About string }

// Topics are the parts, in the order in which one may learn them.
func Topics() []Topic {
	return []Topic{
		{"ports", "ports, sockets and what listens there"},
		{"roles", "submission, relay, and who does what"},
		{"commands", "commands, their order and the envelope"},
		{"extensions", "EHLO keywords and parameters"},
		{"replies", "reply codes and enhanced status codes"},
		{"starttls", "when TLS starts, and what happens if it does not"},
		{"tls", "the TLS handshake, versions and alerts"},
		{"certificates", "certificates and their verification"},
		{"login", "AUTH and its mechanisms"},
		{"dns", "MX, PTR and other records"},
		{"sender", "SPF, DKIM, DMARC and policies for transport"},
		{"troubles", "logs, diagnosis and tools"},
	}
}

// Objective is one of the exam N10-009, in words of our own.
type Objective struct{ Number, About string }

// Objectives are those that questions about mail belong to.
func Objectives() []Objective {
	return []Objective{
		{"1.4", "ports, protocols and services"},
		{"3.2", "monitoring, logs and packet capture"},
		{"3.4", "DNS and name resolution"},
		{"4.1", "encryption, certificates and authentication"},
		{"4.2", "attacks"},
		{"5.1", "the troubleshooting method"},
		{"5.5", "troubleshooting tools"},
	}
}

// An exam has so many questions, and so much time: the exam itself gives 90 minutes for at most 90.
const (
	ExamItems = 25
	ExamTime  = ExamItems * time.Minute
)

// Exam draws questions for an exam: as many of each objective as there can be, in an order that the seed decides.
func Exam(items []*Item, seed uint64) []*Item {
	pool := slices.DeleteFunc(mixed(items, seed), func(it *Item) bool { return len(it.Objectives) == 0 })
	var out []*Item
	for len(pool) > 0 && len(out) < ExamItems {
		for _, o := range Objectives() {
			at := slices.IndexFunc(pool, func(it *Item) bool { return it.Objectives[0] == o.Number })
			if at >= 0 && len(out) < ExamItems {
				out, pool = append(out, pool[at]), slices.Delete(pool, at, at+1)
			}
		}
	}
	return mixed(out, seed+1)
}

// Tally is how many questions of an objective were right.
type Tally struct {
	Objective
	Right, Asked int
}

// tallies count a question for each of its objectives.
func tallies(items []*Item, right map[string]bool) (out []Tally) {
	for _, o := range Objectives() {
		t := Tally{Objective: o}
		for _, it := range items {
			if !slices.Contains(it.Objectives, o.Number) {
				continue
			}
			if t.Asked++; right[it.Name] {
				t.Right++
			}
		}
		if t.Asked > 0 {
			out = append(out, t)
		}
	}
	return out
}

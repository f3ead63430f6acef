// Package dmarc finds which DMARC policy applies to mail from a domain, and what its organization is (RFC 9989). It is given the answers of
// DNS, and asks nobody.
//
// The library for it, emersion/go-msgauth, has the records of RFC 7489 and no tree walk.
package dmarc

import (
	"slices"
	"strings"

	"ehlo/session/record"
)

// Version is what a record begins with.
const Version = "v=DMARC1"

// Record is a DMARC record.
type Record struct {
	Domain string // whose it is: that of the name without _dmarc
	Text   string
	tags   []record.Tag
	// broken is set where its policy cannot be understood, and counts as none (§4.10.1).
	broken bool
}

// Name is where the record of a domain is.
func Name(domain string) string { return "_dmarc." + domain }

// Policies are what a record can ask for.
var Policies = []string{"none", "quarantine", "reject"}

// Texts are those of TXT records that are meant as DMARC records.
func Texts(all []string) (list []string) {
	for _, text := range all {
		if head, _, _ := strings.Cut(text, ";"); strings.EqualFold(strings.Join(strings.Fields(head), ""), Version) {
			list = append(list, text)
		}
	}
	return list
}

// Read reads the record of a domain. wrong says what is not valid in it; usable is false where receivers then use nothing of it.
func Read(domain, text string) (r Record, wrong string, usable bool) {
	r = Record{Domain: domain, Text: text}
	list := false
	if r.tags, list = record.Tags(text); !list {
		return r, "it is not a list of names with values, separated by semicolons", false
	}
	for _, name := range []string{"p", "sp", "np"} {
		if v, ok := record.TagOf(r.tags, name); ok && !slices.Contains(Policies, strings.ToLower(v)) {
			wrong, r.broken = name+"="+v+" is not none, quarantine or reject", true
		}
	}
	if r.Value("p") == "" && r.Value("rua") == "" {
		wrong = "it has neither p nor rua"
	}
	return r, wrong, wrong == "" || len(r.Reports()) > 0
}

// Value is the value of a tag in small letters, empty where it is not there.
func (r Record) Value(name string) string {
	v, _ := record.TagOf(r.tags, name)
	return strings.ToLower(v)
}

// Has reports whether a tag is there.
func (r Record) Has(name string) bool {
	_, has := record.TagOf(r.tags, name)
	return has
}

// Listeners are the addresses for aggregate reports as the record has them, without a size.
func (r Record) Listeners() (list []string) {
	rua, has := record.TagOf(r.tags, "rua")
	if !has || rua == "" {
		return nil
	}
	for uri := range strings.SplitSeq(rua, ",") {
		uri, _, _ = strings.Cut(strings.TrimSpace(uri), "!") // a size is of the older form
		list = append(list, uri)
	}
	return list
}

// Address is the mail address of one of [Record.Listeners], and its domain; ok is false where it is none.
func Address(uri string) (address, host string, ok bool) {
	const scheme = "mailto:"
	_, host, ok = strings.Cut(uri, "@")
	if len(uri) < len(scheme) || !strings.EqualFold(uri[:len(scheme)], scheme) || !ok || !record.IsDomain(host) {
		return "", "", false
	}
	return uri[len(scheme):], strings.ToLower(host), true
}

// Reports are the addresses for aggregate reports that are valid.
func (r Record) Reports() (list []string) {
	for _, uri := range r.Listeners() {
		if address, _, ok := Address(uri); ok {
			list = append(list, address)
		}
	}
	return list
}

// Policy is what the record asks for mail from a domain, which is its own or one below it. That has sp, or np where it does not exist, and p
// where there is none of these (§4.10.1).
func (r Record) Policy(domain string, exists bool) string {
	below := "sp"
	if !exists {
		below = "np"
	}
	policy := r.Value("p")
	if r.Domain != domain && r.Value(below) != "" {
		policy = r.Value(below)
	}
	if policy == "" || r.broken {
		return Policies[0]
	}
	return policy
}

// Strict reports whether an identifier of SPF, or of DKIM, has to have the domain of From itself (§4.4).
func (r Record) Strict(dkim bool) bool {
	if dkim {
		return r.Value("adkim") == "s"
	}
	return r.Value("aspf") == "s"
}

// mostLabels bounds the walk: of a longer name the labels on the left are left out after the first query (§4.10).
const mostLabels = 8

// Walk finds the records from a domain up to the root (§4.10). at gives the one of a domain, if there is exactly one that is usable; its error ends
// the walk.
func Walk(domain string, at func(domain string) (r Record, ok bool, err error)) (found []Record, err error) {
	labels := strings.Split(domain, ".")
	for len(labels) > 0 {
		r, ok, err := at(strings.Join(labels, "."))
		if err != nil {
			return found, err
		}
		if ok {
			found = append(found, r)
			if psd := r.Value("psd"); psd == "n" || psd == "y" {
				return found, nil
			}
		}
		if len(labels) >= mostLabels {
			labels = labels[len(labels)-mostLabels+1:]
			continue
		}
		labels = labels[1:]
	}
	return found, nil
}

// Organization is the organizational domain by the records on the way up (§4.10.2).
func Organization(domain string, list []Record) string {
	for _, r := range list {
		switch {
		case r.Value("psd") == "n":
			return r.Domain
		case r.Value("psd") == "y" && r.Domain != domain:
			below := strings.Split(strings.TrimSuffix(domain, "."+r.Domain), ".")
			return below[len(below)-1] + "." + r.Domain
		}
	}
	if len(list) == 0 {
		return domain
	}
	return list[len(list)-1].Domain
}

// Applies is the record that applies to mail from a domain: its own, else that of its organization, else that of the registry above (§4.10.1).
func Applies(domain string, list []Record) (r Record, ok bool) {
	if len(list) == 0 {
		return Record{}, false
	}
	r = list[len(list)-1]
	for _, at := range []string{Organization(domain, list), domain} {
		if i := slices.IndexFunc(list, func(r Record) bool { return r.Domain == at }); i >= 0 {
			r = list[i]
		}
	}
	return r, true
}

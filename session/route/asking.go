package route

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"ehlo/session/record"
)

// asking is a route under way.
type asking struct {
	Options
	ctx    context.Context
	report *Report

	mu    sync.Mutex
	known map[record.Question]record.Lookup
	left  int // questions that may still be asked
}

func newAsking(ctx context.Context, domain string, o Options) *asking {
	if o.Now == nil {
		o.Now = time.Now
	}
	report := &Report{Format: Format, Domain: domain, Server: o.Server, Proves: o.Proves, Began: o.Now().UTC(), Way: WayUnknown}
	return &asking{Options: o, ctx: ctx, report: report, known: map[record.Question]record.Lookup{}, left: mostQuestions}
}

// answer is what came of a question.
type answer struct {
	record.Lookup
	// data are those of the records of the type that was asked for, at the end of all aliases.
	data []string
	// end is the name at which they are; it is another one than was asked for after an alias. Loop says that the aliases lead to each other.
	end  string
	loop bool
}

// failed reports whether there is no answer to rely on: nothing came, or the name server could not say (RFC 2308 §7).
func (n answer) failed() bool {
	return n.Trouble != "" || n.Status != record.StatusNoError && n.Status != record.StatusNXDomain || n.loop
}

// why says what became of an answer that failed.
func (n answer) why() string {
	switch {
	case n.loop:
		return "its aliases form a loop"
	case n.Trouble.Silent():
		return "no name server answered in time"
	case n.Trouble != "":
		return n.Error
	}
	return "the name server answers " + n.Status
}

// aliased reports whether the name is an alias.
func (n answer) aliased() bool { return !strings.EqualFold(n.end, n.Name) }

// longestAlias bounds how many aliases are followed.
const longestAlias = 8

// ask asks a question and follows aliases to their end, also where the resolver leaves that to its client.
func (a *asking) ask(kind, name string) answer {
	n := answer{Lookup: a.lookUp(record.Question{Type: kind, Name: name}), end: name}
	seen := map[string]bool{}
	part := n.Lookup
	for {
		if seen[strings.ToLower(n.end)] || len(seen) > longestAlias {
			n.loop = true
			return n
		}
		seen[strings.ToLower(n.end)] = true
		if n.data = dataOf(part, kind, n.end); len(n.data) > 0 {
			return n
		}
		next := dataOf(part, "CNAME", n.end)
		switch {
		case len(next) > 0 && kind != "CNAME":
			n.end = bare(next[0])
		case n.end != name && !strings.EqualFold(part.Name, n.end) && part.Status == record.StatusNoError:
			part = a.lookUp(record.Question{Type: kind, Name: n.end})
			n.Status, n.Trouble, n.Error, n.Proved = part.Status, part.Trouble, part.Error, n.Proved && part.Proved
			delete(seen, strings.ToLower(n.end))
		default:
			return n
		}
	}
}

// dataOf are the data of the records of a type at a name.
func dataOf(l record.Lookup, kind, name string) (list []string) {
	for _, r := range l.Answers {
		if r.Type == kind && strings.EqualFold(bare(r.Name), name) {
			list = append(list, r.Data)
		}
	}
	return list
}

// bare is a name without the dot at its end.
func bare(name string) string { return strings.TrimSuffix(name, ".") }

// lookUp asks once, and remembers the answer.
func (a *asking) lookUp(q record.Question) record.Lookup {
	q.Name = strings.ToLower(q.Name)
	a.mu.Lock()
	known, ok := a.known[q]
	if !ok {
		a.left--
	}
	spent := a.left < 0
	a.mu.Unlock()
	switch {
	case ok:
		return known
	case spent:
		return record.Lookup{Type: q.Type, Name: q.Name, Trouble: record.TroubleFailed, Error: "the records lead to too many questions"}
	}
	found := a.Resolver.Ask(a.ctx, q)
	found.Proved = found.Proved && a.Proves
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known[q] = found
	return found
}

// ahead asks at the same time what is always asked, so that slow answers are waited for together.
func (a *asking) ahead() {
	d := a.report.Domain
	list := []record.Question{{Type: "TXT", Name: d}, {Type: "TXT", Name: "_dmarc." + d}, {Type: "TXT", Name: "_mta-sts." + d}, {Type: "TXT", Name: "_smtp._tls." + d}}
	for _, s := range services {
		list = append(list, record.Question{Type: "SRV", Name: s + "." + d})
	}
	for _, s := range settings {
		list = append(list, record.Question{Type: "A", Name: s + "." + d}, record.Question{Type: "AAAA", Name: s + "." + d})
	}
	for _, s := range a.Selectors {
		list = append(list, record.Question{Type: "TXT", Name: s + "._domainkey." + d})
	}
	each(len(list), func(i int) { a.lookUp(list[i]) })
}

// asked are all lookups, in an order that does not depend on which came first.
func (a *asking) asked() []record.Lookup {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.SortedFunc(maps.Values(a.known), func(x, y record.Lookup) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Type, y.Type))
	})
}

// find adds a finding about the domain.
func (a *asking) find(f Finding) { a.report.Findings = append(a.report.Findings, f) }

// knows reports whether there is such a finding about the domain.
func (a *asking) knows(codes ...Code) bool {
	return slices.ContainsFunc(a.report.Findings, func(f Finding) bool { return slices.Contains(codes, f.Code) })
}

// each does something for each of so many things at the same time, and returns when all are done.
func each(n int, do func(int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { do(i) })
	}
	running.Wait()
}

package explain

import (
	"slices"
	"strings"
)

// Cite writes references as one list, each document with its sections after it. What became of a document that was replaced is
// said where it comes first, and once for neighbors with the same successor: "RFC 5246 §7.3, §8 (obsoleted by RFC 9846)",
// "RFC 9846 (was 8446) §2", "RFC 2246, RFC 4346 (both obsoleted by RFC 9846)".
func Cite(refs []Ref) string {
	var told []string
	return cite(refs, func(doc string) (was, by string) {
		if slices.Contains(told, doc) {
			return "", ""
		}
		told = append(told, doc)
		return labeled(" (was ", known(doc), ")"), labeled(" (obsoleted by ", ObsoletedBy(doc), ")")
	})
}

// Cited is for the source of one line, "RFC 5246 §7.4.2, §8": it says what replaced it, and not what it replaced. What is no
// reference comes back as it is.
func Cited(refs string) string {
	list, err := parseRefs(refs)
	if err != nil {
		return refs
	}
	return cite(list, func(doc string) (was, by string) { return "", labeled(", obsoleted by ", ObsoletedBy(doc), "") })
}

// cite puts the notes on a document behind its name and behind its sections.
func cite(refs []Ref, notes func(doc string) (was, by string)) string {
	var docs []cited
	for i := 0; i < len(refs); {
		doc := refs[i].Doc
		was, by := notes(doc)
		var sections []string
		for ; i < len(refs) && refs[i].Doc == doc; i++ {
			if refs[i].Section != "" {
				sections = append(sections, "§"+refs[i].Section)
			}
		}
		docs = append(docs, cited{doc + was + labeled(" ", strings.Join(sections, ", "), ""), by})
	}
	return listed(docs)
}

// cited is a document with its sections, and what replaced it as it is told.
type cited struct{ text, by string }

// listed joins documents. Neighbors that the same document replaced tell it once, behind the last.
func listed(docs []cited) string {
	var out []string
	for i := 0; i < len(docs); {
		end := i + 1
		for ; end < len(docs) && docs[i].by != "" && docs[end].by == docs[i].by; end++ {
		}
		for _, d := range docs[i:end] {
			out = append(out, d.text)
		}
		by := docs[i].by
		if n := end - i; n > 1 {
			by = strings.Replace(by, "obsoleted", map[bool]string{true: "both obsoleted", false: "all obsoleted"}[n == 2], 1)
		}
		out[len(out)-1] += by
		i = end
	}
	return strings.Join(out, ", ")
}

func labeled(before, text, after string) string {
	if text == "" {
		return ""
	}
	return before + text + after
}

// known is the number by which people know a document that is new.
func known(doc string) string {
	switch doc {
	case "RFC 9846":
		return "8446"
	case "RFC 9989":
		return "7489"
	}
	return ""
}

// ObsoletedBy is the RFC in force in the place of one that was replaced, at the end of the line of its successors; empty if it
// was not replaced.
func ObsoletedBy(doc string) string {
	number := strings.TrimPrefix(doc, "RFC ")
	for _, o := range obsolete {
		for old := range strings.FieldsSeq(o.old) {
			if old == number {
				return "RFC " + o.by
			}
		}
	}
	return ""
}

// obsolete are the RFCs around mail and TLS that were replaced, beside the one in force now (the headers of the RFCs say so:
// "Obsoletes").
var obsolete = [...]struct{ by, old string }{
	{"1939", "1081 1225 1460 1725"},
	{"2045", "1341 1521"},
	{"3461", "1891"},
	{"3463", "1893"},
	{"3464", "1894"},
	{"4422", "2222"},
	{"4648", "3548"},
	{"4954", "2554"},
	{"3207", "2487"},
	{"5280", "2459 3280"},
	{"5321", "821 974 1425 1651 1869 2821"},
	{"5322", "822 2822"},
	{"5890", "3490"},
	{"6152", "1426 1652"},
	{"6331", "2831"},
	{"6376", "4870 4871 5672"},
	{"6409", "2476 4409"},
	{"6531", "5336"},
	{"6960", "2560 6277"},
	{"7208", "4408"},
	{"8017", "2313 2437 3447"},
	{"8018", "2898"},
	{"8200", "1883 2460"},
	{"8265", "4013 7613"},
	{"8551", "2633 3851 5751"},
	{"8601", "5451 7001 7601"},
	{"8996", "7507"},
	{"9051", "1730 2060 3501"},
	{"9110", "2616 2818 7230 7231"},
	{"9147", "4347 6347"},
	{"9162", "6962"},
	{"9293", "793"},
	{"9325", "7525"},
	{"9499", "7719 8499"},
	{"9525", "6125"},
	{"9580", "2440 4880"},
	{"9846", "2246 4346 4366 4492 4507 5077 5246 6961 7627 8422 8446"},
	{"9847", "8447"},
	{"9989", "7489 9091"},
}

// Refs reads references as they are written, "RFC 5321 §4.1.1.1, §4.2, RFC 3207"; nothing where a part of it is none.
func Refs(list string) []Ref {
	refs, err := parseRefs(list)
	if err != nil {
		return nil
	}
	return refs
}

package diff

import (
	"slices"
	"strings"
	"testing"

	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/labtest"
	"ehlo/transcripts/words"
)

// 25, 587 and 465 walked to their ends: what the table and the columns count is what stands in the transcripts.
func TestThreePorts(t *testing.T) {
	var list []Session
	for _, name := range []string{"25", "587", "465"} {
		sc, err := lab.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Session{Name: name, Source: labtest.Run(t, sc)})
	}
	abreast, table := SetAbreast(list), Tabulate("in", list)
	for i, s := range list {
		trips, readable, protected := 0, 0, 0
		count := func(n int, inTLS bool) {
			if inTLS {
				protected += n
			} else {
				readable += n
			}
		}
		for n := range s.Source.Len() {
			switch e := s.Source.At(n); {
			case e.Connect != nil:
				trips++
			case e.Send != nil:
				count(len(e.Send.Raw), e.Send.TLS) // a short message is there whole
			case e.TLS != nil:
				trips += e.TLS.Decided.Summary().RoundTrips
			case e.Reply != nil:
				trips++
				count(len(e.Reply.Raw), e.Reply.TLS)
			}
		}
		if c := abreast.Columns[i]; c.Name != s.Name || c.Trips != trips || c.Readable != readable || c.Protected != protected || !strings.HasPrefix(c.Result, "done at quit") {
			t.Errorf("%+v, and in the transcript are %d round trips, %d bytes in cleartext and %d inside TLS", c, trips, readable, protected)
		}
		for name, want := range map[string]string{"round trips": words.Count(trips), "in cleartext": words.Number(readable, "byte"), "inside TLS": words.Number(protected, "byte")} {
			if got := table.value(name, i); got != want {
				t.Errorf("%s of %s is %q, want %q", name, s.Name, got, want)
			}
		}
		if (readable == 0) != (s.Name == "465") {
			t.Errorf("%d bytes of %s were readable", readable, s.Name)
		}
	}
	for _, row := range abreast.Rows {
		if row[1] != nil && row[1].Verb == record.VerbAuth && (row[0] != nil || row[2] == nil || row[2].Verb != record.VerbAuth) {
			t.Errorf("AUTH stands beside %v and %v", row[0], row[2])
		}
	}
	for i, s := range list { // every step is there, in its order
		var steps []*Step
		for _, row := range abreast.Rows {
			if row[i] != nil {
				steps = append(steps, row[i])
			}
		}
		if len(steps) != len(read(s).steps) || !slices.IsSortedFunc(steps, func(a, b *Step) int { return a.From - b.From }) {
			t.Errorf("%s has %d steps in the rows", s.Name, len(steps))
		}
	}
}

func (t *Table) value(row string, column int) string {
	return t.Rows[slices.IndexFunc(t.Rows, func(r Row) bool { return r.Name == row })].Values[column]
}

// A message of which the log has only the beginning counts as what was sent, and nothing from outside gets into the lines as it is.
func TestAbreastOfHostile(t *testing.T) {
	content := record.Event{Kind: record.KindSend, Step: record.VerbContent, Send: &record.Send{Raw: wire.Raw("abc"), Size: 5000, Content: true, TLS: true}}
	a := server{events: []record.Event{answered(record.VerbGreeting, 220, "\x1b[2Jhi"), content}}.log("a\x1b[31m")
	a.Running = true
	b := server{events: []record.Event{answered(record.VerbGreeting, 220, "hi")}, verdict: &record.Verdict{Outcome: record.OutcomeDone, Cause: "\u202eIt went."}}.log("b")
	got := SetAbreast([]Session{a, b})
	if c := got.Columns; c[0].Protected != 5000 || c[0].Result != "" || c[1].Result == "" {
		t.Errorf("%+v", c)
	}
	for _, line := range got.Lines(60) {
		if wire.VisibleString(line) != line {
			t.Errorf("%q", line)
		}
	}
}

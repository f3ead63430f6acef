package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
)

func session(t *testing.T) *record.Log {
	t.Helper()
	l := &record.Log{}
	l.Append(record.Event{Kind: record.KindStart, Start: &record.Start{Plan: record.Plan{Target: record.Target{Host: "mail.lab", Port: 587}}}})
	l.Append(record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO laptop.test\r\n")}})
	l.Append(record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Code: 250, Raw: wire.Raw("250-mail.lab\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n")}}})
	state := record.NewState()
	l.Append(record.Event{Kind: record.KindState, State: &state})
	l.Append(record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "cert-expired", Severity: record.SeverityDanger, Text: "The certificate expired on 1 May."}})
	l.Append(record.Event{Kind: record.KindNote, Note: &record.Note{On: 2, Text: "Ümläute"}})
	return l
}

// Every word has to stand in one line, in whatever case; the line that holds them is told.
func TestFindsTheLine(t *testing.T) {
	l := session(t)
	for typed, want := range map[string]string{
		"ehlo":           "1.0 EHLO laptop.test",
		"LOGIN auth":     "2.2 250 AUTH PLAIN LOGIN",
		"size":           "2.1 250-SIZE 1000",
		"size auth":      "",
		"cert-expired":   "4.0 danger cert-expired: The certificate expired on 1 May.",
		"CERT 1 may":     "4.0 danger cert-expired: The certificate expired on 1 May.",
		"üml":            "5.0 note on event 2: Ümläute",
		"ÜMLÄUTE":        "5.0 note on event 2: Ümläute",
		"mail.lab:587":   "0.0 mail.lab:587 (submission), STARTTLS if it is offered, 0001-01-01 00:00:00 UTC",
		"":               "",
		"nowhere at all": "",
	} {
		var got []string
		hits, next := New(typed).Scan(l, 0, l.Len(), 100, time.Hour)
		for _, h := range hits {
			got = append(got, fmt.Sprintf("%d.%d %s", h.Event, h.Line, h.Text))
		}
		if strings.Join(got, "\n") != want || next != l.Len() {
			t.Errorf("%q finds %q up to %d, want %q", typed, got, next, want)
		}
	}
}

// endless is a session of a great many events, of which every third greets.
type endless struct {
	record.Source
	asked int
}

func (s *endless) At(i int) *record.Event {
	s.asked++
	text := "250 ok\r\n"
	if i%3 == 0 {
		text = "220 hello\r\n"
	}
	return &record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(text)}}}
}

// It stops at so many hits, and when its time is over, and goes on from there without leaving any out.
func TestGoesOnInPortions(t *testing.T) {
	src := &endless{}
	hits, next := New("hello").Scan(src, 0, 1_000_000, 200, time.Hour)
	if len(hits) != 200 || next != 598 || src.asked != next {
		t.Errorf("%d hits, %d events asked for, next is %d", len(hits), src.asked, next)
	}
	all, portions := 0, 0
	for at := 0; at < 3000; portions++ {
		hits, at = New("hello").Scan(src, at, 3000, 1000, 0)
		all += len(hits)
	}
	if all != 1000 || portions < 2 {
		t.Errorf("%d hits in %d portions", all, portions)
	}
	src.asked = 0
	if _, next := New(" ").Scan(src, 0, 1_000_000, 200, time.Hour); next != 1_000_000 || src.asked > 0 {
		t.Errorf("nothing was looked for in %d events", src.asked)
	}
}

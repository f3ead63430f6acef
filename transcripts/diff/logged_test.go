package diff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// logs are events in which a server logs these lines, each in a step of its own.
func logs(number int, lines ...string) (events []record.Event) {
	for _, text := range lines {
		events = append(events, record.Event{Kind: record.KindServerLog, Step: record.VerbQuit, ServerLog: &record.ServerLog{
			Lines: []record.LogLine{{Time: time.Now(), Process: fmt.Sprintf("lab/smtpd[%d]", number), Text: text}}}})
	}
	return events
}

func onPath(deeds ...record.Deed) record.Event {
	return record.Event{Kind: record.KindOnPath, Step: record.VerbEHLO, OnPath: &record.OnPath{Deeds: deeds}}
}

// What the servers logged is compared line by line, where both logs are there, without what no two of them share, and stands in a row of its own.
func TestLogs(t *testing.T) {
	a := server{events: logs(7, "connect from localhost[::1]", "LAB0001: to=<b@c.d>, delay=0.3, delays=0.1/0/0/0.2, status=sent", "disconnect from localhost[::1] ehlo=1")}.log("a")
	same := server{events: logs(8, "connect from localhost[::1]", "LAB0001: to=<b@c.d>, delay=12, delays=9/0/0/3, status=sent", "disconnect from localhost[::1] ehlo=1")}.log("b")
	expect(t, Compare(a, same))
	for i := range same.Source.Len() {
		if l := same.Source.At(i).ServerLog; l != nil {
			l.Lines[0].Process = "mail.lab submission/smtpd[1]"
		}
	}
	expect(t, Compare(a, same)) // the same program by the name of another log
	expect(t, Compare(a, server{}.log("none")))
	other := Compare(a, server{events: logs(1, "connect from localhost[::1]", "NOQUEUE: reject: no", "disconnect from localhost[::1] ehlo=1")}.log("c"))
	expect(t, other, "server log: Only in A: lab/smtpd[7]: LAB0001: to=<b@c.d>, delay=0.3, delays=0.1/0/0/0.2, status=sent", "server log: Only in B: lab/smtpd[1]: NOQUEUE: reject: no")
	rows := other.Facing()
	if last := rows[len(rows)-1]; last.Mark != Differs || last.A != "server log: 3 lines" || len(last.Differences) != 2 || Sum(rows) != "≠ 1 different" {
		t.Errorf("%+v, %s", last, Sum(rows))
	}
}

// What a device on the path saw and did is compared too; into how many records the bytes of TLS are cut says nothing.
func TestDeedsOnThePath(t *testing.T) {
	carried := record.Deed{Did: record.DeedCarried, From: "S", Bytes: 1200}
	saw := record.Deed{Did: record.DeedSaw, From: "C", What: "EHLO", Bytes: 22}
	a := server{events: []record.Event{onPath(saw, carried, carried)}}.log("a")
	expect(t, Compare(a, server{events: []record.Event{onPath(saw, carried)}}.log("b")))
	expect(t, Compare(a, server{events: []record.Event{onPath(saw, record.Deed{Did: record.DeedRemoved, From: "S", What: "250-STARTTLS"})}}.log("b")),
		"on the path: Only in B: removed: 250-STARTTLS")
}

// Of a long log that only one has so many lines are told, and how many more there are.
func TestLongLogs(t *testing.T) {
	var lines []string
	for range 2 * mostOthers {
		lines = append(lines, "something else")
	}
	c := Compare(server{events: logs(1, lines...)}.log("a"), server{events: logs(1, "one line")}.log("b"))
	if got := told(c); len(got) != mostToldOthers+2 || !strings.HasSuffix(got[mostToldOthers], fmt.Sprintf("And %d more lines only in A.", mostOthers-mostToldOthers)) {
		t.Errorf("%d lines, %q", len(got), got[len(got)-2])
	}
}

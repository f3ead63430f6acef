package dialogue

import (
	"fmt"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
)

func bdat(size int, last string) record.Event {
	return record.Event{Kind: record.KindSend, Step: record.VerbBdat, Send: &record.Send{Raw: wire.Raw(fmt.Sprintf("BDAT %d%s\r\n%s", size, last, strings.Repeat("a", size))), Size: size}}
}

func refusal(step record.Verb) record.Event {
	e := reply(step, 1)
	e.Reply.Code = 552
	return e
}

// The chunks of a message after the first fold to one row with their number and size. What decides about the message stays in sight.
func TestChunks(t *testing.T) {
	ok := reply(record.VerbBdat, 1)
	for name, test := range map[string]struct {
		events []record.Event
		want   []string // in the rows, each
		rows   int      // with those of a chunk and its reply
	}{
		"one":       {[]record.Event{bdat(9, " LAST"), ok}, []string{"BDAT 9 LAST"}, 4},
		"three":     {[]record.Event{bdat(9, ""), ok, bdat(9, ""), ok, bdat(4, " LAST"), ok}, []string{"▸ 2 more chunks · 13 bytes"}, 6},
		"refused":   {[]record.Event{bdat(9, ""), ok, bdat(9, ""), refusal(record.VerbBdat)}, []string{"1 more chunk · 9 bytes"}, 6},
		"the first": {[]record.Event{bdat(9, ""), refusal(record.VerbBdat), bdat(9, " LAST"), ok}, []string{"BDAT 9 LAST"}, 7},
		"another":   {[]record.Event{bdat(9, " LAST"), ok, bdat(5, " LAST"), ok}, []string{"BDAT 9 LAST", "BDAT 5 LAST"}, 7},
	} {
		_, x := indexed(test.events...)
		got := rows(x, x.Len())
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		if n := strings.Count(got, "\n") + 1; n != test.rows {
			t.Errorf("%s: %d rows, want %d:\n%s", name, n, test.rows, got)
		}
	}
}

// At an earlier position there are only the chunks up to it, and the opened fold has each command with its reply.
func TestChunksAtAPosition(t *testing.T) {
	ok := reply(record.VerbBdat, 1)
	_, x := indexed(bdat(9, ""), ok, bdat(9, ""), ok, bdat(4, " LAST"), ok)
	if got := rows(x, 4); !strings.Contains(got, "▸ 1 more chunk · 9 bytes") {
		t.Errorf("%s", got)
	}
	x.Toggle(4)
	if got := rows(x, x.Len()); !strings.Contains(got, "BDAT 9") || !strings.Contains(got, "BDAT 4 LAST") || strings.Count(got, "250") != 3 {
		t.Errorf("%s", got)
	}
}

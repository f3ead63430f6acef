package detail

import (
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// inAuth reports whether an event belongs to an AUTH exchange.
func inAuth(e *record.Event) bool {
	switch e.Step {
	case record.VerbAuth, record.VerbRespond, record.VerbCancel:
		return true
	}
	return false
}

// round is the half round of AUTH that a line belongs to, nil if it belongs to none.
func (s Subject) round() *record.Auth {
	e := s.event()
	if !inAuth(e) {
		return nil
	}
	if e = s.after(record.KindAuth); e == nil {
		return nil
	}
	return e.Auth
}

// holds are the parts of the message of AUTH in an event. They are there as soon as the line is: the event that opens it may come later.
func (s Subject) holds(e *record.Event) []words.Part {
	a := e.Auth
	if a == nil {
		s.Upto = s.Index.Len()
		a = s.round()
	}
	if a == nil || a.From == "C" && e.Reply != nil {
		return nil
	}
	return words.Holds(a)
}

// held says what the message holds, a part at a time, and what each is for.
func (w *writer) held() {
	for i, v := range w.holds {
		if i == 0 {
			w.gap()
		}
		said := paint.Accent.Line(v.Name)
		if v.Note == "" {
			said = said.And(paint.Plain, ": "+v.Value)
		} else {
			said = said.And(paint.Plain, " ").Then(paint.Text(v.Value).Cut(longValue)).And(paint.Plain, ": "+v.Note)
		}
		w.add(said.Break(w.width, 2, maxLines)...)
	}
}

// maxLines is more than a part takes.
const maxLines = 20

// longValue is how much of a value the explanation shows, in cells: the fields view has it whole.
const longValue = 28

// response divides a line of the client in AUTH. Of what is masked not even the length is told.
func (w *writer) response(e *record.Event) {
	line := strings.TrimRight(string(e.Send.Raw), "\r\n")
	switch words := strings.Fields(line); {
	case len(words) > 1:
		w.field("command", words[0])
		w.field("mechanism", words[1])
		w.field("initial", strings.Join(words[2:], " "))
	case line == "":
		w.field("response", "an empty line")
	case line == "*":
		w.field("response", "*, which cancels the exchange")
	default:
		w.field("response", line)
	}
}

// auth lists every value of a half round, how it was made and where that is written.
func (w *writer) auth(a *record.Auth) {
	w.field("mechanism", a.Mechanism)
	w.field("round", strconv.Itoa(a.Round))
	w.field("from", map[string]string{"C": "the client", "S": "the server"}[a.From])
	w.field("outcome", string(a.Outcome))
	w.values(a)
}

// values are the parts of a message and what they were computed from, by the names of the RFC.
func (w *writer) values(a *record.Auth) {
	if a == nil {
		return
	}
	for _, v := range a.Values {
		w.gap()
		w.add(paint.Wrap(paint.Accent, v.Name, w.width)...)
		w.below(paint.Plain, display(v))
		w.below(paint.Dim, v.How)
		w.below(paint.Dim, v.Ref)
	}
}

// below is a text that belongs to the name above it.
func (w *writer) below(ink paint.Ink, text string) {
	if text == "" {
		return
	}
	w.add(paint.Hang(paint.Text("  "), paint.Wrap(ink, text, w.width-2))...)
}

func display(v sasl.Value) string {
	switch s := v.Display(false); {
	case v.Hides != "":
		return s + " hidden: a " + v.Hides
	case s == "":
		return "(empty)"
	default:
		return wire.VisibleString(s)
	}
}

// listener goes on a sentence about someone who reads along.
func listener(info sasl.Info) string {
	if rest, ok := strings.CutPrefix(info.Eavesdropper, "nothing:"); ok {
		return "gains nothing:" + rest
	}
	return info.Eavesdropper
}

// exposed says what a line in cleartext was worth to someone who read it.
func (w *writer) exposed(s Subject, hides string) {
	text := "On the wire the secret itself was sent where " + sasl.Mask + " is shown: base64 is not encryption."
	info := sasl.Info{}
	if a := s.round(); a != nil {
		info, _ = sasl.Lookup(a.Mechanism)
	}
	if hides == sasl.HidesDigest || hides == sasl.HidesProof {
		text = "The wire carried the " + hides + " itself in place of " + sasl.Mask + ". Anyone who read it " + listener(info) + "."
	}
	w.gap()
	w.add(paint.Hang(paint.Bad.Line("‼ "), paint.Wrap(paint.Plain, text, w.width-2))...)
}

// heard says, beside the ciphertext, what the exchange would have been worth without it.
func (w *writer) heard(s Subject) {
	if a := s.round(); a != nil {
		if info, ok := sasl.Lookup(a.Mechanism); ok {
			w.paragraph("Without TLS, an eavesdropper who reads this exchange of " + info.Name + " " + listener(info) + ".")
		}
	}
}

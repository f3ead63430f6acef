package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehlo/session/explain"
	"ehlo/session/wire"
	"ehlo/transcripts/search"
	"ehlo/transcripts/words"
)

// Bounds of what is listed at once: more is not listened to. A further word narrows it.
const (
	mostListed = 9
	// longSearch is how long the events of a session are looked at.
	longSearch = 2 * time.Second
)

// reader reads cards: one after the other, back and forward, with numbers for what comes next. It is a conversation of its own,
// so that a number means one thing; whatever it does not know ends it and is a key of the prompt it came from.
type reader struct {
	*dialog
	trail  []explain.Entry
	at     int             // of the card read last; -1 where a list was
	listed []explain.Entry // what the numbers open
	from   []explain.Entry // the list that the trail began with
	find   func(line string) []explain.Entry
}

// The keys of the reader.
var (
	keyCard     = key{name: anyNumber, does: "that card", says: "reads that card", help: "read the card with this number"}
	keyBefore   = key{name: "b", does: "back", says: "goes back", help: "back to the card before, or to the list; back does the same"}
	keyAfter    = key{name: "g", does: "go forward", says: "goes forward", help: "go forward to the card that b came from"}
	keyLeaveOff = key{name: "", does: "leave", says: "leaves the cards", help: "leave the cards; any other key leaves them as well and has its usual effect"}
)

// read opens a card, or lists several, and goes on until the person leaves. What it returns was typed for the prompt before it.
func (r *reader) read(ctx context.Context, found []explain.Entry) (rest string, err error) {
	r.list(found)
	for {
		keys := r.keys()
		line, err := r.ask(ctx, prompt(keys))
		if err != nil {
			return "", err
		}
		t, ok := match(line, keys)
		switch {
		case !ok && strings.EqualFold(strings.TrimSpace(line), "back"):
			t.key = keyBefore
		case !ok:
			return line, nil
		}
		if r.echo(t.echoed()); t.key == keyLeaveOff {
			return "", nil
		}
		r.turn(t)
	}
}

func (r *reader) keys() []key {
	var keys []key
	if n := len(r.listed); n > 0 {
		k := keyCard
		k.most = n
		keys = append(keys, k)
	}
	if r.at > 0 || r.at == 0 && len(r.from) > 1 {
		keys = append(keys, keyBefore)
	}
	if r.at+1 < len(r.trail) {
		keys = append(keys, keyAfter)
	}
	return append(keys, keySearch, keyLeaveOff, keyHelp)
}

func (r *reader) turn(t typed) {
	switch t.key.name {
	case keyCard.name:
		r.open(t.n)
	case keyBefore.name:
		r.back()
	case keyAfter.name:
		r.at++
		r.say()
	case keySearch.name:
		r.list(r.find(t.rest))
	case keyHelp.name:
		r.help(r.keys(), t.rest)
	}
}

// list says what was found; one card alone is read.
func (r *reader) list(found []explain.Entry) {
	r.from, r.trail, r.at = found, nil, -1
	if len(found) == 1 {
		r.listed = found
		r.open(1)
		return
	}
	r.number(found)
}

func (r *reader) number(found []explain.Entry) {
	r.listed = found[:min(len(found), mostListed)]
	for i, e := range r.listed {
		r.printf("%d: %s", i+1, headline(e))
	}
	if len(found) > len(r.listed) {
		r.printf("not listed: %s; another word narrows the search", words.Number(len(found)-len(r.listed), "more card"))
	}
}

// headline is a card in a line.
func headline(e explain.Entry) string {
	return words.List(": ", e.Title()+", "+e.What(), e.Gloss())
}

func (r *reader) open(n int) {
	if n < 1 || n > len(r.listed) {
		r.printf("there is no number %d here; the last is %d", n, len(r.listed))
		return
	}
	r.trail = append(r.trail[:r.at+1:r.at+1], r.listed[n-1])
	r.at++
	r.say()
}

func (r *reader) back() {
	if r.at--; r.at < 0 {
		r.number(r.from)
		return
	}
	r.say()
}

// say reads the card that the trail has come to.
func (r *reader) say() {
	e := r.trail[r.at]
	for _, line := range cardSentences(e) {
		r.print(wire.VisibleString(line))
	}
	r.listed = e.Related()
	for i, see := range r.listed {
		r.printf("see also %d: %s", i+1, headline(see))
	}
}

// cardSentences are all there is to a card, each line complete in itself.
func cardSentences(e explain.Entry) []string {
	return own(append(append([]string{headline(e)}, e.Says()...), words.Labelled(formOf(e), e.Form), words.Labelled("what to do: ", explain.Remedies(e.Remedy, e.Operator)),
		words.Labelled("answers: ", e.Answers()), words.Labelled("source: ", explain.Cite(e.Refs)))...)
}

// formOf is what the form of an entry is called: the registry lists a port by a name.
func formOf(e explain.Entry) string {
	if e.Kind == explain.KindPort {
		return "name: "
	}
	return "form: "
}

// known are the cards that a line may mean, and says how many there are.
func (d *dialog) known(line string) []explain.Entry { return d.knownBeside(line, 0) }

// knownBeside is known where others have these words too: what may have been meant is said only where nothing has them.
func (d *dialog) knownBeside(line string, others int) []explain.Entry {
	found, all := explain.Matches(line, 200)
	switch near := explain.Suggest(strings.Fields(line)); {
	case all > 0:
		d.print(words.Number(all, "card") + " found")
	case len(near) > 0 && others == 0:
		d.printf("no card has all of these words; did you mean %s?", strings.Join(near, ", "))
	default:
		d.print("no card has all of these words")
	}
	return found
}

// learn does what a key that looks for something asks for; reads is false for every other key.
func (v *view) learn(ctx context.Context, t typed) (reads bool, err error) {
	switch {
	case t.key == keySearch:
		return true, v.search(ctx, t.rest)
	case t.key == keyOnly:
		v.tellOnly(t.rest)
		return true, nil
	case t.key == keyCards:
		return true, v.eventCards(ctx, t.rest)
	case t.key == keyExplain && t.rest != "":
		return true, v.article(ctx, t.rest)
	}
	return false, nil
}

// other takes a line that is no key for a question.
func (v *view) other(ctx context.Context, line string) error {
	if about, asks := askedAbout(line); asks {
		v.echo("")
		return v.search(ctx, about)
	}
	v.print("unknown command; help lists the commands")
	return nil
}

// search finds cards and events of this session, and reads the cards.
func (v *view) search(ctx context.Context, line string) error {
	if line == "" {
		v.print("say what to search for after the slash: / greylisting, / 5.7.8, / STARTTLS")
		return nil
	}
	return v.cards(ctx, v.lookUp(line))
}

// lookUp lists the events that hold the words, and gives the cards.
func (v *view) lookUp(line string) []explain.Entry {
	query, err := search.Parse(line)
	if err != nil {
		v.print(err.Error())
		return nil
	}
	var found []explain.Entry
	if query.Words() != "" {
		found = v.known(query.Words())
	}
	const most = mostListed + 1
	hits, next := query.Scan(v.src, 0, v.src.Len(), most, longSearch)
	for _, h := range hits[:min(len(hits), mostListed)] {
		v.printf("event %d: %s%s", h.Event+1, spokenBy(h.Mark), h.Text)
	}
	switch {
	case len(hits) == most:
		v.printf("there are more events, after the first %d with these words", mostListed)
	case next < v.src.Len():
		v.printf("only the first %s of %s were searched", words.Number(next, "event"), words.Count(v.src.Len()))
	case len(hits) == 0:
		v.print("no event of this session has these words")
	default:
		v.printf("%d of %s", len(hits), words.Number(v.src.Len(), "event"))
	}
	if len(hits) > 0 {
		v.print("j and the number of an event goes there")
	}
	return found
}

// spokenBy says who said what was found; a remark or a finding has no speaker.
func spokenBy(m words.Mark) string {
	if m.Sign == words.FromServer || m.Sign == words.ToServer {
		return speaker(m, false)
	}
	return ""
}

// article reads the card that words mean most likely.
func (v *view) article(ctx context.Context, line string) error {
	found, _ := explain.Matches(line, 1)
	if len(found) == 0 {
		v.print("no card is about these words; / WORDS searches")
		return nil
	}
	return v.cards(ctx, found)
}

// eventCards lists the cards of what stands in an event: the one with that number, or else the one shown last.
func (v *view) eventCards(ctx context.Context, rest string) error {
	on := v.noted()
	if n, err := strconv.Atoi(rest); err == nil {
		on = n
	}
	if on < 1 || on > v.src.Len() {
		v.printf("there is no event %d; the last is %d", on, v.src.Len())
		return nil
	}
	e := v.src.At(on - 1)
	lines := 1
	if e.Reply != nil {
		lines = max(min(len(e.Reply.Lines), mostLines), 1)
	}
	var found []explain.Entry
	seen := map[string]bool{}
	for line := range lines {
		for _, card := range words.Cards(e, line) {
			if !seen[card.ID()] {
				seen[card.ID()] = true
				found = append(found, card)
			}
		}
	}
	v.print(fmt.Sprintf("%s for event %d", words.Number(len(found), "card"), on))
	return v.cards(ctx, found)
}

// cards reads cards. What is typed for the prompt of the session is kept for it.
func (v *view) cards(ctx context.Context, found []explain.Entry) error {
	if len(found) == 0 {
		return nil
	}
	r := &reader{dialog: v.dialog, find: v.lookUp}
	rest, err := r.read(ctx, found)
	v.ahead = rest
	return err
}

package plain

import (
	"context"
	"strings"

	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
	"ehlo/ui/bench"
)

// builder is the workbench in use: tool after tool, until one has made a message or a line was typed.
type builder struct {
	*explorer
	*bench.Bench
	next  walk.Option // what would be done without the person
	due   int         // the tool that the Enter key takes; -1 for the line
	last  *bench.Tool // the one that has made a result last; nil if none has
	shown bool        // secrets are
}

// build makes a response from what a person types, and prepares it. No secret is shown unless that is asked for, and what
// it is compared with gives nothing of the right one away.
func (w *explorer) build(ctx context.Context, next walk.Option) error {
	place := bench.Place{Events: w.src, Len: w.shown, Snap: w.snap, Account: w.goal.Credentials.Username}
	if name := place.Mechanism(next.Step); w.bench == nil || w.bench.Mechanism != name {
		w.bench = bench.New(name, func(sasl.Input) bench.Field { return &typing{} })
	}
	b := &builder{explorer: w, Bench: w.bench, next: next}
	if b.due, _ = b.Begin(place, next.Step); b.ServerFirst() {
		b.due = -1
	}
	b.introduce()
	for {
		done, err := b.turn(ctx)
		if done || err != nil {
			return err
		}
	}
}

// typing is what was typed for an input. It prints as a mask.
type typing struct{ sasl.Secret }

func (t *typing) Value() string     { return t.Reveal() }
func (t *typing) SetValue(s string) { t.Secret = sasl.NewSecret(s) }

// introduce tells what is asked, and what there is to answer it with.
func (b *builder) introduce() {
	if info, _ := sasl.Lookup(b.Mechanism); b.Initial() {
		b.printf("AUTH %s: %s", b.Mechanism, info.Summary)
	} else {
		b.question()
	}
	if b.ServerFirst() {
		b.print("the server asks first: an empty line sends the command alone")
	}
	b.list()
	b.print("where a tool asks for something: an equals sign alone lists values to insert, =NUMBER inserts one, =0 leaves it empty, =q leaves the tool")
	b.print("where a tool asks for something: =text, =hex and =base64 change the form; two equals signs at the beginning stand for a literal one")
}

// question tells the challenge and its parts.
func (b *builder) question() {
	c := b.Challenge
	switch data := c.Bytes(); {
	case c.Raw == "":
		b.print("the challenge is empty: the server waits for the client's first message")
	case data == nil:
		b.printf("challenge: %s", short(c.Raw))
	default:
		b.printf("challenge: %s", short(sasl.Escape(data)))
	}
	for _, v := range c.Parts() {
		b.printf("challenge, %s: %s", v.Name, short(v.Display(false)))
	}
}

// list numbers the tools, those of the mechanism first.
func (b *builder) list() {
	for i, t := range b.Tools {
		switch i {
		case b.Own:
			b.print("tools that belong to no mechanism")
		case 0:
			b.printf("tools of %s, in their order", b.Mechanism)
		}
		done := ""
		if t.Done() {
			done = ", done"
		}
		b.printf("%d: %s%s: %s", i+1, t.Name, done, t.Does)
	}
}

// keys are those that work now.
func (b *builder) keys() []key {
	enter := key{does: "type the line", says: keyLine.says, help: keyLine.help}
	if b.due >= 0 {
		t := b.Tools[b.due]
		enter = key{does: t.Name, says: "uses " + t.Name, help: "use the tool " + t.Name}
	}
	keys := []key{enter, keyTool, keyTools, keyLine}
	if b.last != nil {
		keys = append(keys, keyForm)
	}
	show := keyShow
	if b.shown {
		show.does, show.says = "mask secrets", "masks secrets"
	}
	return append(keys, show, keyLeave, keyHelp)
}

// turn asks once and does what is asked. done holds when there is a line, or none is wanted.
func (b *builder) turn(ctx context.Context) (done bool, err error) {
	keys := b.keys()
	line, err := b.ask(ctx, "workbench: "+prompt(keys))
	if err != nil {
		return true, err
	}
	t, ok := match(line, keys)
	if !ok {
		b.echo("")
		b.print("unknown command; help lists the commands")
		return false, nil
	}
	b.echo(t.echoed())
	switch t.key.name {
	case "":
		if b.due >= 0 {
			return b.use(ctx, b.due)
		}
		return b.typeLine(ctx)
	case keyTool.name:
		if t.n < 1 || t.n > len(b.Tools) {
			b.printf("there is no tool %d; the last is %d", t.n, len(b.Tools))
			return false, nil
		}
		return b.use(ctx, t.n-1)
	case keyLine.name:
		return b.typeLine(ctx)
	case keyLeave.name:
		b.print("nothing was built")
		return true, nil
	}
	b.look(t)
	return false, nil
}

// look shows something, or changes how it is shown.
func (b *builder) look(t typed) {
	switch t.key.name {
	case keyTools.name:
		b.list()
	case keyForm.name:
		b.last.Form = b.last.Form.Next()
		b.tell(b.last)
	case keyShow.name:
		if b.shown = !b.shown; b.shown {
			b.print("secrets are shown in the workbench, until you leave it")
		} else {
			b.print("secrets are masked")
		}
		if b.last != nil {
			b.tell(b.last)
		}
	case keyHelp.name:
		b.help(b.keys(), t.rest)
	}
}

// typeLine takes the line as it is.
func (b *builder) typeLine(ctx context.Context) (done bool, err error) {
	line, err := b.line(ctx, "line, base64"+b.seen(true)+":", !b.shown)
	if err != nil {
		return true, err
	}
	return b.prepare(line), nil
}

// seen says that what is typed is not shown, if so.
func (b *builder) seen(secret bool) string {
	if secret && !b.shown {
		return ", hidden"
	}
	return ""
}

// prepare makes a line the next step, and says how it differs from the right one; it reports false for one that cannot be
// sent.
func (b *builder) prepare(line string) bool {
	if err := b.Problem(line); err != nil {
		b.printf("warning: %v", err)
		if !wire.IsWarning(err) {
			return false
		}
	}
	o := b.next
	o.Step, o.Show, o.Editable, o.Blocked = b.Step(line), sasl.Mask, false, nil
	if b.Initial() {
		o.Show = strings.TrimRight("AUTH "+b.Mechanism+" "+hidden(line), " ")
	}
	b.compare(o.Step)
	b.chosen = &o
	return true
}

// hidden is the mask of a line, and nothing for an empty one.
func hidden(line string) string {
	if line == "" {
		return ""
	}
	return sasl.Mask
}

// readable is how much of a value is written; more of it tells nobody anything.
const readable = 400

// short cuts what is long.
func short(text string) string {
	if runes := []rune(text); len(runes) > readable {
		return string(runes[:readable]) + "…"
	}
	return text
}

package plain

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/ui/bench"
)

// use asks for what goes into a tool and tells what comes out. A message is the line: there is nothing after it.
func (b *builder) use(ctx context.Context, i int) (done bool, err error) {
	t := b.Tools[i]
	t.Clear()
	b.last = nil
	b.printf("%s", formula(t))
	for _, in := range t.Inputs {
		if left, err := b.put(ctx, in); left || err != nil {
			return err != nil, err
		}
	}
	b.due = i
	if in, ok := t.Octets(); ok {
		if err := b.compute(ctx, t, in); err != nil {
			return true, err
		}
	}
	if t.Wrong != "" {
		b.printf("warning: %s", t.Wrong)
		return false, nil
	}
	return b.made(t), nil
}

// made tells a result and goes on to the next tool.
func (b *builder) made(t *bench.Tool) (done bool) {
	b.last = t
	b.tell(t)
	if t.Message {
		return b.prepare(b.Line(t))
	}
	if b.due+1 < b.Own {
		b.due++
	}
	return false
}

func formula(t *bench.Tool) string {
	text := t.Name + " = " + t.Does
	if t.Ref != "" {
		text += " (" + t.Ref + ")"
	}
	return text
}

// tell writes a result.
func (b *builder) tell(t *bench.Tool) {
	text := t.Form.Write(t.Result)
	switch {
	case t.Hides != "" && !b.shown:
		text = sasl.Mask
	case len(t.Result) == 0:
		text = "empty"
	}
	b.printf("%s, %s, is %s", t.Name, t.Form, short(text))
}

// errGivenUp is the result of a computation that a person interrupted.
var errGivenUp = errors.New("the computation was canceled")

// compute has the tool work. An interrupt gives up waiting; what is still computed then ends by itself, since the rounds of
// hashing are bounded, and goes nowhere.
func (b *builder) compute(ctx context.Context, t *bench.Tool, in [][]byte) error {
	if !t.Slow(in) {
		t.Keep(t.Make(in))
		return nil
	}
	var result []byte
	done := make(chan error, 1)
	go func() {
		done <- record.Try("the workbench", func() (err error) {
			result, err = t.Make(in)
			return err
		})
	}()
	b.print("computing; an interrupt cancels it")
	select {
	case err := <-done:
		if f, crashed := errors.AsType[*record.Fault](err); crashed {
			return f
		}
		t.Keep(result, err)
	case <-b.Interrupt:
		t.Keep(nil, errGivenUp)
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// answered is what came of a question for an input.
type answered int

const (
	again answered = iota // it is asked once more
	taken
	leave // the tool is left
)

// put asks for an input until it can be read; left holds if the tool was left instead.
func (b *builder) put(ctx context.Context, in *bench.Input) (left bool, err error) {
	b.printf("%s", in.Help)
	secret := in.Hides != ""
	for {
		offer := b.offer(in)
		line, err := b.line(ctx, in.Name+", "+in.Form.String()+b.seen(secret)+b.stands(in, offer)+":", secret && !b.shown)
		if err != nil {
			return true, err
		}
		if a := b.answer(in, line, offer); a != again {
			return a == leave, nil
		}
	}
}

// offer is what belongs into an input, unless a person has typed something there.
func (b *builder) offer(in *bench.Input) *bench.Known {
	list := b.Known()
	if i := in.Fit(list); i >= 0 && (in.Empty() || in.PutIn()) {
		return &list[i]
	}
	return nil
}

// stands tells what an empty answer means.
func (b *builder) stands(in *bench.Input, offer *bench.Known) string {
	switch {
	case offer != nil:
		return ", empty means " + offer.Name + ", " + offer.From + ": " + b.masked(in.Takes(*offer).Write(offer.Data), offer.Hidden)
	case !in.Empty():
		return ", empty keeps " + b.masked(in.Field.Value(), in.Hides != "")
	case in.Optional:
		return ", may be empty"
	}
	return ""
}

func (b *builder) masked(text string, secret bool) string {
	if secret && !b.shown {
		return sasl.Mask
	}
	return short(text)
}

// answer takes a line for an input: nothing for what is offered or stands there, a command after =, or the value.
func (b *builder) answer(in *bench.Input, line string, offer *bench.Known) answered {
	command, special := strings.CutPrefix(line, "=")
	switch {
	case line == "" && offer != nil:
		in.Put(*offer)
	case special && !strings.HasPrefix(command, "="):
		return b.command(in, command)
	case special:
		return b.typed(in, command)
	case line != "":
		return b.typed(in, line)
	}
	return b.unlessEmpty(in)
}

// typed puts in what was typed, if it can be read.
func (b *builder) typed(in *bench.Input, text string) answered {
	had := in.Field.Value()
	in.Field.SetValue(text)
	if _, err := in.Octets(); err != nil {
		in.Field.SetValue(had)
		b.printf("warning: %v", err)
		return again
	}
	return b.unlessEmpty(in)
}

// unlessEmpty takes an input, unless it is empty and must not be.
func (b *builder) unlessEmpty(in *bench.Input) answered {
	if data, _ := in.Octets(); len(data) > 0 || in.Optional {
		return taken
	}
	b.print("warning: it must not be empty; an equals sign alone lists values to insert, =q leaves the tool")
	return again
}

// command does what was asked for after =. It repeats nothing of it: it may be the beginning of a password.
func (b *builder) command(in *bench.Input, word string) answered {
	list := b.Known()
	n, err := strconv.Atoi(word)
	switch {
	case word == "":
		b.values(list)
		return again
	case word == "q":
		return leave
	case err == nil && n == 0:
		in.Field.SetValue("")
		return b.unlessEmpty(in)
	case err == nil && n > 0 && n <= len(list):
		in.Put(list[n-1])
		b.printf("%s is inserted", list[n-1].Name)
		return taken
	case !rewritten(in, word):
		b.print("warning: after an equals sign comes nothing, a number, 0, text, hex, base64 or q; two of them at the beginning stand for a literal one")
	}
	return again
}

// rewritten takes another form for an input, in which it also writes what stands there; it reports false if word is none.
func rewritten(in *bench.Input, word string) bool {
	for _, form := range []sasl.Form{sasl.FormText, sasl.FormHex, sasl.FormBase64} {
		if form.String() != word {
			continue
		}
		data, _ := in.Octets()
		in.Form = form
		in.Field.SetValue(form.Write(data))
		return true
	}
	return false
}

// values numbers what can be put in.
func (b *builder) values(list []bench.Known) {
	if len(list) == 0 {
		b.print("there is nothing to insert yet")
	}
	for i, k := range list {
		b.printf("%d: %s, %s: %s", i+1, k.Name, k.From, b.masked(k.Form.Write(k.Data), k.Hidden))
	}
}

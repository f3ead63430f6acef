package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"ehlo/session/record"
	"ehlo/ui/plain"
	"ehlo/ui/uitest"
)

// playRun plays a row with run. A second run applies what the first has advised.
func playRun(ctx context.Context, p *play) verdict {
	var flags []string
	if p.row.way == "accept" || p.row.way == "continue" {
		flags = p.row.words
	}
	v, out := p.once(ctx, "first", flags)
	if p.row.way != "apply" || v.trouble != "" {
		return v
	}
	if flags = p.advisedFlags(out); len(flags) == 0 {
		return trouble("run named no flag for its first advice")
	}
	v, _ = p.once(ctx, "second", flags)
	return v
}

// once is one process of run, and what it printed.
func (p *play) once(ctx context.Context, name string, flags []string) (verdict, string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o, err := p.options(flags)
	if err != nil {
		return trouble("flags %q: %v", flags, err), ""
	}
	o.asked.Goal.SendMessage = true
	pl, stop, err := p.plan(ctx, o)
	if err != nil {
		return trouble("no plan: %v", err), ""
	}
	defer stop()
	defer pl.Close()
	if p.row.way == "leave" {
		p.interrupt(pl, cancel)
	}
	out, err := os.Create(p.file(name + ".out"))
	if err != nil {
		return trouble("%v", err), ""
	}
	defer out.Close()
	r := &runner{o: *o}
	r.o.output = p.file(name + ".ehlo.ndjson")
	v := verdict{exit: int(report(io.Discard, record.Try("the command", func() error { return r.walk(ctx, streams{os.Stdin, out, out}, pl) })))}
	if v.end, v.shown, err = endOf(r.o.output); err != nil {
		v.trouble = err.Error()
	}
	printed, _ := os.ReadFile(out.Name())
	return v, string(printed)
}

var aFlag = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(--[a-z][a-z0-9-]*)(?:[ =]([A-Z][A-Z0-9-]+|[0-9][0-9.]*[a-z]*|implicit|require|off|opportunistic|yes|no|lmtp))?`)
})

// advisedFlags are those of the first line below the verdict that names one. A value in capitals stands for what the row
// types.
func (p *play) advisedFlags(out string) (flags []string) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines[max(0, len(lines)-12):] {
		for _, m := range aFlag().FindAllStringSubmatch(line, -1) {
			flags = append(flags, m[1])
			switch file, err := p.inputFile(); {
			case err != nil:
				return nil
			case m[2] == "FILE":
				flags = append(flags, file)
			case slices.Contains([]string{"NAME", "ADDRESS", "MECHANISM"}, m[2]):
				flags = append(flags, p.row.words[:min(1, len(p.row.words))]...)
			case m[2] != "":
				flags = append(flags, m[2])
			}
		}
		if len(flags) > 0 {
			return flags
		}
	}
	return nil
}

// adviceKey applies the first advice on a face for people.
const adviceKey = "1"

// playPlain plays a row on the console.
func playPlain(ctx context.Context, p *play) verdict {
	o, err := p.options(nil)
	if err != nil {
		return trouble("%v", err)
	}
	live, err := p.launch(ctx, o)
	if err != nil {
		return trouble("not started: %v", err)
	}
	person := &consoleHand{play: p}
	_, ended := exploreOn(ctx, plain.Console{In: person, Out: &person.out}, live, false, nil)
	v := p.came(ended)
	if person.given != "" {
		v.trouble = person.given
	}
	return v
}

// consoleHand is a person at a console: every read answers the prompt that was printed last.
type consoleHand struct {
	play   *play
	out    transcript
	enters int
	state  person
	given  string // why the row's way came to nothing
}

// person is how far someone has come on a row's way.
type person struct {
	left, confirmed, applied bool
	typed                    int    // how much of what the advice asks for
	wrote                    bool   // the row's own line
	insists, chose           bool   // to go on past a server that proved nothing
	typing                   string // the rest of it
}

// transcript is what was printed.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *transcript) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// prompt is the line that waits for an answer.
func (o *transcript) prompt() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.text.String()
	return all[strings.LastIndexByte(all, '\n')+1:]
}

// choice is the number of a step in the list that was printed last.
func (o *transcript) choice(step string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := regexp.MustCompile(`(?m)^(\d+): `+step).FindAllStringSubmatch(o.text.String(), -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

func (y *consoleHand) Read(b []byte) (int, error) {
	line, more := y.next()
	if !more {
		return 0, io.EOF
	}
	return copy(b, line+"\n"), nil
}

// next is what is typed at the prompt; more is false when there is nothing left to type.
func (y *consoleHand) next() (line string, more bool) {
	way, asks := y.play.row.way, strings.Contains(y.out.prompt(), "yes or no")
	switch {
	case asks && (y.play.row.agrees(y.out.prompt()) || y.state.left):
		return "yes", true
	case asks && y.play.row.guarded():
		return "no", true
	case y.play.row.guarded() && !y.state.insists && y.play.untrusted():
		y.state.insists = true
		return "o", true
	case y.state.insists && !y.state.chose:
		y.state.chose = true
		return y.out.choice("EHLO"), true
	case !y.state.left && y.play.leaves(y.enters):
		y.state.left = true
		y.enters++
		return "q", true
	case y.state.typing != "":
		line, y.state.typing = y.state.typing, ""
		return line, true
	case way == "apply" && strings.HasPrefix(y.out.prompt(), "enter end") && !y.state.applied:
		y.state.applied, y.enters = true, 0
		return adviceKey, true
	case way == "again" && strings.HasPrefix(y.out.prompt(), "enter leave") && !y.state.applied:
		y.state.applied, y.enters = true, 0
		return adviceKey, true
	case y.state.applied && y.state.typed < len(y.play.row.words) && !strings.Contains(y.out.prompt(), "enter "):
		y.state.typed++
		return y.play.row.words[y.state.typed-1], true
	case !y.state.wrote:
		if y.state.typing, y.state.wrote = y.play.types(y.enters); y.state.wrote {
			return "r", true
		}
	}
	if y.enters > mostEnters {
		y.given = fmt.Sprintf("no end after %d times Enter", mostEnters)
		return "", false
	}
	y.enters++
	return "", true
}

// playScreen plays a row on the screen.
func playScreen(ctx context.Context, p *play) verdict {
	o, err := p.options(nil)
	if err != nil {
		return trouble("%v", err)
	}
	live, err := p.launch(ctx, o)
	if err != nil {
		return trouble("not started: %v", err)
	}
	person := &screenHand{play: p}
	a := app(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, o)
	a.Drive = uitest.Driver{Width: 80, Height: 24, Next: person.next, Patience: patience}.Drive
	v := p.came(screenEnd(a.Live(ctx, live)))
	if person.given != "" && v.trouble == "" {
		v.trouble = person.given
	}
	return v
}

// screenHand is a person at the screen.
type screenHand struct {
	play   *play
	enters int
	state  person
	given  string
	queue  []string
	downs  int
}

func (y *screenHand) next(view func() string) string {
	view = sync.OnceValue(view)
	switch way := y.play.row.way; {
	case len(y.queue) > 0:
		k := y.queue[0]
		y.queue = y.queue[1:]
		return k
	case y.state.left:
		return y.confirm(view)
	case way == "apply" && !y.state.applied && sumsUp(view()):
		y.state.applied, y.enters = true, 0
		return adviceKey
	case y.state.applied && y.state.typed < len(y.play.row.words) && takesText(view()):
		y.typing(y.play.row.words[y.state.typed:]...)
		y.state.typed = len(y.play.row.words)
		return uitest.Pause
	case way == "again" && !y.state.applied && y.play.ended():
		y.state.applied, y.enters = true, 0
		return adviceKey
	case way == "again" && asksOnScreen(view()) && y.play.row.agrees(view()): // before another session begins
		return "y"
	case y.play.ended():
		return y.leave()
	case !y.state.left && y.play.leaves(y.enters):
		return y.leave()
	case !y.state.wrote && y.writes():
		return ":"
	case asksOnScreen(view()) && y.play.row.agrees(view()):
		return "y"
	case y.play.row.guarded() && !y.state.insists && y.play.untrusted():
		y.state.insists = true
		return "tab"
	case y.state.insists && !y.state.chose:
		return y.choose(view(), "EHLO")
	case y.play.row.guarded() && asksOnScreen(view()):
		return "n"
	case y.enters == mostEnters:
		y.given = fmt.Sprintf("no end after %d times Enter", mostEnters)
		return y.leave()
	}
	y.enters++
	return "enter"
}

// writes reports whether the row's own line is typed now.
func (y *screenHand) writes() bool {
	line, now := y.play.types(y.enters)
	if y.state.wrote = now; now {
		y.typing(line)
	}
	return now
}

// typing types words into fields.
func (y *screenHand) typing(words ...string) {
	for _, word := range words {
		for _, c := range word {
			y.queue = append(y.queue, string(c))
		}
		y.queue = append(y.queue, "enter")
	}
}

// choose goes through the choices to a step and takes it; it is then proposed.
func (y *screenHand) choose(view, step string) string {
	y.downs++
	if y.state.chose = strings.Contains(view, "› "+step) || y.downs > 20; y.state.chose {
		return "enter"
	}
	return "down"
}

// leave closes what may be in the way, and quits.
func (y *screenHand) leave() string {
	y.state.left = true
	y.queue = []string{"q"}
	return "esc"
}

// confirm answers the question whether to leave, once it is there, and waits for the end.
func (y *screenHand) confirm(view func() string) string {
	if !y.state.confirmed && strings.Contains(view(), "quit anyway?") {
		y.state.confirmed = true
		return "y"
	}
	return uitest.Wait
}

// takesText reports whether keys are text now.
func takesText(view string) bool { return strings.Contains(view, "leave it") }

// sumsUp reports whether the verdict stands on the screen and the log is still open: an advice goes on in it.
func sumsUp(view string) bool { return strings.Contains(view, "enter end the session") }

// asksOnScreen reports whether a guard asks.
func asksOnScreen(view string) bool { return strings.Contains(view, "y yes, ") }

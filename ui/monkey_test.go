package ui

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"ehlo/session/certificate"
	"ehlo/session/doctor"
	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/sasl/leaktest"
	"ehlo/session/setup"
	"ehlo/session/survey"
	"ehlo/session/survey/ask"
	"ehlo/session/walk"
	"ehlo/transcripts"
	"ehlo/transcripts/diff"
)

// What the monkey does is set by the environment: how many keys it presses, with which seed it begins, and, in place of
// all that, one sequence to be played again as a failure has printed it.
const (
	monkeyKeys   = "EHLO_MONKEY_KEYS"
	monkeySeed   = "EHLO_MONKEY_SEED"
	monkeyReplay = "EHLO_MONKEY_REPLAY"
)

// A monkey presses keys at random on every screen: the home screen with its lists and its form, sessions with the real
// practice server, transcripts. Whatever it does nothing panics, each frame fits its window and is readable, the way out
// works from everywhere, and a secret that it types where secrets belong is in no frame, no event and no transcript.
func TestMonkey(t *testing.T) {
	t.Parallel()
	z := newZoo(t)
	if keys := os.Getenv(monkeyReplay); keys != "" {
		if fault := z.play(splitKeys(keys), nil); fault != "" {
			t.Fatal(fault)
		}
		return
	}
	keys, seed := number(monkeyKeys, 20_000), uint64(number(monkeySeed, 1))
	if testing.Short() {
		keys /= 10
	}
	begin := time.Now()
	for pressed := 0; pressed < keys; seed++ {
		m := &monkey{random: rand.New(rand.NewPCG(seed, 1)), left: min(episode, keys-pressed)}
		fault := z.play(nil, m)
		pressed += len(m.pressed)
		if fault != "" {
			t.Fatalf("seed %d, key %d: %s\n%s='%s'", seed, pressed, fault, monkeyReplay, strings.Join(z.reduce(m.pressed, fault), " "))
		}
	}
	t.Logf("%d keys, %d sessions in %v: %v", keys, z.sessions, time.Since(begin).Round(time.Millisecond), sorted(z.seen))
}

// episode is how many keys are pressed on one program: a failure is found again by playing it from its start.
const episode = 500

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func sorted(seen map[string]int) []string {
	var out []string
	for name, n := range seen {
		out = append(out, fmt.Sprint(name, " ", n))
	}
	slices.Sort(out)
	return out
}

// monkeySizes are the windows, the usual ones more often.
var monkeySizes = []string{"20x5", "40x10", "60x16", "80x24", "100x28", "120x40", "99x50", "132x20", "200x60", "300x100", "60x16", "80x24", "120x40", "80x24", "120x40"}

// monkey makes up keys. What it presses is written in words, so that it can be played again:
//
//	^home ^lab:NAME ^open:N   how the program is started, always the first
//	@80x24                    another size of the window
//	~wait ~news ~tick         lets what runs come to its end; takes what has come; lets time pass
//	~secret                   types the secret, where there is a place for one
//	"text"                    is pasted
//	&10,5 &up10,5 &down10,5   the mouse clicks at column 10, line 5, or turns its wheel there
//
// and everything else is a key.
type monkey struct {
	random  *rand.Rand
	left    int
	pressed []string
}

// next is a key that suits what is on the screen, or does not.
func (m *monkey) next(p *program) string {
	if m.left--; m.left < 0 {
		return ""
	}
	key := m.choose(p)
	m.pressed = append(m.pressed, key)
	return key
}

func (m *monkey) choose(p *program) string {
	switch {
	case p.sim == nil:
		return m.start()
	case p.busy() && m.random.IntN(3) > 0:
		return "~wait"
	}
	switch n := m.random.IntN(100); {
	case n < 45:
		return m.likely(p.sim.root)
	case n < 65:
		return m.pick("enter", "up", "down", "left", "right", "tab", "shift+tab", "pgup", "pgdown", "home", "end", "esc", "space", "backspace")
	case n < 80:
		return m.pick(monkeyLetters...)
	case n < 85:
		return m.pick("ctrl+u", "ctrl+t", "ctrl+p", "ctrl+o", "ctrl+w", "f1", "ctrl+b", "ctrl+f", "delete", "ctrl+a", "ctrl+e", "ctrl+k")
	case n < 87:
		return m.pick(monkeyTexts...)
	case n < 91:
		return "~secret"
	case n < 94:
		return "@" + m.pick(monkeySizes...)
	case n < 97:
		return m.pick("~tick", "~news")
	case n == 98:
		return fmt.Sprintf("&%s%d,%d", m.pick("", "", "up", "down"), m.random.IntN(120), m.random.IntN(40))
	case n == 97:
		return m.pick("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+c")
	}
	return "enter"
}

// likely is what leads on from where the program is: at random alone it would rarely come far.
func (m *monkey) likely(r *root) string {
	switch at := r.sheet().(type) {
	case *form:
		switch f := at.fields[at.Sel]; {
		case f.input.hidden && f.value() != monkeySecret:
			return m.pick("~secret", "~secret", "~secret", "tab")
		case f.label == "server" && f.value() == "":
			return m.pick(`"mail.lab:587"`, `"lab:auth-login"`, `"submissions://mail.lab"`, `"mail.lab"`)
		case f.label == "host" && f.value() == "":
			return m.pick(`"mail.lab"`, `"lab:expired"`, `"lab:stripped"`, `"lab:no-such-host"`, `"a b"`)
		case f.label == "user" && f.value() == "":
			return `"ann"`
		}
		return m.pick("tab", "down", "right", "enter", "enter", "pgdown", "~secret", "~secret", "f1", "ctrl+s", "esc")
	case *workbench:
		return m.pick("tab", "enter", "enter", "pgdown", "pgup", "ctrl+p", "ctrl+t", "ctrl+o", "~secret", "f1", `"ann"`, "down")
	case *editor:
		if at.label == "line" && at.input.Value() == "" {
			return m.pick("~secret", "~secret", `"NOOP"`, "esc")
		}
		if at.label == "domain" || at.label == "what to look at" {
			return m.pick(`"mail.lab"`, "enter", "enter", "esc")
		}
		if answers := monkeyAnswers[at.label]; answers != nil && at.input.Value() == "" {
			return m.pick(answers...)
		}
		return m.pick("~secret", "enter", "enter", "esc", "ctrl+u", `"NOOP"`, `"42"`, `"EHLO x"`)
	case *trouble:
		return m.pick("1", "1", "2", "3", "enter", "enter", "esc")
	case *chooser:
		return m.pick("down", "end", "pgdown", "enter", "enter", "w", "c")
	case *question:
		return m.pick("y", "enter")
	case *finder:
		return m.pick("enter", "enter", "enter", "down", "end", "tab", "right", "esc", "esc", "esc", "esc", "esc", "s", `"tls"`, `"250"`, `"qqqq"`, "backspace", "ctrl+u", "f1", "~wait")
	case *noteEditor:
		return m.pick(`"seen"`, `"two\tlines"`, "ctrl+j", "tab", "enter", "enter", "esc", "up", "~secret")
	case *assignment:
		return m.pick("o", "o", "1", "2", "3", "4", "enter", "down", "esc")
	case *check:
		return m.pick("enter", "enter", ".", "z", "y", "R", "?", "down", "down", "end", "home", "esc", "/", "~wait", "~wait")
	case *cards:
		return m.pick("1", "2", "3", "tab", "tab", "enter", "left", "right", "down", "end", "esc", "/")
	case nil:
		if r.walk == nil && r.home.shown == listSaved {
			return m.pick("ctrl+e", "ctrl+e", "ctrl+r", "ctrl+x", "enter", "down", "up", `"mx"`, "esc", "esc")
		}
		if r.walk == nil && r.home.shown == listChecks {
			return m.pick("enter", "enter", "enter", "down", "up", "end", "/", "esc")
		}
		if r.walk == nil {
			return m.pick("enter", "enter", "down", "pgdown", "end", `"qqqq"`, "esc", "1", "2", "3", "4", "7", "7", "7", "/", "/")
		}
		return m.ahead(r.walk)
	}
	return m.pick("esc", "down", "enter")
}

// ahead is the next step, or one of the keys that work now.
func (m *monkey) ahead(w *explorer) string {
	if w.playing() {
		return m.pick("~tick", "~tick", "~tick", "+", "-", "enter", "#", ".")
	}
	var keys []string
	for _, b := range w.bindings() {
		if b.Enabled() && b.Keys()[0] != "q" {
			keys = append(keys, b.Keys()[0])
		}
	}
	if !w.atEnd() {
		keys = append(keys, "end", "end", "end")
	}
	if w.replay != nil {
		keys = append(keys, "home", ".", ".", "{", "}", "n", "ctrl+t", "b")
	}
	if w.hasExercise() {
		keys = append(keys, "o")
	}
	if w.canBuild() {
		keys = append(keys, "w", "w", "w", "c", "c", ":")
	}
	for i := range w.applicable() {
		digit := strconv.Itoa(i + 1)
		keys = append(keys, digit, digit, digit)
	}
	if w.canType() {
		keys = append(keys, ":", ":", ":", ":", "c", "*")
	}
	if w.canType() && w.goal.Credentials.Password.Reveal() == monkeySecret {
		keys = append(keys, ":", ":", ":", ":", ":", ":", ":", ":")
	}
	for range 2 * len(keys) {
		keys = append(keys, "enter")
	}
	key := m.pick(keys...)
	if key == " " {
		return "space"
	}
	return key
}

var monkeyTexts = []string{`"qqqq"`, `"lab:stripped"`, `"mail.lab:587"`, `"a\tb\nc"`, `"日本語\u202ex"`, `"ann@lab.test"`, `"18446744073709551616"`, `"` + strings.Repeat("w", 300) + `"`}

// monkeyAnswers are what the questions of an advice are answered with, sense and nonsense.
var monkeyAnswers = map[string][]string{
	string(walk.InputPort):       {`"465"`, `"587"`, `"25"`, `"9"`, `"99999"`, `"-1"`, `"smtp"`},
	string(walk.InputHost):       {`"mail.lab"`, `"mx.lab"`, `"nowhere.lab"`, `"::1"`, `"a b"`},
	string(walk.InputAddress):    {`"ann@lab.test"`, `"bob@lab.test"`, `"@"`, `"<>"`},
	string(walk.InputEHLOName):   {`"mx.example"`, `"[127.0.0.1]"`, `"x y"`, `"é"`},
	string(walk.InputServerName): {`"mail.lab"`, `"*.lab"`, `"\u202e"`},
	"show only":                  {`"kind:note"`, `"kind:reply"`, `"kind:state"`, `"dir:client"`, `"severity:warn,danger"`, `"250"`, `"qqqq"`},
	"user":                       {`"ann"`, `"bob"`, `"\u0000"`},
	"CA file":                    {`"/nowhere"`, `"/"`, `"fifo"`},
	"certificate file":           {`"/nowhere"`, `"fifo"`},
	"key file":                   {`"/nowhere"`, `"fifo"`},
}

// monkeyLetters are all that stand for something somewhere, and some that do not.
var monkeyLetters = strings.Split("abcdefghijklmnoprstuvwxyz:?*[]{}()<>#&.+-/qRSYMKJG0123456789ß日", "")

func (m *monkey) pick(from ...string) string { return from[m.random.IntN(len(from))] }

func (m *monkey) start() string {
	switch n := m.random.IntN(10); {
	case n < 4:
		return "^home"
	case n < 5:
		return "^open:" + strconv.Itoa(m.random.IntN(3))
	}
	all := lab.Scenarios()
	return "^lab:" + all[m.random.IntN(len(all))].Name
}

// splitKeys takes apart what a failure printed: a pasted text may have blanks in it.
func splitKeys(s string) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		key, _, _ := strings.Cut(s, " ")
		if quoted, err := strconv.QuotedPrefix(s); err == nil && s[0] == '"' {
			key = quoted
		}
		out, s = append(out, key), s[len(key):]
	}
	return out
}

// zoo is what the monkey plays with.
type zoo struct {
	t        *testing.T
	files    []string
	needles  []leaktest.Needle
	sessions int
	seen     map[string]int
}

// monkeySecret is typed where a secret belongs. It is no password of the practice server.
const monkeySecret = "Zq7+walrus/Kumquat"

func newZoo(t *testing.T) *zoo {
	z := &zoo{t: t, seen: map[string]int{}}
	dir := t.TempDir()
	kept, err := filepath.Glob("testdata/*" + transcripts.Extension)
	if err != nil || len(kept) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range kept { // notes are written into them
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		z.files = append(z.files, path)
	}
	for _, n := range append(leaktest.Forms("the secret", []byte(monkeySecret)), leaktest.Forms("a response with the secret", []byte("\x00ann\x00"+monkeySecret))...) {
		n.Text = n.Text[:min(len(n.Text), telling)] // a frame breaks what is long
		z.needles = append(z.needles, n)
	}
	return z
}

// program is one run of the screen.
type program struct {
	zoo *zoo
	sim *sim

	mu   sync.Mutex
	live []*watched // sessions are started beside the screen

	waiting atomic.Int32 // reads of a pipe that nobody writes to
}

// sessions are those that have been started.
func (p *program) sessions() []*watched {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.live)
}

// watched is an engine of which it is known whether it was told to show secrets.
type watched struct {
	Engine
	path     string
	revealed bool
}

func (w *watched) Reveal(on bool) {
	w.revealed = w.revealed || on
	w.Engine.Reveal(on)
}

// play presses keys on a new program, those given or those that m makes up, and gives what went wrong.
func (z *zoo) play(keys []string, m *monkey) (fault string) {
	p := &program{zoo: z}
	defer func() {
		if r := recover(); r != nil {
			fault = fmt.Sprintf("panic: %v\n%s", r, debug.Stack())
		}
		if p.sim == nil {
			return
		}
		if end := p.end(); fault == "" {
			fault = end
		}
	}()
	for i := 0; fault == "" && (p.sim == nil || !p.sim.quit); i++ {
		key := ""
		if m != nil {
			key = m.next(p)
		} else if i < len(keys) {
			key = keys[i]
		}
		if key == "" {
			return p.wayOut()
		}
		p.press(key)
		fault = p.check()
	}
	return fault
}

// press carries out one key.
func (p *program) press(key string) {
	switch kind, rest := key[0], key[1:]; {
	case kind == '^' && p.sim == nil:
		p.start(rest)
	case kind == '@' && rest != "":
		var width, height int
		fmt.Sscanf(rest, "%dx%d", &width, &height)
		p.sim.send(tea.WindowSizeMsg{Width: width, Height: height})
	case kind == '&' && rest != "":
		p.sim.mouse(rest)
	case kind == '"' && rest != "":
		text, _ := strconv.Unquote(key)
		p.sim.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	case key == "~wait":
		p.rest()
	case key == "~news":
		p.news()
	case key == "~tick":
		p.tick()
	case key == "~secret":
		p.typeSecret()
	default:
		p.sim.send(monkeyKey(key))
	}
}

func monkeyKey(key string) tea.KeyMsg {
	more := map[string]tea.KeyType{"ctrl+b": tea.KeyCtrlB, "ctrl+f": tea.KeyCtrlF, "delete": tea.KeyDelete, "ctrl+a": tea.KeyCtrlA,
		"ctrl+e": tea.KeyCtrlE, "ctrl+k": tea.KeyCtrlK, "ctrl+z": tea.KeyCtrlZ}
	if t, ok := more[key]; ok {
		return tea.KeyMsg{Type: t}
	}
	return keyMsg(key)
}

// start starts the program.
func (p *program) start(how string) {
	z := p.zoo
	round := func(quiz.Wanted) (*quiz.Round, error) {
		return quiz.NewRound(quiz.Queue(quiz.All(), nil, epoch, 1), 1, func() time.Time { return epoch }), nil
	}
	app := &App{Version: "0.1", Questions: round, Launch: p.launch, Open: openFile, Recent: func() []Recent {
		var out []Recent
		for _, path := range z.files {
			out = append(out, Recent{Path: path, When: epoch, Target: "mail.lab:587", Outcome: "done as asked"})
		}
		return out
	}}
	app.Progress, app.Survey = &kept{}, p.survey
	app.Route = func(context.Context, string, News[Routed]) (*Routed, error) { return shownRoute(), nil }
	app.Doctor = func(context.Context, string, News[doctor.Diagnosis]) (*doctor.Diagnosis, error) {
		return shownDiagnosis(z.t), nil
	}
	app.Targets = &fakeTargets{list: []Saved{{Name: "mx", Server: "mail.lab:25"}, {Name: "work", Server: "mail.lab:587", User: "ann"}}}
	for _, sc := range lab.Scenarios() {
		app.practices(Scenario{Name: sc.Name, Group: sc.Group, Title: sc.Title, Story: sc.Story, Task: sc.Task})
	}
	s := &sim{t: z.t, messages: make(chan tea.Msg, 4096), clock: epoch}
	s.begin(app, 80, 24)
	s.root.env.readCA = func(ctx context.Context, path string) (certificate.Roots, error) {
		return certificate.Roots{}, p.read(ctx, path)
	}
	s.root.env.readCertificate = func(ctx context.Context, cert, key string) (*tls.Certificate, error) {
		return nil, errors.Join(p.read(ctx, cert), p.read(ctx, key))
	}
	p.sim = s
	kind, name, _ := strings.Cut(how, ":")
	switch kind {
	case "lab":
		live, err := p.launch(Request{Request: setup.Request{Target: "lab:" + name}})
		if err != nil {
			z.t.Fatal(err)
		}
		s.run(s.root.showLive(live))
	case "open":
		n, _ := strconv.Atoi(name)
		replay, err := openFile(z.files[n%len(z.files)])
		if err != nil {
			z.t.Fatal(err)
		}
		s.run(s.root.showReplay(replay))
	default:
		s.root.home = newHome(app, s.root.theme, s.root.env.lay)
		s.run(s.root.Init())
	}
	p.rest()
}

// read finds no file, or a pipe that nobody writes to.
func (p *program) read(ctx context.Context, path string) error {
	if path != "fifo" {
		return os.ErrNotExist
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	<-ctx.Done()
	return context.Cause(ctx)
}

func openFile(path string) (*Replay, error) {
	f, err := transcripts.Open(path)
	if err != nil {
		return nil, err
	}
	return &Replay{Source: f, Path: path, AddNote: f.AddNote, AddAbout: f.AddAbout, Close: f.Close}, nil
}

// launch starts what a form asked for on the practice server: nothing leaves the machine.
func (p *program) launch(r Request) (*Live, error) {
	if strings.HasPrefix(r.Target, "@") {
		r.Target = "mail.lab:587"
	}
	name, practice := strings.CutPrefix(r.Target, "lab:")
	if !practice {
		name = ""
	}
	if _, err := lab.Find(cmp.Or(name, "submission")); err != nil {
		return nil, err
	}
	if r.CAFile+r.CertFile+r.KeyFile != "" {
		return nil, errors.New("no such file")
	}
	var wrong error
	live := practiceWith(p.zoo.t, cmp.Or(name, "submission"), func(cfg *engine.Config) {
		cfg.Timeout = monkeyTimeout
		if name == "" {
			cfg.Target, wrong = record.ParseTarget(r.Target, r.Goal.Credentials.Username != "")
		}
		if name == "" && wrong == nil {
			cfg.Policy, wrong = record.ParsePolicy(r.TLS, cfg.Target, r.Goal.Credentials.Username != "")
		}
	})
	if wrong != nil {
		return nil, errors.Join(wrong, live.Stop())
	}
	if name == "" {
		live.Goal = r.Goal
		live.Goal.EHLOName = cmp.Or(r.Goal.EHLOName, "laptop.lab.test")
	}
	watch := &watched{Engine: live.Engine, path: live.Path}
	p.mu.Lock()
	p.live = append(p.live, watch)
	asksForFiles := len(p.live)%2 == 0
	p.mu.Unlock()
	live.Engine, live.Timeout = watch, monkeyTimeout
	if asksForFiles {
		live.Roots, live.Certificate = nil, nil
	}
	live.Again = func() (*Live, error) { return p.launch(r) }
	return live, nil
}

// survey surveys the practice server, whatever was asked for: nothing leaves the machine.
func (p *program) survey(ctx context.Context, asked SurveyRequest, told SurveyNews) (*survey.Survey, error) {
	s, err := setup.New(setup.Request{Target: cmp.Or(map[bool]string{true: asked.Target}[strings.HasPrefix(asked.Target, "lab:")], "lab:"), Unwatched: true})
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Config.Timeout = monkeyTimeout
	return ask.Ask(ctx, ask.Config{Session: s.Config, EHLOName: "laptop.lab.test", Ports: survey.DefaultPorts(), Quick: true, Limit: 2 * monkeyTimeout, Began: func(s survey.Survey) { told(s, len(s.Cells)) }}), nil
}

// monkeyTimeout is how long a step waits: most servers answer at once, and the others teach patience.
const monkeyTimeout = 300 * time.Millisecond

// busy reports whether something runs.
func (p *program) busy() bool {
	w := p.sim.root.walk
	if c := p.sim.root.check; c != nil && c.running() {
		return true
	}
	return p.sim.root.pending != nil || w != nil && (w.busy != nil || w.closing && !w.over)
}

// rest takes messages until nothing runs and all events are on the screen.
func (p *program) rest() {
	s := p.sim
	settled := func() bool {
		w := s.root.walk
		return !p.busy() && (w == nil || w.pane.Len() == w.promised())
	}
	for deadline := time.After(time.Minute); !s.quit && !settled(); {
		if p.waiting.Load() > 0 && p.sim.root.sheet() == nil {
			s.send(keyMsg("esc"))
		}
		select {
		case msg := <-s.messages:
			s.send(msg)
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			panic("it never came to rest")
		}
	}
	p.news()
}

// news takes the messages that have come.
func (p *program) news() {
	for !p.sim.quit {
		select {
		case msg := <-p.sim.messages:
			p.sim.send(msg)
		default:
			return
		}
	}
}

// tick lets three seconds pass.
func (p *program) tick() {
	p.sim.clock = p.sim.clock.Add(3 * time.Second)
	w := p.sim.root.walk
	if w == nil {
		return
	}
	p.sim.send(beatMsg{w, w.gen})
	if w.playing() {
		p.zoo.seen["an event that is played"]++
		p.sim.send(playMsg{w, w.player.gen})
	}
}

// typeSecret types the secret into the next field that hides what it holds, as the response of an AUTH command, and
// after NOOP once the session knows it.
func (p *program) typeSecret() {
	if p.sim.root.tooSmall() {
		return
	}
	paste := func(text string) { p.sim.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}) }
	switch at := p.sim.root.sheet().(type) {
	case *form:
		for range at.fields {
			if !at.fields[at.Sel].input.hidden {
				p.sim.send(keyMsg("tab"))
			}
		}
		if f := at.fields[at.Sel]; f.input.hidden {
			p.zoo.seen["secret in a form"]++
			f.input.SetValue("")
			paste(monkeySecret)
		}
	case *workbench:
		if in := at.input(); at.keys == nil && at.values == nil && in != nil && in.field.input.hidden {
			p.zoo.seen["secret in the workbench"]++
			paste(monkeySecret)
		}
	case *editor:
		if at.input.hidden && at.label != "line" {
			p.zoo.seen["secret for an advice"]++
			at.input.SetValue("")
			paste(monkeySecret)
			return
		}
		p.typeLine(at, paste)
	}
}

func (p *program) typeLine(e *editor, paste func(string)) {
	response := sasl.EncodeBase64(sasl.PlainString("", "ann", monkeySecret))
	switch w := p.sim.root.walk; {
	case e.label != "line" || e.input.Value() != "":
	case e.input.hidden:
		p.zoo.seen["secret as an answer"]++
		paste(response)
	case w.snap.State.Transaction == record.TransactionData: // a message, not a command
	case p.knowsSecret() && w.pos%2 == 0:
		p.zoo.seen["secret as a word"]++
		paste("NOOP " + monkeySecret)
	default:
		p.zoo.seen["secret as a response"]++
		paste(fmt.Sprintf(monkeyLines[w.pos%len(monkeyLines)], response))
	}
	if e.label == "line" && e.input.Value() != "" {
		if fault := p.check(); fault != "" { // what is typed further may make another line of it
			panic(fault)
		}
		p.sim.send(keyMsg("enter"))
	}
}

// monkeyLines are how a response is typed, and mistyped.
var monkeyLines = []string{"AUTH PLAIN %s", "ATUH PLAIN %s", "C: AUTH PLAIN %s", "%s", "AUTHPLAIN %s", `"%s"`, "AUTH=PLAIN %s", "NOOP %s", "auth plain\t%s"}

// knowsSecret reports whether the secret is the password of the session on the screen.
func (p *program) knowsSecret() bool {
	w := p.sim.root.walk
	return w != nil && w.live != nil && w.goal.Credentials.Password.Reveal() == monkeySecret
}

// check looks at the frame.
func (p *program) check() string {
	if p.sim == nil || p.sim.quit {
		return ""
	}
	p.zoo.seen[p.screen()]++
	r := p.sim.root
	view := r.View()
	if fault := misfit(view, r.width, r.height); fault != "" {
		return fault
	}
	if p.asked() {
		return ""
	}
	if found := leaktest.Find(view, p.zoo.needles); found != "" {
		return found + " in\n" + view
	}
	return ""
}

// misfit says what keeps a frame from being one that fits its window and is readable.
func misfit(view string, width, height int) string {
	lines := strings.Split(view, "\n")
	if len(lines) > max(height, 1) {
		return fmt.Sprintf("%d lines in a window of %d×%d:\n%s", len(lines), width, height, view)
	}
	for _, line := range lines {
		switch n := cells(line); {
		case n == notSeen:
			return fmt.Sprintf("the frame has %q in\n%s", line, view)
		case n > width:
			return fmt.Sprintf("a line of %d cells in a window of %d×%d: %q", n, width, height, line)
		}
	}
	return ""
}

// notSeen is in the place of the width of a line that has something in it that cannot be seen.
const notSeen = -1

// cells is how wide a line is. Most lines of a frame were in one before, and so it is kept.
func cells(line string) int {
	if n, known := measured.Load(line); known {
		return n.(int)
	}
	n := ansi.StringWidth(line)
	hidden := func(c rune) bool {
		return c < utf8.RuneSelf && (c < ' ' || c > '~') || c >= utf8.RuneSelf && (!unicode.IsPrint(c) || unicode.Is(unicode.Cf, c))
	}
	if strings.ContainsFunc(line, hidden) || !utf8.ValidString(line) {
		n = notSeen
	}
	measured.Store(strings.Clone(line), n)
	return n
}

// measured has the widths of lines.
var measured sync.Map

// asked reports whether someone asked to see the secrets.
func (p *program) asked() bool {
	b, at := p.sim.root.sheet().(*workbench)
	return at && b.shown || slices.ContainsFunc(p.sessions(), func(w *watched) bool { return w.revealed })
}

// screen names what is on the screen.
func (p *program) screen() string {
	r := p.sim.root
	f, isForm := r.sheet().(*form)
	switch {
	case r.tooSmall():
		return "too small"
	case isForm && f.name == "about this transcript":
		return "title"
	case r.sheet() != nil:
		return strings.TrimPrefix(fmt.Sprintf("%T", r.sheet()), "*ui.")
	case r.walk == nil:
		return [...]string{"menu", "scenarios", "index", "transcripts", "saved", "sessions", "lessons", "checks"}[r.home.shown]
	case r.walk.playing():
		return "playing"
	case r.walk.live == nil:
		return "replay"
	case r.walk.zoomed:
		return "view"
	}
	return "walk"
}

// wayOut leaves by esc, q and the y of its question: a few of them lead home or out of the program from everywhere.
func (p *program) wayOut() string {
	p.sim.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	for range 30 {
		r := p.sim.root
		switch r.sheet().(type) {
		case nil:
			if r.walk == nil && r.home.shown == listMenu {
				return ""
			}
			p.press(map[bool]string{true: "esc", false: "q"}[r.walk == nil || r.walk.show != nil || p.busy()]) // before a class q may be an answer
		case *question:
			p.press("y")
		default:
			p.press("esc")
		}
		select { // leaving is a message, which may take a moment
		case msg := <-p.sim.messages:
			p.sim.send(msg)
		case <-time.After(20 * time.Millisecond):
		}
		p.sim.clock = p.sim.clock.Add(lateness) // the y of a question is not late
		if fault := p.check(); fault != "" || p.sim.quit {
			return fault
		}
		p.rest()
	}
	return "no way out:\n" + p.sim.root.View()
}

// end joins the sessions and looks for the secret in what is kept of them.
func (p *program) end() string {
	_, errs := p.sim.root.joinAll()
	p.zoo.sessions += len(p.sessions())
	for _, w := range p.sessions() {
		if w.revealed {
			continue
		}
		kept, err := os.ReadFile(w.path)
		errs = append(errs, err)
		if found := leaktest.Find(string(kept), p.zoo.needles); found != "" {
			return "in the transcript: " + found
		}
		for i := range w.Log().Len() {
			event, err := json.Marshal(w.Log().At(i))
			if found := leaktest.Find(string(event), p.zoo.needles); found != "" || err != nil {
				return fmt.Sprintf("event %d: %s %v", i, found, err)
			}
		}
		errs = append(errs, os.Remove(w.path))
	}
	if err := errors.Join(errs...); err != nil {
		return "after the end: " + err.Error()
	}
	return ""
}

// reduce leaves out as many keys as it can while something still goes wrong in the same way.
func (z *zoo) reduce(keys []string, fault string) []string {
	kind, _, _ := strings.Cut(fault, "\n")
	for end, size := time.Now().Add(time.Minute), len(keys)/2; size > 0; size /= 2 {
		for i := 1; i < len(keys); { // the first says how it is started
			if time.Now().After(end) {
				return keys
			}
			fewer := slices.Delete(slices.Clone(keys), i, min(i+size, len(keys)))
			if got, _, _ := strings.Cut(z.play(fewer, nil), "\n"); got != "" && alike(got, kind) {
				keys = fewer
				continue
			}
			i += size
		}
	}
	return keys
}

// alike compares the first words of two faults: the rest may tell of sizes and texts.
func alike(a, b string) bool { return a[:min(len(a), 16)] == b[:min(len(b), 16)] }

// Two sessions side by side are a screen of their own.
func TestMonkeyOnSides(t *testing.T) {
	t.Parallel()
	seed := uint64(number(monkeySeed, 1))
	m := &monkey{random: rand.New(rand.NewPCG(seed, 2))}
	z := newZoo(t)
	for i, path := range z.files {
		other := z.files[(i+1)%len(z.files)]
		a, err := openFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := openFile(other)
		if err != nil {
			t.Fatal(err)
		}
		s := newSides(diff.Compare(diff.Session{Name: path, Source: a.Source}, diff.Session{Name: other, Source: b.Source}), simTheme)
		for range 300 {
			pressOnSides(m, s)
			if fault := misfit(s.View(), s.width, s.height); fault != "" {
				t.Fatalf("seed %d: %s", seed, fault)
			}
		}
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	}
}

func pressOnSides(m *monkey, s *sides) {
	if m.random.IntN(20) == 0 {
		var width, height int
		fmt.Sscanf(m.pick(monkeySizes...), "%dx%d", &width, &height)
		s.Update(tea.WindowSizeMsg{Width: width, Height: height})
		return
	}
	s.Update(monkeyKey(m.pick("d", "n", "N", "down", "up", "pgdown", "pgup", "home", "end", "esc", "enter", "?", "tab", "日")))
}

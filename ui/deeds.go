package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/lazy"
	"ehlo/transcripts/words"
	"ehlo/ui/paint"
)

// deed is something that the program can do, for who looks for it by a word of their own.
type deed struct {
	name  string
	how   string // where it is: its key, and its command
	words string // what else people call it
	key   string // what does it in a session or a recording; empty where nothing does
	home  func(*home) func() tea.Cmd
}

// deeds has one row for one thing.
var deeds = lazy.Value[[]deed]{Make: func() []deed {
	recordings := func(h *home) func() tea.Cmd { return h.show(listTranscripts) }
	lessons := func(h *home) func() tea.Cmd { return h.show(listLessons) }
	scenarios := func(h *home) func() tea.Cmd { return h.show(listScenarios) }
	return []deed{
		{"present to a class", "f5 in a session, a recording or a lesson; from a shell: --present with lab, connect, open or learn",
			"presenter presentation present trainer teacher teach lecture projector beamer slides students timer show mode", "@", lessons},
		{"go live from a recording", "b in a recording, after its first step: the same steps again with the same server, and then it is yours", "take up live continue resume replay branch repeat again from here", "b", recordings},
		{"compare two sessions", "= in a session or a recording; ctrl-d on two rows of the list; from a shell: ehlo diff A B", "diff difference beside side by side before after changed", "=", recordings},
		{"walk scenarios side by side", "ctrl-d on two or three scenarios of the list, then ctrl-g; from a shell: ehlo lab A --beside B", "columns beside parallel compare", "", scenarios},
		{"export a session", "x copies what is selected to a file; all of it from a shell: ehlo export FILE --to html, markdown, text, svg, cast, json or pcapng",
			"save print share send report document page picture pdf file ticket anonymize anonymous wireshark", "x", recordings},
		{"open what another program recorded", "Open on the home screen, then another file; from a shell: ehlo open FILE or ehlo import FILE", "import capture pcap tcpdump wireshark log swaks openssl curl", "", func(h *home) func() tea.Cmd { return h.askPath }},
		{"write a note", "n on a row; < and > go from one to the next", "comment annotate annotation remark mark", "n", recordings},
		{"play a recording", ". plays it and pauses, + and - change the speed", "replay autoplay automatic film movie speed pause", ".", recordings},
		{"show only some rows", "& and words, kind:, dir:, phase:, finding: or severity:", "filter hide narrow grep", "&", recordings},
		{"predict, then reveal", "! asks before each step what will come; from a shell: --predict", "guess question think test yourself", "!", scenarios},
		{"answer the quiz", "Quiz on the home screen; from a shell: ehlo quiz", "exam test questions network+ n10-009 certification knowledge", "", func(h *home) func() tea.Cmd { return h.quiz }},
		{"see your progress", "The marks in the lists of scenarios and lessons; from a shell: ehlo progress", "score solved finished results hand in report how far", "", lessons},
		{"survey the ports of a server", "Check on the home screen; from a shell: ehlo survey HOST", "scan scorecard audit test open ports ciphers tls versions grade check", "", func(h *home) func() tea.Cmd { return h.askSurvey }},
		{"look at the way to a domain", "Check on the home screen; from a shell: ehlo route DOMAIN", "route mx records dns spf dmarc mta-sts dane check deliverability", "", func(h *home) func() tea.Cmd { return h.askDomain }},
		{"find what is wrong first", "Check on the home screen; from a shell: ehlo doctor HOST, DOMAIN or ADDRESS", "doctor diagnose diagnosis troubleshoot problem broken help fix letter operator", "", func(h *home) func() tea.Cmd { return h.askDoctor }},
		{"see it with another program", "$ in a session", "same curl swaks openssl s_client telnet commandline equivalent shell", "$", recordings},
		{"compare the ways to log in", "l in a session", "mechanisms plain login scram cram-md5 oauth ranking choose", "l", scenarios},
		{"build a response of AUTH by hand", "w where one is next", "workbench base64 hash hmac sasl by hand encode", "w", scenarios},
		{"look at the fields byte by byte", "f on a row with TLS, a line or a reply", "hex dump bytes fields dissect wireshark certificate", "f", recordings},
	}
}}

// spot is a deed as the search lists it.
func (d deed) spot(does string, do func() tea.Cmd) spot {
	return spot{kind: spotDeed, does: does, name: d.name, text: words.List(" ", d.name, d.words), about: d.how + ".", do: do}
}

// page says where it is.
func (d deed) page(width int) []paint.Line {
	return paint.Wrap(paint.Plain, stopped(d.how), width)
}

// deeds are what the program can do from its home.
func (h *home) deeds() (out []spot) {
	for _, d := range deeds.Get() {
		out = append(out, d.spot("go there", func() tea.Cmd { return d.home(h)() }))
	}
	return out
}

// deeds are what it can do from a session or a recording: by its key where that works now.
func (w *explorer) deeds() (out []spot) {
	for _, d := range deeds.Get() {
		out = append(out, d.spot("do it", func() tea.Cmd { return w.perform(d) }))
	}
	return out
}

// perform does what a key does, or says where it is.
func (w *explorer) perform(d deed) tea.Cmd {
	k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(d.key)}
	for _, b := range w.bindings() {
		if d.key != "" && b.Enabled() && strings.Contains(" "+strings.Join(b.Keys(), " ")+" ", " "+d.key+" ") {
			return w.press(k)
		}
	}
	w.sheet = &text{name: d.name, page: d.page}
	return nil
}

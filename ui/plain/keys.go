package plain

import (
	"strconv"
	"strings"
)

// key is one thing that can be typed at the prompt.
type key struct {
	name string // what is typed; empty is the Enter key
	does string // in the prompt
	help string // in the help
}

// The keys. Prompt and help are made from those that work at the moment.
var (
	keySend    = key{"", "send", "do the next step as it is shown"}
	keyGo      = key{"", "go on", "do the next step as it is shown"}
	keyFinish  = key{"", "end", "there is nothing left to do: end"}
	keyForward = key{"", "forward", "show the next step"}
	keyEdit    = key{"e", "edit", "change the line before it is sent"}
	keyOptions = key{"o", "options", "choose another step; those out of order say what to expect"}
	keyRaw     = key{"r", "raw", "type any line and send it"}
	keyBack    = key{"b", "back", "go back one step and look at it again; nothing is taken back"}
	keyJump    = key{"NUMBER", "jump", "show the step that the event with this number belongs to"}
	keyLatest  = key{"l", "latest", "come back to the end"}
	keyNote    = key{"n", "note", "write a note on the event shown last; n NUMBER for another one"}
	keyExplain = key{"x", "explain", "explain the step shown last in full; x WORDS for anything: x 5.7.8, x STARTTLS"}
	keyQuit    = key{"q", "quit", "end here"}
	keyHelp    = key{"?", "help", "this list"}
)

// label is how the prompt and the help write a key.
func (k key) label() string {
	if k.name == "" {
		return "enter"
	}
	return k.name
}

// prompt lists keys in one line.
func prompt(keys []key) string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.label() + " " + k.does
	}
	return strings.Join(texts, ", ") + " >"
}

// typed is a line at the prompt, taken apart.
type typed struct {
	key  key
	rest string // what follows the key
	n    int    // of keyJump
}

// match finds the key that a line means; ok is false if none of keys does.
func match(line string, keys []key) (t typed, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	n, err := strconv.Atoi(word)
	for _, k := range keys {
		switch {
		case k == keyJump && err == nil:
			return typed{key: k, n: n}, true
		case k.name == strings.ToLower(word) && (rest == "" || k == keyNote || k == keyExplain):
			return typed{key: k, rest: strings.TrimSpace(rest)}, true
		}
	}
	return typed{}, false
}

// echoed is what may be shown of a line that was recognised.
func (t typed) echoed() string {
	switch {
	case t.key == keyJump:
		return strconv.Itoa(t.n)
	case t.key.name == "":
		return ""
	}
	return strings.TrimSpace(t.key.name + " " + t.rest)
}

func (d *dialog) help(keys []key) {
	for _, k := range keys {
		d.printf("  %-7s %s", k.label(), k.help)
	}
}

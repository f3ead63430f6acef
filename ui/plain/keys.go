package plain

import (
	"cmp"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/lazy"
	"ehlo/session/record"
)

// key is one thing that can be typed at the prompt.
type key struct {
	name string // what is typed; empty is the Enter key
	does string // what else can be typed for it
	says string // in the prompt, after what is typed: a verb, so that it is understood alone; empty is what it does
	help string // in the help
	// quiet keys are in the help and not in the prompt
	quiet bool
	rare  bool   // the help names it, and explains it when that is asked for
	each  string // of a key that is a number: what each does, said in the prompt in its place
	most  int    // of a key that is a number: the greatest; 0 for any
}

// The keys. Prompt and help are made from those that work at the moment.
var (
	keySend    = key{name: "", does: "send", says: "sends", help: "do the next step as it is shown"}
	keyGo      = key{name: "", does: "continue", says: "continues", help: "do the next step as it is shown"}
	keyFinish  = key{name: "", does: "end", says: "ends the session", help: "nothing is left to do: keep the verdict and end"}
	keyLeaveIt = key{name: "", does: "leave", says: "leaves the session, which is over", help: "leave"}
	keyHeard   = key{name: "", does: "end", says: "ends the replay", help: "the transcript was told to its end: leave it"}
	keyForward = key{name: "", does: "forward", says: "goes forward", help: "show the next step"}
	keyEdit    = key{name: "e", does: "edit", help: "change the line before it is sent", quiet: true}
	keyOptions = key{name: "o", does: "options", help: "list the steps that can be taken here, and choose one; for each that is out of order it says which reply to expect", quiet: true}
	keyRaw     = key{name: "r", does: "raw", help: "type any line and send it", quiet: true, rare: true}
	keyBack    = key{name: "b", does: "back", help: "go back one step and look at it again; nothing is undone", quiet: true}
	keyJump    = key{name: "j", does: "jump", help: "j NUMBER shows the step that the event with this number belongs to", quiet: true, rare: true}
	keyLatest  = key{name: "l", does: "latest", says: "comes back to the end", help: "come back to the end"}
	keyNote    = key{name: "n", does: "note", help: "write a note on the event shown last; n NUMBER for another event. A backslash at the end of a line continues on the next", quiet: true, rare: true}
	keyNotes   = key{name: "notes", does: "list the notes", help: "list the notes, each with its number", quiet: true, rare: true}
	keyRewrite = key{name: "rewrite", does: "rewrite a note", help: "rewrite NUMBER replaces the text of the note with this number; the file keeps what it was", quiet: true, rare: true}
	keyErase   = key{name: "erase", does: "remove a note", help: "erase NUMBER removes the note with this number; the file keeps what it was", quiet: true, rare: true}
	keyAuthor  = key{name: "author", does: "sign notes", help: "author NAME signs the notes that follow", quiet: true, rare: true}
	keyTitle   = key{name: "title", does: "title the transcript", help: "title WORDS says what the transcript shows; without words it removes the title", quiet: true, rare: true}
	keyPhase   = key{name: "phase", does: "next phase", help: "go to the next phase of the walk; phase back to the previous one", quiet: true}
	keyFinding = key{name: "finding", does: "next finding", help: "go to the next warning or danger; finding back to the previous one", quiet: true}
	keyNoted   = key{name: "noted", does: "next note", help: "go to the next step that has a note; noted back to the previous one", quiet: true, rare: true}
	keyPlay    = key{name: "play", does: "play on", help: "show step after step at the original pace; play 4 shows them four times as fast. No wait is longer than 3 seconds, and ctrl-c pauses", quiet: true}
	keyNumbers = key{name: "numbers", does: "number the events", help: "show the number of each event, or stop showing it", quiet: true, rare: true}
	keyCompare = key{name: "compare", does: "compare", help: "compare PATH shows what is different in another transcript", quiet: true, rare: true}
	keySame    = key{name: "as", does: "as another program", help: "as NAME shows how to run the same session with another program, such as swaks; as without a name lists them", quiet: true, rare: true}
	keyTags    = key{name: "tags", does: "tag the transcript", help: "tags WORDS, separated by commas, to find the transcript by", quiet: true, rare: true}
	keyExplain = key{name: "x", does: "more", help: "show more about the step shown last, and again for its details, one message after the other; x WORDS explains anything: x 5.7.8, x STARTTLS", quiet: true}
	keyCards   = key{name: "i", does: "cards", help: "the cards for the event shown last: codes, keywords, terms; i NUMBER for another event", quiet: true, rare: true}
	keySearch  = key{name: "/", does: "search", help: "/ WORDS searches the cards and this session: / greylisting, / 5.7.8, / what is SPF", quiet: true}
	keyOnly    = key{name: "only", does: "show only", help: "only WORDS shows only what matches from here on: only 250, only kind:reply dir:server, only severity:warn,danger; only without words shows all again", quiet: true, rare: true}
	keyFacts   = key{name: "f", does: "facts", help: "what the session has shown so far: server, TLS, certificate, AUTH", quiet: true, rare: true}
	keyLog     = key{name: "log", does: "server log", help: "show what the practice server logged in the step shown last", quiet: true, rare: true}
	keyPath    = key{name: "path", does: "on the path", help: "show what a device between client and server saw and changed in the step shown last", quiet: true, rare: true}
	keyLogin   = key{name: "c", does: "credentials", help: "log in as someone else or in another way; after a login that failed this makes the next attempt", quiet: true}
	keyBuild   = key{name: "w", does: "build it", says: "builds the AUTH data by hand", help: "build the response yourself, one tool after the other, and learn how it differs from the right one; no secret is shown"}
	keyCancel  = key{name: "*", does: "cancel AUTH", help: "cancel the exchange with an asterisk", quiet: true, rare: true}
	keyWays    = key{name: "m", does: "mechanisms", help: "the ways to log in that the server offers, ranked, with what each needs", quiet: true, rare: true}
	keyReveal  = key{name: "reveal", does: "show secrets", help: "show the secrets of the steps to come, and keep them in the transcript; or mask them again", quiet: true, rare: true}
	keyQuit    = key{name: "q", does: "quit", help: "end here", quiet: true}
	keyHelp    = key{name: "?", does: "help", help: "this list; help and the name of a command explains that one", quiet: true}
)

// The keys of the workbench.
var (
	keyTool  = key{name: anyNumber, does: "tool", says: "uses that tool", help: "use the tool with this number"}
	keyTools = key{name: "t", does: "tools", says: "lists the tools", help: "list the tools again"}
	keyLine  = key{name: "l", does: "type the line", says: "takes the whole line", help: "type the whole line yourself: base64, * to cancel AUTH, or anything else"}
	keyForm  = key{name: "f", does: "other form", says: "writes the result in another form", help: "write the last result in another form: text, hexadecimal, base64"}
	keyShow  = key{name: "s", does: "show secrets", says: "shows secrets", help: "show secrets here, what you type and the results, or mask them again"}
	keyLeave = key{name: "q", does: "leave", says: "leaves", help: "leave the workbench without sending; the inputs of its tools are kept"}
)

// adviceKey follows a piece of advice by its number, here or where it says. The prompt says what each number does, as far as they are few. given
// holds where what an advice asks for was given before.
func adviceKey(list []record.Advice, where string, given func(record.Action) bool) key {
	const few = 3
	k := key{name: anyNumber, does: "advice", says: "follow the advice", help: "follow the advice with this number, and continue", most: len(list)}
	if len(list) > few {
		return k
	}
	var each []string
	for i, a := range list {
		each = append(each, strconv.Itoa(i+1)+" "+does(a, where, given(a.Do)))
	}
	k.each = strings.Join(each, ", ")
	return k
}

// does is what the key of an advice does, and where, in a few words that are understood alone.
func does(a record.Advice, where string, again bool) string {
	says := followings.Of(a.Do)
	switch {
	case again && a.Do == record.GivePassword:
		says = "gives another password"
	case again && a.Do == record.GiveToken:
		says = "gives another token"
	case a.Do == record.UseTLS || a.Do == record.UseSTARTTLS:
		says += " on port " + strconv.Itoa(a.Port)
	case a.Do == record.UsePort && a.Port != 0:
		says = "uses port " + strconv.Itoa(a.Port)
	case a.Do == record.CapTLS || a.Do == record.TryMechanism:
		says += " " + a.Name
	}
	if a.Do != record.RetryAfter { // which says it
		says += where
	}
	if a.Do.Weakens() {
		says += ", which is not safe"
	}
	return says
}

var followings = lazy.Table[record.Action, string]{
	{record.UseTLS, "uses TLS from the first byte"}, {record.UseSTARTTLS, "requires STARTTLS"}, {record.UsePort, "uses another port"},
	{record.TrustCA, "shows the fingerprint of the unknown CA"}, {record.AcceptUnverified, "continues with an unverified server"},
	{record.AcceptUnverifiedAuth, "sends the password to an unverified server"}, {record.AcceptCleartext, "logs in in cleartext"}, {record.AcceptObsolete, "logs in through obsolete TLS"},
	{record.GiveServerName, "verifies another name"}, {record.GiveClientCertificate, "gives a client certificate"}, {record.CapTLS, "offers at most"},
	{record.AllowLegacyTLS, "offers obsolete TLS"}, {record.NoInitialResponse, "sends AUTH without an initial response"}, {record.TryMechanism, "logs in with AUTH"},
	{record.GivePassword, "gives a password"}, {record.GiveToken, "gives a token"}, {record.GiveEHLOName, "gives another EHLO name"},
	{record.OtherAddressFamily, "uses the other address family"}, {record.OtherAddress, "connects to another address"}, {record.RetryAfter, "begins the session again"},
	{record.CheckName, "gives another host name"}, {record.CheckAddress, "gives another mail address"}, {record.ShrinkMessage, "sends a smaller message"},
	{record.SpeakLMTP, "speaks LMTP"}, {record.SpeakSMTP, "speaks SMTP"}}

// anyNumber is the name of a key for which a number is typed.
const anyNumber = "NUMBER"

// number reports whether any number is typed for the key.
func (k key) number() bool { return k.name == anyNumber }

// numbered reports whether the key is followed by a number.
func (k key) numbered() bool {
	return k.name == keyJump.name || k.name == keyAnswer.name || k.name == keyOpened.name || k.name == keyTold.name
}

// takesText reports whether the key may be followed by words.
func (k key) takesText() bool {
	switch k.does {
	case keyNote.does, keyRewrite.does, keyErase.does, keyAuthor.does, keyTitle.does, keyTags.does, keyPhase.does, keyFinding.does, keyNoted.does, keyPlay.does, keyExplain.does, keySearch.does, keyOnly.does, keyCards.does, keyConnect.does, keyBeside.does, keyOld.does, keyOpen.does, keyRename.does, keyRemove.does, keyCompare.does, keySame.does, keySurvey.does, keyRoute.does, keyDoctor.does, keyHelp.does:
		return true
	}
	return false
}

// label is how the prompt and the help write a key.
func (k key) label() string {
	switch {
	case k.name == "":
		return "enter"
	case k.most == 1:
		return "1"
	case k.most == 2:
		return "1 or 2"
	case k.most > 2:
		return "1 to " + strconv.Itoa(k.most)
	}
	return k.name
}

// called reports whether a word names the key: a letter or a sign, or what the key does, for whoever hears no signs.
func (k key) called(word string) bool {
	return strings.EqualFold(word, k.name) || strings.EqualFold(word, k.does)
}

// prompt lists keys in one line.
func prompt(keys []key) string {
	var texts []string
	for _, k := range keys {
		switch {
		case k.quiet:
		case k.each != "":
			texts = append(texts, k.each)
		default:
			texts = append(texts, k.label()+" "+cmp.Or(k.says, k.does))
		}
	}
	return cmp.Or(strings.Join(texts, ", "), "what next") + ":"
}

// typed is a line at the prompt, taken apart.
type typed struct {
	key  key
	rest string // what follows the key
	n    int    // of a key that is a number, or takes one
}

// match finds the key that a line means; ok is false if none of keys does.
//
// A number of three digits or more that no list goes up to is a code to ask about, and no key.
func match(line string, keys []key) (t typed, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if words, slash := strings.CutPrefix(word, "/"); slash && words != "" { // no blank after it is as good
		word, rest = "/", words+" "+rest
	}
	n, err := strconv.Atoi(word)
	for _, k := range keys {
		switch {
		case k.number() && err == nil && (n <= k.most || len(word) < codeDigits):
			return typed{key: k, n: n}, true
		case k.numbered() && k.called(word):
			n, err := strconv.Atoi(strings.TrimSpace(rest))
			return typed{key: k, n: n}, err == nil
		case k.called(word) && (rest == "" || k.takesText()):
			return typed{key: k, rest: strings.TrimSpace(rest)}, true
		}
	}
	return typed{}, false
}

// codeDigits is how many digits a reply code has.
const codeDigits = 3

// askedAbout is what a line that is no key asks about, where it begins as a question does or is the name of a card. Any other may be a
// password that came at the wrong moment: nothing is done with it.
func askedAbout(line string) (about string, ok bool) {
	line = strings.TrimSpace(line)
	first, rest, _ := strings.Cut(line, " ")
	switch strings.ToLower(first) {
	case "explain":
		return strings.TrimSpace(rest), rest != ""
	case "what", "what's", "why", "how", "who", "when", "where", "which", "is", "are", "does", "can":
		return line, rest != ""
	}
	found, _ := explain.Matches(line, 1)
	return line, len(found) > 0 && strings.EqualFold(found[0].Title(), line)
}

// echoed is what may be shown of a line that was recognized.
func (t typed) echoed() string {
	switch {
	case t.key.number():
		return strconv.Itoa(t.n)
	case t.key.numbered():
		return t.key.name + " " + strconv.Itoa(t.n)
	case t.key.name == "":
		return ""
	}
	return strings.TrimSpace(t.key.name + " " + t.rest)
}

// spoken is how the help names a key: by its word too, where its sign is not heard.
func (k key) spoken() string {
	switch label := k.label(); {
	case label == "*":
		return "star, or *"
	case k.name == "" || k.number() || strings.Contains(k.does, " ") || k.does == label:
		return label
	default:
		return k.does + ", or " + label
	}
}

// help explains the keys that most people need and names the others; asked about explains one by its name, or "all".
func (d *dialog) help(keys []key, about string) {
	var others []string
	told := 0
	for _, k := range keys {
		switch {
		case about == "" && k.rare:
			others = append(others, k.word())
		case about == "" || strings.EqualFold(about, "all") || k.called(about) || strings.EqualFold(about, k.label()):
			d.printf("%s: %s", k.spoken(), k.help)
			told++
		}
	}
	switch {
	case told == 0:
		d.printf("%q is no command here; help lists those that are", about)
	case len(others) > 0:
		d.printf("more commands: %s; help and one of these names explains it, help all explains all", strings.Join(others, ", "))
	}
}

// word is what is typed for a key that is heard: its name where that is a word, or else what it does.
func (k key) word() string {
	if len(k.name) > 1 || strings.Contains(k.does, " ") {
		return k.name
	}
	return k.does
}

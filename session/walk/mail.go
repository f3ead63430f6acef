package walk

import (
	"slices"
	"strings"

	"ehlo/session/record"
)

// commands are the verbs that send a line beginning with their name.
var Commands = []record.Verb{record.VerbEHLO, record.VerbHELO, record.VerbSTARTTLS, record.VerbAuth, record.VerbMail, record.VerbRcpt, record.VerbData, record.VerbBdat, record.VerbRset, record.VerbNoop,
	record.VerbVrfy, record.VerbExpn, record.VerbHelp, record.VerbQuit}

// asTyped makes a raw step of a command that is none here: its line was changed to another one, or the server waits for
// a response or for content. What is sent decides what is asked, masked and expected, not what it was called.
func AsTyped(s record.State, st record.Step) record.Step {
	if st.Verb == record.VerbQuit || st.Verb == record.VerbAuth && st.Line == "" || !slices.Contains(Commands, st.Verb) {
		return st
	}
	if s.Auth == record.AuthExchange || s.Transaction == record.TransactionData || CommandWord(st.Line) != strings.ToUpper(string(st.Verb)) {
		st.Verb = record.VerbRaw
	}
	return st
}

func WithVerb(st record.Step, v record.Verb) record.Step {
	st.Verb = v
	return st
}

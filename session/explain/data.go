package explain

import _ "embed"

// The sources, as people edit them. They are embedded as strings, which cost a
// start of the program nothing.
var (
	//go:embed data/alerts.txt
	alertText string
	//go:embed data/claims.txt
	claimText string
	//go:embed data/commands.txt
	commandText string
	//go:embed data/enhanced.txt
	enhancedText string
	//go:embed data/extensions.txt
	extensionText string
	//go:embed data/fields.txt
	fieldText string
	//go:embed data/findings.txt
	findingText string
	//go:embed data/glossary.txt
	glossaryText string
	//go:embed data/keywords.txt
	keywordText string
	//go:embed data/mechanisms.txt
	mechanismText string
	//go:embed data/messages.txt
	messageText string
	//go:embed data/parameters.txt
	parameterText string
	//go:embed data/phrases.txt
	phraseText string
	//go:embed data/ports.txt
	portText string
	//go:embed data/replies.txt
	replyText string
	//go:embed data/rfcs.txt
	rfcText string
	//go:embed data/software.txt
	softwareText string
	//go:embed data/topics.txt
	topicText string
	//go:embed data/wordings.txt
	wordingText string
)

// The tables hold where their text is and not the text, so that the linker can
// lay them out and no code runs when the program starts.
var (
	claimTable     = table{kind: KindClaim, text: &claimText}
	commandTable   = table{kind: KindCommand, text: &commandText}
	keywordTable   = table{kind: KindKeyword, text: &keywordText}
	parameterTable = table{kind: KindParameter, text: &parameterText}
	replyTable     = table{kind: KindReply, text: &replyText}
	enhancedTable  = table{kind: KindEnhanced, text: &enhancedText}
	mechanismTable = table{kind: KindMechanism, text: &mechanismText}
	messageTable   = table{kind: KindMessage, text: &messageText, told: &toldMessages}
	extensionTable = table{kind: KindExtension, text: &extensionText}
	alertTable     = table{kind: KindAlert, text: &alertText, told: &toldAlerts}
	portTable      = table{kind: KindPort, text: &portText}
	topicTable     = table{kind: KindTopic, text: &topicText}
	fieldTable     = table{kind: KindField, text: &fieldText}
	findingTable   = table{kind: KindFinding, text: &findingText}
	glossaryTable  = table{kind: KindTerm, text: &glossaryText}
	phraseTable    = table{kind: KindPhrase, text: &phraseText}
	acceptedTable  = table{kind: KindPhrase, text: &phraseText, until: "# --- of refusals alone ---"} // the part of it that a positive reply needs
	softwareTable  = table{kind: KindSoftware, text: &softwareText}
	wordingTable   = table{kind: KindWording, text: &wordingText}
)

var tables = [...]*table{
	&commandTable,
	&keywordTable,
	&parameterTable,
	&replyTable,
	&enhancedTable,
	&mechanismTable,
	&messageTable,
	&extensionTable,
	&alertTable,
	&portTable,
	&topicTable,
	&claimTable,
	&glossaryTable,
	&fieldTable,
	&findingTable,
	&phraseTable,
	&softwareTable,
	&wordingTable,
}

func tableOf(kind string) (*table, bool) {
	for _, t := range tables {
		if t.kind == kind {
			return t, true
		}
	}
	return nil, false
}

package explain

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/commands.txt
var commandData string

//go:embed data/keywords.txt
var keywordData string

//go:embed data/parameters.txt
var parameterData string

//go:embed data/replies.txt
var replyData string

//go:embed data/enhanced.txt
var enhancedData string

//go:embed data/mechanisms.txt
var mechanismData string

//go:embed data/messages.txt
var messageData string

//go:embed data/extensions.txt
var extensionData string

//go:embed data/alerts.txt
var alertData string

//go:embed data/ports.txt
var portData string

//go:embed data/topics.txt
var topicData string

//go:embed data/findings.txt
var findingData string

//go:embed data/phrases.txt
var phraseData string

//go:embed data/software.txt
var softwareData string

// A table is one kind, read when it is first asked for.
type table struct {
	kind  string
	rows  func() []row
	index func() []named
}

// A named leads from one folded name to its row.
type named struct {
	name string
	row  int
}

var tables = [...]table{
	newTable(KindCommand, &commandData),
	newTable(KindKeyword, &keywordData),
	newTable(KindParameter, &parameterData),
	newTable(KindReply, &replyData),
	newTable(KindEnhanced, &enhancedData),
	newTable(KindMechanism, &mechanismData),
	newTable(KindMessage, &messageData),
	newTable(KindExtension, &extensionData),
	newTable(KindAlert, &alertData),
	newTable(KindPort, &portData),
	newTable(KindTopic, &topicData),
	newTable(KindFinding, &findingData),
	newTable(KindPhrase, &phraseData),
	newTable(KindSoftware, &softwareData),
}

func newTable(kind string, src *string) table {
	rows := sync.OnceValue(func() []row {
		// The tests hold that every embedded file parses without an error.
		rows, _ := parseRows(kind, *src)
		return rows
	})
	return table{kind, rows, sync.OnceValue(func() []named { return indexOf(rows()) })}
}

func indexOf(rows []row) []named {
	var index []named
	for i, r := range rows {
		index = append(index, named{fold(r.Name), i})
		for _, also := range r.Also {
			index = append(index, named{fold(also), i})
		}
	}
	slices.SortFunc(index, func(a, b named) int { return strings.Compare(a.name, b.name) })
	return index
}

func tableOf(kind string) (table, bool) {
	for _, t := range tables {
		if t.kind == kind {
			return t, true
		}
	}
	return table{}, false
}

func rowsOf(kind string) []row {
	t, _ := tableOf(kind)
	return t.rows()
}

// lookup finds an entry by any of its names.
func lookup(kind, name string) (Entry, bool) {
	t, ok := tableOf(kind)
	if !ok || len(name) > maxName {
		return Entry{}, false
	}
	index := t.index()
	i, ok := slices.BinarySearchFunc(index, fold(name), func(n named, name string) int {
		return strings.Compare(n.name, name)
	})
	if !ok {
		return Entry{}, false
	}
	return t.rows()[index[i].row].clone(), true
}

// maxName bounds the names looked up; no table holds a longer one.
const maxName = 64

// All returns every entry of every table, kind by kind in the order of the
// data files.
func All() []Entry {
	var all []Entry
	for _, t := range tables {
		for _, r := range t.rows() {
			all = append(all, r.clone())
		}
	}
	return all
}

func (r row) clone() Entry {
	e := r.Entry
	e.Also = slices.Clone(e.Also)
	e.Success = slices.Clone(e.Success)
	e.Failure = slices.Clone(e.Failure)
	e.Refs = slices.Clone(e.Refs)
	e.See = slices.Clone(e.See)
	return e
}

// fold makes names comparable: lower case, without the punctuation that
// people leave out or change ("client_hello", "ClientHello", "client hello").
// A name of punctuation alone, such as "*", stays as it is.
func fold(name string) string {
	folded := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_':
			return -1
		}
		return r
	}, strings.ToLower(name))
	if folded == "" {
		return name
	}
	return folded
}

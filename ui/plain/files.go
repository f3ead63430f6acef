package plain

import (
	"context"
	"os"
	"strconv"
	"strings"

	"ehlo/transcripts/words"
)

// Files are the transcripts on disk. Its errors say what is wrong in a sentence.
type Files interface {
	Rename(path, name string) error
	Remove(path string) error
}

// The keys of a list of transcripts.
var (
	keyMore       = key{name: "more", does: "more", says: "lists the next ones", help: "the next ones"}
	keyCompareTwo = key{name: "compare", does: "compare", help: "compare N M shows what is different between transcripts N and M", quiet: true}
	keyRenameFile = key{name: "rename", does: "rename", help: "rename N NAME gives the file of transcript N another name", quiet: true}
	keyRemoveFile = key{name: "remove", does: "remove", help: "remove N removes the file of transcript N", quiet: true}
)

// kept goes through the transcripts that hold every word of a line, a few at a time.
type kept struct {
	*home
	line string
	list []Recent
	from int // the first that is told now
}

// open opens a file, or lists the transcripts that hold the words, all of them without any.
func (m *home) open(ctx context.Context, line string) error {
	if _, err := os.Stat(line); line != "" && err == nil {
		return m.openFile(ctx, line)
	}
	k := &kept{home: m, line: line}
	switch k.read(); {
	case len(k.list) == 0 && line != "":
		return m.Open(ctx, m.console(), line) // which says what is wrong with it
	case len(k.list) == 0:
		m.print("there are no transcripts yet; open PATH opens a file")
		return nil
	}
	return k.choose(ctx)
}

// openFile opens a transcript, or what another program recorded: of several sessions the one that is chosen.
func (m *home) openFile(ctx context.Context, path string) error {
	if m.Sessions == nil {
		return m.Open(ctx, m.console(), path)
	}
	list, err := m.Sessions(path)
	switch {
	case err != nil:
		m.problem(err)
		return nil
	case len(list) == 0:
		return m.Open(ctx, m.console(), path)
	case len(list) == 1:
		return m.openSession(ctx, list[0])
	}
	m.print("the file holds " + words.Number(len(list), "session"))
	return m.pick(ctx, "a session", len(list), func(i int) string { return list[i].Name }, func(i int) error {
		if err := m.openSession(ctx, list[i]); err != nil {
			return err
		}
		return errHome
	})
}

func (m *home) openSession(ctx context.Context, s Session) error {
	path, told, err := s.Keep()
	if err != nil {
		m.problem(err)
		return nil
	}
	m.print(told)
	return m.Open(ctx, m.console(), path)
}

func (k *kept) read() {
	k.list = nil
	if k.Recent == nil {
		return
	}
	for _, r := range k.Recent() {
		if holds(words.List(" ", r.Title, r.When, r.Also, r.Path), k.line) {
			k.list = append(k.list, r)
		}
	}
	k.from = max(min(k.from, len(k.list)-1), 0)
}

func (k *kept) tell() {
	k.print(words.Number(len(k.list), "transcript"))
	for i := k.from; i < k.upto(); i++ {
		k.printf("%d: %s", i+1, words.List(": ", k.list[i].When, k.list[i].Title))
	}
}

func (k *kept) upto() int { return min(k.from+mostListed, len(k.list)) }

func (k *kept) keys() []key {
	chosen := keyChosen
	chosen.most, chosen.says = len(k.list), "chooses a transcript"
	keys := []key{chosen}
	if k.upto() < len(k.list) {
		keys = append(keys, keyMore)
	}
	if k.Compare != nil {
		keys = append(keys, keyCompareTwo)
	}
	if k.Files != nil {
		keys = append(keys, keyRenameFile, keyRemoveFile)
	}
	return append(keys, keyUp, keyHelp)
}

// choose does what is asked for until b leads back; a line that is not one of its keys is one of the menu's.
func (k *kept) choose(ctx context.Context) error {
	if k.ahead == "" {
		k.tell()
	}
	for len(k.list) > 0 {
		line, err := k.key(ctx, k.keys())
		if err != nil {
			return err
		}
		t, ok := match(line, k.keys())
		if !ok {
			k.ahead = line
			return nil
		}
		if k.echo(t.echoed()); t.key.name == keyUp.name {
			return nil
		}
		if err := k.do(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (k *kept) do(ctx context.Context, t typed) error {
	switch t.key.name {
	case keyMore.name:
		k.from = k.upto()
		k.tell()
	case keyHelp.name:
		k.help(k.keys(), t.rest)
		k.tell()
	case keyCompareTwo.name:
		k.compare(t.rest)
	case keyRenameFile.name:
		k.rename(t.rest)
	case keyRemoveFile.name:
		return k.remove(ctx, t.rest)
	default:
		if r := k.numbered(strconv.Itoa(t.n)); r != nil {
			if err := k.openFile(ctx, r.Path); err != nil {
				return err
			}
			return errHome
		}
	}
	return nil
}

// numbered is the transcript with a number; nil where there is none, which is said.
func (k *kept) numbered(word string) *Recent {
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > len(k.list) {
		k.printf("there is no number %s here; the last is %d", word, len(k.list))
		return nil
	}
	return &k.list[n-1]
}

func (k *kept) rename(rest string) {
	number, name, _ := strings.Cut(rest, " ")
	if name = strings.TrimSpace(name); name == "" {
		k.print("say which transcript and the new name of its file: rename 2 lesson-1")
		return
	}
	if r := k.numbered(number); r != nil {
		k.changed(k.Files.Rename(r.Path, name), "the file is called "+name+" now")
	}
}

// remove asks before it removes a file.
func (k *kept) remove(ctx context.Context, number string) error {
	r := k.numbered(number)
	if r == nil {
		return nil
	}
	switch yes, err := k.yes(ctx, "remove the transcript of "+words.List(": ", r.When, r.Title)+"?"); {
	case err != nil:
		return err
	case !yes:
		k.print("nothing was removed")
	default:
		k.changed(k.Files.Remove(r.Path), "the file was removed")
	}
	return nil
}

func (k *kept) changed(err error, said string) {
	if err != nil {
		k.problem(err)
		return
	}
	k.print(said)
	k.read()
	k.tell()
}

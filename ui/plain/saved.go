package plain

import (
	"context"
	"strings"

	"ehlo/transcripts/words"
)

// Targets are the servers that are kept under names. Its errors say what is wrong in a sentence.
type Targets interface {
	List() ([]Saved, error)
	Rename(from, to string) error
	Remove(name string) error
}

// Saved is a server under a name; @ and the name stand for it where a server is asked for. User may be empty.
type Saved struct{ Name, Server, User string }

// The keys of what is saved. They are words: digits are for what everyone needs.
var (
	keySaved  = key{name: "saved", does: "saved", help: "list the saved targets and connect to one; connect @NAME connects directly", quiet: true, rare: true}
	keyRename = key{name: "rename", does: "rename", help: "give a saved target another name: rename work office", quiet: true, rare: true}
	keyRemove = key{name: "remove", does: "remove", help: "remove NAME forgets a saved target", quiet: true, rare: true}
)

// savedTargets lists what is saved, and meets the one that is chosen.
func (m *home) savedTargets(ctx context.Context) error {
	list, err := m.Targets.List()
	if err != nil {
		m.printf("warning: %v", err)
		return nil
	}
	if len(list) == 0 {
		m.print("no target is saved yet; ehlo connect TARGET --save NAME saves one")
		return nil
	}
	return m.pick(ctx, "a target", len(list), func(i int) string { return words.List(", ", list[i].Name, list[i].Server, list[i].User) }, func(i int) error {
		if err := m.Start(ctx, m.console(), Wanted{Target: "@" + list[i].Name}); err != nil {
			return err
		}
		return errHome
	})
}

// rename gives a saved target another name.
func (m *home) rename(names string) {
	from, to, _ := strings.Cut(names, " ")
	if to = strings.TrimSpace(to); to == "" {
		m.print("say which target and its new name: rename work office")
		return
	}
	if err := m.Targets.Rename(from, to); err != nil {
		m.printf("warning: %v", err)
		return
	}
	m.printf("%s is now called %s", from, to)
}

// remove asks before it forgets a saved target.
func (m *home) remove(ctx context.Context, name string) error {
	if name == "" {
		m.print("say which target: remove NAME")
		return nil
	}
	yes, err := m.yes(ctx, "remove "+name+" and what is known about its certificate?")
	switch {
	case err != nil:
		return err
	case !yes:
		m.print("nothing was removed")
		return nil
	}
	if err := m.Targets.Remove(name); err != nil {
		m.printf("warning: %v", err)
		return nil
	}
	m.printf("%s was removed", name)
	return nil
}

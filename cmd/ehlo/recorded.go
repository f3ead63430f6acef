package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ehlo/transcripts"
	"ehlo/transcripts/foreign"
	"ehlo/transcripts/words"
	"ehlo/ui"
	"ehlo/ui/plain"
)

// recorded lists what other programs recorded, of what lies in the folder of transcripts.
func recorded(dir string) (list []ui.Recent) {
	entries, _ := os.ReadDir(dir) // one that is not there has none
	for _, entry := range entries {
		if !entry.Type().IsRegular() || strings.HasPrefix(entry.Name(), ".") || strings.HasSuffix(entry.Name(), transcripts.Extension) {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		info, err := entry.Info()
		if f, ok := looksLike(path); ok && err == nil {
			list = append(list, ui.Recent{Path: path, Foreign: true, When: info.ModTime(), Title: entry.Name(), Outcome: f.Says, Also: f.Name})
		}
	}
	return list
}

// looksLike is the format that a file begins in.
func looksLike(path string) (*foreign.Format, bool) {
	file, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	const enough = 64 << 10
	beginning, err := io.ReadAll(io.LimitReader(file, enough))
	if err != nil || len(beginning) == 0 {
		return nil, false
	}
	return foreign.Looks(beginning)
}

// sessionsIn are the sessions in a file that another program wrote; none in a transcript, and in what is damaged as one.
func sessionsIn(ctx context.Context, path string) ([]foreign.Conversation, error) {
	i, path := importer{session: "all"}.at(path)
	f, err := transcripts.Follow(path) // which reads the beginning alone
	if err == nil {
		f.Close()
	}
	if !errors.Is(err, transcripts.ErrNotTranscript) {
		return nil, nil
	}
	list, err := i.read(ctx, streams{}, path)
	if f, ok := errors.AsType[*failure](err); ok {
		return nil, fmt.Errorf("%s; %s", f.text, f.hint)
	}
	return list, err
}

// keepSession makes a transcript of a session, as ehlo import does.
func keepSession(c *foreign.Conversation) (path, told string, err error) {
	imported := c.Log(program())
	if path, err = keepImported(imported.Log, ""); err != nil {
		return "", "", err
	}
	told = "kept as " + filepath.Base(path)
	if c.Sealed {
		told += "; not all TLS data was decrypted: put the secrets in a file beside the capture, such as trace" + keysEnding + " beside trace.pcap"
	}
	if len(imported.Masked) > 0 {
		told += "; masked: " + words.List("; ", imported.Masked...)
	}
	return path, told, nil
}

func sessionsFor(ctx context.Context, path string) (out []ui.Session, err error) {
	list, err := sessionsIn(ctx, path)
	for i := range list {
		out = append(out, ui.Session{Name: list[i].Told(), When: list[i].When(), Keep: func() (string, string, error) { return keepSession(&list[i]) }})
	}
	return out, err
}

func plainSessions(ctx context.Context, path string) (out []plain.Session, err error) {
	list, err := sessionsIn(ctx, path)
	for i := range list {
		out = append(out, plain.Session{Name: words.List(": ", list[i].When(), list[i].Told()), Keep: func() (string, string, error) { return keepSession(&list[i]) }})
	}
	return out, err
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ehlo/session/record"
	"ehlo/session/survey"
	"ehlo/transcripts"
	"ehlo/ui/ports"
)

// newFolder makes the folder that a flag names, for its owner alone. One that is there already is not mixed with something new.
func newFolder(flag, path string) error {
	if path == "" {
		return nil
	}
	if err := noFolder(flag, filepath.Dir(path)); err != nil {
		return err
	}
	switch err := os.Mkdir(path, 0o700); {
	case os.IsExist(err):
		return &failure{record.ExitUsage, flag + " " + quote(path) + ": the folder exists", flag + " needs the path of a folder that does not exist yet"}
	case err != nil:
		return &failure{record.ExitUsage, flag + " " + quote(path) + ": " + cause(err).Error(), "name another folder"}
	}
	return nil
}

// writeSurveyPage writes a survey into a new file that only its owner can read.
func writeSurveyPage(path string, s *survey.Survey) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return notWritten("--html", path, err)
	}
	return errors.Join(ports.Page(f, s), f.Close())
}

// keepSessions writes a transcript of each session of a survey into a folder.
func keepSessions(folder string, s *survey.Survey) (problems error) {
	for _, c := range s.Cells {
		for n, session := range c.Sessions {
			rec, err := transcripts.Record(session, filepath.Join(folder, sessionName(c, n)))
			if err == nil {
				err = rec.Close()
			}
			problems = errors.Join(problems, err)
		}
	}
	return problems
}

// sessionName is the name of a file for a session, counted from 0: the one that the verdict is of is the first.
func sessionName(c survey.Cell, n int) string {
	more := ""
	if n > 0 {
		more = fmt.Sprintf(".%d", n+1)
	}
	return fmt.Sprintf("%d-%s%s%s", c.Port, strings.NewReplacer(":", "_", "%", "_").Replace(c.Address), more, transcripts.Extension)
}

package transcripts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errName occurs when a file cannot have a name.
var errName = errors.New("not a name for a file")

// Remove removes a transcript. One whose session is running stays. The error is an [*Error].
func Remove(path string) error {
	if err := idle(path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return &Error{Path: path, Text: cause(err).Error(), Hint: "it was not removed", Err: err}
	}
	return nil
}

// Rename gives the file of a transcript another name in its folder, and [Extension] if that is missing. It replaces no file, and one
// whose session is running keeps its name. The error is an [*Error].
func Rename(path, name string) error {
	if err := errors.Join(idle(path), checkName(name)); err != nil {
		return err
	}
	to := filepath.Join(filepath.Dir(path), strings.TrimSuffix(name, Extension)+Extension)
	switch err := os.Link(path, to); { // a link never takes the place of a file
	case errors.Is(err, os.ErrExist):
		return &Error{Path: to, Text: "the file exists", Hint: "choose another name", Err: err}
	case err == nil:
		err = os.Remove(path)
		return renamed(path, err)
	case exists(to):
		return &Error{Path: to, Text: "the file exists", Hint: "choose another name", Err: os.ErrExist}
	}
	return renamed(path, os.Rename(path, to)) // where the system has no links
}

func renamed(path string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Path: path, Text: cause(err).Error(), Hint: "it keeps its name", Err: err}
}

// idle reports as an error that a file is written.
func idle(path string) error {
	file, err := openRegular(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if locks && written(file) {
		return &Error{Path: path, Text: "the session is still running", Hint: "wait until it is over", Err: errInUse}
	}
	return nil
}

// checkName refuses what would be another folder, or what nobody could see or type.
func checkName(name string) error {
	const most = 200
	odd := func(c rune) bool { return !unicode.IsGraphic(c) || strings.ContainsRune(`/\:*?"<>|`, c) }
	base := strings.TrimSuffix(name, Extension)
	if strings.Trim(base, ". ") == "" || strings.HasPrefix(base, ".") || len(name) > most || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return &Error{Path: name, Text: errName.Error(), Hint: `a name has at most 200 bytes, does not begin with a dot, and has none of / \ : * ? " < > |`, Err: errName}
	}
	return nil
}

package transcripts

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"ehlo/session/record"
)

// Extension is how the file name of a transcript ends.
const Extension = ".ehlo.ndjson"

// Dir is where transcripts are kept: ehlo/transcripts in $XDG_STATE_HOME if that is an absolute path, on every
// system; else in ~/.local/state (XDG Base Directory Specification), on macOS in ~/Library/Application Support, on
// Windows in %LocalAppData%. It need not exist. The error says that there is no home directory.
func Dir() (string, error) {
	state, err := stateHome(runtime.GOOS)
	if err != nil {
		return "", &Error{Path: "transcripts", Text: "no place for transcripts: " + err.Error(),
			Hint: "set $XDG_STATE_HOME, or choose a file for the transcript", Err: err}
	}
	return filepath.Join(state, "ehlo", "transcripts"), nil
}

func stateHome(system string) (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	switch system {
	case "windows":
		return os.UserCacheDir() // %LocalAppData%, despite the name
	case "darwin", "ios":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state"), err
}

// stamp sorts by name as by time. It is in UTC: names stay in order when the clock goes back an hour.
const stamp = "20060102T150405.000Z"

// NewPath is a path in dir that no file has yet, named after the time and the server. [Record] refuses a path that
// was taken in between.
func NewPath(dir string, t time.Time, target record.Target) string {
	name := t.UTC().Format(stamp) + "-" + fileName(target)
	path := filepath.Join(dir, name+Extension)
	for n := 2; exists(path); n++ {
		path = filepath.Join(dir, fmt.Sprintf("%s.%d%s", name, n, Extension))
	}
	return path
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// maxHost is how much of a host's name goes into a file name; a name of the DNS has up to 253 characters, a file
// name up to 255.
const maxHost = 100

// fileName keeps what is safe in a file name on every system: a host comes from a command line or a form.
func fileName(t record.Target) string {
	safe := func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-':
			return c
		case 'A' <= c && c <= 'Z':
			return c - 'A' + 'a'
		}
		return '_'
	}
	host := strings.Map(safe, t.Host[:min(len(t.Host), maxHost)])
	if host == "" {
		host = "_"
	}
	return host + "-" + strconv.Itoa(t.Port)
}

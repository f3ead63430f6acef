// Package saved keeps servers under names, in one file: where they are, how to connect to them, and the certificate that they
// showed last. It keeps no secret: a user and the paths of files are in it, a password, a token or a key is not.
package saved

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ehlo/session/record"
)

// Target is a server under a name. What is empty was left open.
type Target struct {
	Name string `json:"name"`
	// Server is host, host:port or a URL as [record.ParseTarget] reads it, and TLS the name of a policy.
	Server     string `json:"server"`
	TLS        string `json:"tls,omitempty"`
	User       string `json:"user,omitempty"`
	EHLOName   string `json:"ehlo-name,omitempty"`
	ServerName string `json:"server-name,omitempty"`
	// CA, Certificate and Key are the absolute paths of PEM files.
	CA          string `json:"ca,omitempty"`
	Certificate string `json:"cert,omitempty"`
	Key         string `json:"key,omitempty"`
	// Known is the certificate with which the last session went on; nil before there was one.
	Known *record.KnownCertificate `json:"known,omitempty"`
}

// Store is the file. The zero value has no place to keep anything.
type Store struct{ path string }

// At is the store in a file, which need not exist.
func At(path string) Store { return Store{path} }

// Open is the store of this user: ehlo/targets.json in $XDG_CONFIG_HOME if that is an absolute path, on every system; else in
// ~/.config (XDG Base Directory Specification), on macOS in ~/Library/Application Support, on Windows in %AppData%.
func Open() (Store, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = configHome(runtime.GOOS); err != nil {
			return Store{}, &Error{Path: "targets", Text: "no place for saved targets: " + err.Error(), Hint: "set $XDG_CONFIG_HOME"}
		}
	}
	return At(filepath.Join(dir, "ehlo", "targets.json")), nil
}

func configHome(system string) (string, error) {
	switch system {
	case "windows", "darwin", "ios":
		return os.UserConfigDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config"), err
}

// Path is where the file is.
func (s Store) Path() string { return s.path }

// List is all that is saved, by name. There is nothing where there is no file.
func (s Store) List() ([]Target, error) {
	list, err := s.read()
	slices.SortFunc(list, func(a, b Target) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return list, err
}

// Find is the target under a name, whose case does not matter.
func (s Store) Find(name string) (Target, error) {
	list, err := s.read()
	if err != nil {
		return Target{}, err
	}
	if i := index(list, name); i >= 0 {
		return list[i], nil
	}
	return Target{}, s.unknown(name, list)
}

// Save keeps a target under its name, in the place of one that has it. The certificate that is known of a server stays known.
func (s Store) Save(t Target) error { return s.Replace(t.Name, t) }

// Replace keeps a target in the place of the one that has the name before, and adds it where there is none.
func (s Store) Replace(before string, t Target) error {
	if err := CheckName(t.Name); err != nil {
		return err
	}
	return s.change(func(list []Target) ([]Target, error) {
		i, taken := index(list, before), index(list, t.Name)
		switch {
		case i < 0 && taken >= 0:
			i = taken
		case taken >= 0 && taken != i:
			return nil, named(t.Name)
		}
		if i < 0 {
			return s.added(list, t)
		}
		if t.Known == nil {
			t.Known = list[i].Known
		}
		list[i] = t
		return list, nil
	})
}

func (s Store) added(list []Target, t Target) ([]Target, error) {
	if len(list) >= most {
		return nil, &Error{Path: s.path, Text: fmt.Sprintf("there are %d saved targets, which is the maximum", len(list)), Hint: "remove one"}
	}
	return append(list, t), nil
}

// named is the error of a name that another target has.
func named(name string) error {
	return &Error{Path: "@" + name, Text: "another saved target has this name", Hint: "choose another name, or remove that target first"}
}

// Remember keeps the certificate that a target showed. A target that was removed meanwhile stays removed.
func (s Store) Remember(name string, known record.KnownCertificate) error {
	return s.change(func(list []Target) ([]Target, error) {
		i := index(list, name)
		if i < 0 {
			return nil, errSame
		}
		list[i].Known = &known
		return list, nil
	})
}

// Remove forgets a target.
func (s Store) Remove(name string) error {
	return s.change(func(list []Target) ([]Target, error) {
		i := index(list, name)
		if i < 0 {
			return nil, s.unknown(name, list)
		}
		return slices.Delete(list, i, i+1), nil
	})
}

// Rename gives a target another name, which no other target has.
func (s Store) Rename(from, to string) error {
	if err := CheckName(to); err != nil {
		return err
	}
	return s.change(func(list []Target) ([]Target, error) {
		i, taken := index(list, from), index(list, to)
		switch {
		case i < 0:
			return nil, s.unknown(from, list)
		case taken >= 0 && taken != i:
			return nil, named(to)
		}
		list[i].Name = to
		return list, nil
	})
}

func index(list []Target, name string) int {
	return slices.IndexFunc(list, func(t Target) bool { return strings.EqualFold(t.Name, name) })
}

// unknown says what there is in place of a name that there is not.
func (s Store) unknown(name string, list []Target) error {
	e := &Error{Path: "@" + name, Text: "no saved target has this name", Hint: "--save NAME keeps a target; the home lists what is saved"}
	var near []string
	for _, t := range list {
		if len(near) < 5 && name != "" && strings.Contains(strings.ToLower(t.Name), strings.ToLower(name[:min(len(name), 3)])) {
			near = append(near, "@"+t.Name)
		}
	}
	if len(near) > 0 {
		e.Hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return e
}

// maxName is how many characters a name may have.
const maxName = 40

// CheckName refuses what a shell, a list or a person could take for something else: a name has 1 to 40 letters, digits, and of
// dots, hyphens and underscores those that do not begin it.
func CheckName(name string) error {
	wrong := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, wrong) || strings.ContainsRune(".-_", rune(name[0])) {
		return &Error{Path: "@" + name, Text: fmt.Sprintf("a name has 1 to %d letters, digits, dots, hyphens and underscores, and begins with a letter or a digit", maxName),
			Hint: "choose another name, such as work or mx-2"}
	}
	return nil
}

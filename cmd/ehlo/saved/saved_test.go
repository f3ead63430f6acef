package saved

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ehlo/session/record"
)

func newStore(t *testing.T) Store { return At(filepath.Join(t.TempDir(), "ehlo", "targets.json")) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is saved is found under its name in any case, can be renamed and removed, and is the owner's alone to read.
func TestSaved(t *testing.T) {
	s := newStore(t)
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v where there is no file", list, err)
	}
	must(t, s.Save(Target{Name: "work", Server: "mail.example:587", User: "ann"}))
	must(t, s.Save(Target{Name: "Älter", Server: "submissions://mx.example"}))
	must(t, s.Remember("WORK", record.KnownCertificate{SHA256: "AA", Seen: time.Unix(1, 0).UTC()}))
	must(t, s.Save(Target{Name: "Work", Server: "mail.example:465"}))
	got, err := s.Find("wORK")
	if err != nil || got.Server != "mail.example:465" || got.User != "" || got.Known == nil || got.Known.SHA256 != "AA" {
		t.Errorf("saved again: %+v, %v", got, err)
	}
	must(t, s.Rename("älter", "mx"))
	if list, err := s.List(); err != nil || len(list) != 2 || list[0].Name != "mx" {
		t.Errorf("%+v, %v", list, err)
	}
	if err := s.Rename("mx", "work"); err == nil {
		t.Error("two targets have one name")
	}
	must(t, s.Replace("mx", Target{Name: "mx3", Server: "mx3.example"}))
	if err := s.Replace("mx3", Target{Name: "work", Server: "x"}); err == nil {
		t.Error("a target took the place of two")
	}
	must(t, s.Replace("mx3", Target{Name: "mx", Server: "mx.example"}))
	must(t, s.Remove("work"))
	if _, err := s.Find("work"); err == nil {
		t.Error("a target is found that was removed")
	}
	must(t, s.Remember("work", record.KnownCertificate{SHA256: "BB"}))
	if _, err := s.Find("work"); err == nil {
		t.Error("a certificate brought back a target that was removed")
	}
	if info, err := os.Stat(s.Path()); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A name is one that cannot be mistaken for a flag, a path or another name.
func TestNames(t *testing.T) {
	for _, name := range []string{"work", "mx-2", "a.b_c", "büro", "メール", strings.Repeat("a", maxName)} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "-x", ".x", "a b", "a/b", "@a", "a@b", "a:25", "a\x1b[2J", "a\u202eb", "a\u200bb", "\xff", "a\nb", strings.Repeat("a", maxName+1)} {
		if err := CheckName(name); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
}

// Programs that write at once lose nothing of each other.
func TestAtOnce(t *testing.T) {
	s := newStore(t)
	var all sync.WaitGroup
	errs := make(chan error, 40)
	for i := range 40 {
		all.Go(func() { errs <- At(s.Path()).Save(Target{Name: fmt.Sprint("t", i), Server: "mail.example"}) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	if list, err := s.List(); err != nil || len(list) != 40 {
		t.Errorf("%d targets, %v", len(list), err)
	}
}

// A file that is damaged, foreign or newer is called what it is, and stays as it is.
func TestNotOverwritten(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "damaged",
		"not JSON":                          "damaged",
		"[]":                                "damaged",
		"{}":                                "not a file of saved targets",
		`{"format":"ehlo-targets/2","x":1}`: "newer version",
		`{"format":"ehlo-targets/1","targets":[{"name":"a","server":"b","color":"red"}]}`:                        "color",
		`{"format":"ehlo-targets/1","targets":[{"name":"a\u001b[2J","server":"b"}]}`:                             "a name has",
		`{"format":"ehlo-targets/1","targets":[{"name":"a","server":"b"},{"name":"A","server":"c"}]}`:            "two targets",
		`{"format":"ehlo-targets/1","targets":[]} more`:                                                          "damaged",
		`{"format":"ehlo-targets/1","targets":[` + strings.Repeat(`{"name":"a","server":"b"},`, most+1) + `{}]}`: "more than",
		`{"format":"ehlo-targets/1","targets":[],"pad":"` + strings.Repeat("x", maxFile) + `"}`:                  "MiB",
	} {
		s := newStore(t)
		must(t, os.MkdirAll(filepath.Dir(s.Path()), 0o700))
		must(t, os.WriteFile(s.Path(), []byte(text), 0o600))
		for _, err := range []error{s.Save(Target{Name: "new", Server: "x"}), s.Remove("a"), s.Rename("a", "b"), s.Remember("a", record.KnownCertificate{})} {
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), want) || e.Hint == "" || strings.Contains(e.Error(), "\x1b") {
				t.Errorf("%.60q: %v, want %s", text, err, want)
			}
		}
		if now, err := os.ReadFile(s.Path()); err != nil || string(now) != text {
			t.Errorf("%.60q became %.60q, %v", text, now, err)
		}
	}
}

// A folder in which nothing can be written is named, and so is a file that is none.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "ehlo"), nil, 0o600))
	var e *Error
	if err := At(filepath.Join(dir, "ehlo", "targets.json")).Save(Target{Name: "a", Server: "b"}); !errors.As(err, &e) || !strings.Contains(e.Error(), "not a directory") {
		t.Errorf("%v", err)
	}
	if err := At(dir).Save(Target{Name: "a", Server: "b"}); !errors.As(err, &e) || !strings.Contains(e.Error(), "not a regular file") {
		t.Errorf("%v", err)
	}
}

// Ten thousand targets are kept like one.
func TestMany(t *testing.T) {
	s := newStore(t)
	list := make([]Target, 10_000)
	for i := range list {
		list[i] = Target{Name: fmt.Sprint("target-", i), Server: "mail.example:587", User: "ann@mail.example", CA: "/etc/ssl/certs/company.pem",
			Known: &record.KnownCertificate{Server: "mail.example:587", SHA256: strings.Repeat("AB:", 31) + "AB", Issuer: "CN=An Authority, O=A Company, C=DE"}}
	}
	must(t, s.change(func([]Target) ([]Target, error) { return list, nil }))
	must(t, s.Save(Target{Name: "one-more", Server: "mail.example"}))
	if got, err := s.List(); err != nil || len(got) != len(list)+1 {
		t.Errorf("%d targets, %v", len(got), err)
	}
}

// A link to the file, as people keep their settings, stays one.
func TestLink(t *testing.T) {
	s := newStore(t)
	must(t, os.MkdirAll(filepath.Dir(s.Path()), 0o700))
	elsewhere := filepath.Join(t.TempDir(), "mine.json")
	must(t, At(elsewhere).Save(Target{Name: "a", Server: "b"}))
	if err := os.Symlink(elsewhere, s.Path()); err != nil {
		t.Skip(err)
	}
	must(t, s.Save(Target{Name: "c", Server: "d"}))
	if list, err := At(elsewhere).List(); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}

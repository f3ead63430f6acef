package ui

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"ehlo/session/certificate"
	"ehlo/transcripts/words"
)

// formFiles looks at the files that a form names before they are needed. Nothing begins without them. What is only saved may name a file that
// comes later, so that what is wrong with one is said once there: who presses the same key again saves it anyway.
type formFiles struct {
	readCA          func(ctx context.Context, path string) (certificate.Roots, error) // nil where it cannot be read
	readCertificate func(ctx context.Context, cert, key string) (*tls.Certificate, error)
	told            map[string]bool // what has been said
}

// files are how the files of a form are read.
func (a *App) files() *formFiles {
	return &formFiles{readCA: a.ReadCA, readCertificate: a.ReadCertificate, told: map[string]bool{}}
}

func (e env) files() *formFiles {
	return &formFiles{readCA: e.readCA, readCertificate: e.readCertificate, told: map[string]bool{}}
}

// lookTime is how long a file is looked at: a person waits.
const lookTime = time.Second

// unsaid is [formFiles.wrong] for what is only saved: nil where the same was said before.
func (f *formFiles) unsaid(ca, cert, key *field) error {
	for _, look := range f.looks(ca, cert, key) {
		at, wrong := look()
		if wrong == "" || f.told[at.label+wrong] {
			continue
		}
		f.told[at.label+wrong] = true
		return &fieldError{at, wrong + ". Press the same key again to save it anyway."}
	}
	return nil
}

// wrong says what is wrong with the first file that cannot be used.
func (f *formFiles) wrong(ca, cert, key *field) error {
	for _, look := range f.looks(ca, cert, key) {
		if at, wrong := look(); wrong != "" {
			return &fieldError{at, wrong}
		}
	}
	return nil
}

// looks say for each file, and for those that belong together, what is wrong, and at which field.
func (f *formFiles) looks(ca, cert, key *field) []func() (*field, string) {
	return []func() (*field, string){
		func() (*field, string) { return ca, f.aboutCA(path(ca)) },
		func() (*field, string) { return cert, unreadable(path(cert), false) },
		func() (*field, string) { return key, unreadable(path(key), false) },
		func() (*field, string) { return cert, f.aboutPair(path(cert), path(key)) },
	}
}

// path is the file that a field names; empty where it names none, or the form has no such field.
func path(f *field) string {
	if f == nil {
		return ""
	}
	return strings.TrimSpace(f.value())
}

// unreadable says why a file cannot be opened; empty where it can, or where only reading it will show that, as with a pipe.
func unreadable(path string, folder bool) string {
	info, err := os.Stat(path)
	switch {
	case path == "":
		return ""
	case err == nil && info.IsDir() && !folder:
		return path + " is a folder, not a file"
	case err == nil && !info.Mode().IsRegular():
		return ""
	}
	if err == nil {
		var f *os.File
		if f, err = os.Open(path); err == nil {
			err = f.Close()
		}
	}
	if err == nil {
		return ""
	}
	why := err.Error()
	if wrong, ok := errors.AsType[*fs.PathError](err); ok {
		why = wrong.Err.Error()
	}
	if strings.HasPrefix(path, "~") {
		why = words.List("; ", why, "~ is no folder here: give the whole path")
	}
	return path + ": " + why
}

// aboutCA says what is wrong with trusted roots. They may be a folder of files.
func (f *formFiles) aboutCA(path string) string {
	if wrong := unreadable(path, true); wrong != "" || path == "" || f.readCA == nil {
		return wrong
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	_, err := f.readCA(ctx, path)
	return why(err)
}

// aboutPair says what is wrong with a client certificate and its key, both of which can be read.
func (f *formFiles) aboutPair(cert, key string) string {
	if cert == "" || key == "" || f.readCertificate == nil || unreadable(cert, false) != "" || unreadable(key, false) != "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	_, err := f.readCertificate(ctx, cert, key)
	return why(err)
}

// why says what is wrong with a file that was read. One that takes longer than a person waits is read when it is needed.
func why(err error) string {
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		return ""
	}
	return strings.TrimSuffix(err.Error(), ".")
}

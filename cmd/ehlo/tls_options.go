package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"ehlo/session/certificate"
	"ehlo/session/engine"
	"ehlo/session/record"
)

// readTLS adds what the flags name in files: roots, a certificate, and where the keys go.
func (o *options) readTLS(ctx context.Context, cfg *engine.TLSConfig) (err error) {
	cfg.AllowSHA1, cfg.AddedRoots = allowSHA1, addedRoots.Get
	ca, cert, key := o.fileNames()
	roots, err := readCA(ctx, ca, o.ca)
	if err != nil {
		return err
	}
	cfg.RootCAs, cfg.RootsFrom = roots.Pool, roots.From
	if cfg.Certificates, err = readCertificate(ctx, cert, o.cert, key, o.key); err != nil || o.keylog == "" {
		return err
	}
	cfg.KeyLog, err = openKeyLog(o.keylog)
	return err
}

// fileNames are what an error calls the files: the flags, or the labels of the form that asked for them.
func (o *options) fileNames() (ca, cert, key string) {
	if o.byForm {
		return "CA file", "client cert", "client key"
	}
	return "--ca", "--cert", "--key"
}

// allowSHA1 has crypto/tls offer signatures with SHA-1 in TLS 1.2. There is no way back: another session may be in its
// handshake.
func allowSHA1() {
	sha1Allowed.Do(func() {
		setting := "tlssha1=1"
		if before := os.Getenv("GODEBUG"); before != "" {
			setting = before + "," + setting
		}
		os.Setenv("GODEBUG", setting)
	})
}

var sha1Allowed sync.Once

// readCA reads trusted roots; name is what an error calls the file. None of an empty path.
func readCA(ctx context.Context, name, path string) (roots certificate.Roots, err error) {
	if roots.From = "in the given file"; path == "" {
		return roots, nil
	}
	paths, err := filesOf(path)
	if err != nil {
		return roots, inputError(name, err)
	}
	roots.Pool = x509.NewCertPool()
	for _, file := range paths {
		pem, err := readPEM(ctx, name, file)
		if err != nil {
			return roots, err
		}
		roots.Add(pem)
	}
	if len(roots.New) == 0 {
		return roots, &failure{record.ExitUsage, name + " " + quote(path) + " contains no certificate", "the file must be PEM: -----BEGIN CERTIFICATE-----"}
	}
	return roots, nil
}

// filesOf is a file, or the regular files of a folder.
func filesOf(path string) (paths []string, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // what is wrong with it is said by what opens it
	}
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		file := filepath.Join(path, e.Name())
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() { // also by way of the links of c_rehash
			paths = append(paths, file)
		}
	}
	return paths, err
}

// readCertificate reads a client certificate and its key; the names are what errors call the files. None of an empty path.
func readCertificate(ctx context.Context, certName, cert, keyName, key string) ([]tls.Certificate, error) {
	if cert == "" {
		return nil, nil
	}
	certPEM, err := readPEM(ctx, certName, cert)
	if err != nil {
		return nil, err
	}
	keyPEM, err := readPEM(ctx, keyName, key)
	if err != nil {
		return nil, err
	}
	c, err := clientPair{certName, keyName, certPEM, keyPEM}.load()
	if err != nil {
		return nil, err
	}
	return []tls.Certificate{c}, nil
}

// openKeyLog opens a file for its owner alone. It stays open as long as the program runs: a key log line is a whole
// write, and nothing is buffered. A pipe could keep the handshake waiting, so it is no place for a key log.
func openKeyLog(path string) (io.Writer, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, notRegular(path)
	}
	if err := noFolder("--keylog", filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, notWritten("--keylog", path, err)
	}
	if err := checkKeyLog(path, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// checkKeyLog refuses a file in which others could read the secrets.
func checkKeyLog(path string, f *os.File) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return usage(fmt.Errorf("--keylog: %w", err))
	case !info.Mode().IsRegular(): // it has been replaced since it was looked at
		return notRegular(path)
	case runtime.GOOS != "windows" && info.Mode().Perm()&othersRead != 0:
		return &failure{record.ExitUsage, fmt.Sprintf("--keylog %s: other users can read this file (mode %04o)", quote(path), info.Mode().Perm()),
			"remove the permission (chmod 600), or name a new file: only its owner will be able to read it"}
	}
	return nil
}

// othersRead are the permissions with which others than its owner can read a file.
const othersRead fs.FileMode = 0o044

func notRegular(path string) error {
	return usage(fmt.Errorf("--keylog %s: want a regular file", quote(path)))
}

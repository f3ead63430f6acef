package main

import (
	"errors"
	"os"
	"path/filepath"

	"ehlo/session/record"
)

// refusesNew is why no new file can be made where a flag names one; nil if nothing is known to be in the way. It is asked before
// anything is done, so that no session is walked, and nothing read, for a file that cannot be written.
func refusesNew(flag, path string) error {
	info, err := os.Lstat(path)
	switch {
	case path == "" || path == "-":
		return &failure{record.ExitUsage, flag + " " + quote(path) + ": not a file name", flag + " needs the path of a new file"}
	case err == nil && info.IsDir():
		return &failure{record.ExitUsage, flag + " " + quote(path) + ": it is a folder", flag + " needs the path of a new file, such as one in that folder"}
	case err == nil:
		return &failure{record.ExitUsage, flag + " " + quote(path) + ": the file exists", flag + " needs the path of a file that does not exist yet"}
	}
	if err := noFolder(flag, filepath.Dir(path)); err != nil {
		return err
	}
	return closedFolder(flag, path)
}

// closedFolder is why no file can be made where a flag names one; nil if one can, which is made under another name and removed.
func closedFolder(flag, path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".ehlo-*")
	if err != nil {
		return notWritten(flag, path, err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// notWritten is why a file that a flag names is not written.
func notWritten(flag, path string, err error) error {
	return &failure{record.ExitUsage, flag + " " + quote(path) + ": " + cause(err).Error(), "name a file in a folder that can be written"}
}

// noFolder is why nothing can be written into a folder that a flag names; nil if it is there.
func noFolder(flag, folder string) error {
	info, err := os.Stat(folder)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &failure{record.ExitUsage, flag + " " + quote(folder) + ": not a folder", "name a folder that exists"}
	case os.IsNotExist(err):
		return &failure{record.ExitUsage, flag + ": there is no folder " + quote(folder), "create it first, or name one that exists"}
	}
	return &failure{record.ExitUsage, flag + " " + quote(folder) + ": " + cause(err).Error(), "name another folder"}
}

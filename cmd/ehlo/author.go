package main

import (
	"cmp"
	"os/user"
)

// author signs the notes of the person who runs the program: the full name of the account, or else what it is called.
func author() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(u.Name, u.Username)
}

package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// list is a flag of several values, separated by commas or given one by one. That of pflag writes its default by way of encoding/csv, which
// takes a buffer of 4 KiB for each such flag, also where none is given.
type list struct{ values *[]string }

func listFlag(f *pflag.FlagSet, values *[]string, name, usage string) {
	f.Var(list{values}, name, usage)
}

// String implements [pflag.Value].
func (l list) String() string { return strings.Join(*l.values, ",") }

// Set implements [pflag.Value].
func (l list) Set(given string) error {
	if given != "" {
		*l.values = append(*l.values, strings.Split(given, ",")...)
	}
	return nil
}

// Type implements [pflag.Value].
func (l list) Type() string { return "strings" }

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehlo/session/lab"
	"ehlo/session/record"
)

// noArgs refuses arguments with the error that a mistyped command deserves.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(c, args[0])
}

// unknownCommand says that a word is not one of the commands below c, and which one was probably meant.
func unknownCommand(c *cobra.Command, word string) error {
	f := &failure{record.ExitUsage, "unknown command " + quote(word), c.CommandPath() + " --help lists the commands"}
	if near := meant(c, word); near != "" {
		f.text += ", did you mean " + near + "?"
	}
	return f
}

// noSuch refuses help about what there is not: a word after a command that takes a command or a scenario there.
func noSuch(c *cobra.Command, words []string) error {
	switch {
	case len(words) == 0:
		return nil
	case takesScenario(c):
		return scenarioArg(c, words)
	case strings.Contains(c.Use, "[SCENARIO[/NAME][=PORT]]"):
		return scenarioArgs(c, words)
	case c.HasAvailableSubCommands():
		return unknownCommand(c, words[0])
	}
	return nil
}

func takesScenario(c *cobra.Command) bool { return strings.HasSuffix(c.Use, "[SCENARIO]") }

// scenarioArg wants the name of one scenario at most. A file of one's own is not read for that: the names in it are looked for later.
func scenarioArg(c *cobra.Command, args []string) error {
	if len(args) > 0 && !c.Flags().Changed("scenarios") {
		_, err := lab.Find(args[0])
		if near := nearest(c, args[0]); err != nil && near != "" { // ehlo lab chek FILE
			return usage(fmt.Errorf("no scenario and no command %s, did you mean %s %s?", quote(args[0]), c.CommandPath(), near))
		}
		if err != nil {
			return err
		}
	}
	if len(args) > 1 {
		return usage(errors.New("too many arguments, first " + quote(args[1]) + ": " + c.UseLine()))
	}
	return nil
}

// scenarioArgs wants the names of scenarios, each with or without a role and a port.
func scenarioArgs(c *cobra.Command, args []string) error {
	for _, arg := range args {
		name, _, _ := strings.Cut(arg, "=")
		name, _, _ = strings.Cut(name, "/")
		if err := scenarioArg(c, []string{name}); err != nil {
			return err
		}
	}
	return nil
}

// wrongFlag is an error of the flags with the one that was probably meant. A word that is no command is wrong before its flags are.
func wrongFlag(c *cobra.Command, word string, err error) error {
	if !c.HasParent() && word != "" {
		return unknownCommand(c, word)
	}
	f := &failure{record.ExitUsage, err.Error(), seeHelp}
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f.text = wrongValue(wrong)
	}
	e, unknown := errors.AsType[*pflag.NotExistError](err)
	if !unknown || e.GetSpecifiedShortnames() != "" {
		return f
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := nearestOf(names, e.GetSpecifiedName()); near != "" {
		f.text += ", did you mean --" + near + "?"
	}
	return f
}

// wrongValue says what a flag wants that cannot be read, where the error is that of a function of Go and not of the flag.
func wrongValue(err *pflag.InvalidValueError) string {
	want := "want a whole number"
	switch _, number := errors.AsType[*strconv.NumError](err); {
	case errors.Is(err, strconv.ErrRange):
		want = "the number is too large"
	case err.GetFlag().Value.Type() == "bool":
		want = "want true or false"
	case err.GetFlag().Value.Type() == "duration":
		want = "want a time such as 10s or 5m"
	case !number:
		return err.Error()
	}
	return fmt.Sprintf("--%s %s: %s", err.GetFlag().Name, quote(err.GetValue()), want)
}

// meant is what a word in the place of a command was probably for: a server has a dot or a colon in its name.
func meant(c *cobra.Command, word string) string {
	scenario, isLab := strings.CutPrefix(word, "lab:")
	switch near := nearest(c, word); {
	case near != "":
		return near
	case isLab:
		return strings.TrimSpace("lab " + scenario)
	case strings.ContainsAny(word, ".:"):
		return "connect " + word
	}
	return ""
}

// nearestOf is that of some names which is written most like a word, or begins with it; empty if none is near. Cobra compares the names
// of commands.
func nearestOf(names []string, word string) string {
	c := &cobra.Command{}
	for _, name := range names {
		c.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	return nearest(c, word)
}

// noneOf says that a value is not one of those that a flag takes, and which one was probably meant.
func noneOf(flag, value string, names []string) error {
	text := fmt.Sprintf("--%s %s: want one of %s", flag, quote(value), listed(names))
	if near := nearestOf(names, value); near != "" {
		text += ", did you mean " + near + "?"
	}
	return usage(errors.New(text))
}

// listed are names as a choice in a sentence.
func listed(names []string) string {
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// nearest is the command whose name is written most like a word, or begins with it; empty if none is near.
func nearest(c *cobra.Command, word string) string {
	for c.SuggestionsMinimumDistance = 0; word != "" && c.SuggestionsMinimumDistance <= 2; c.SuggestionsMinimumDistance++ {
		if near := c.SuggestionsFor(word); len(near) > 0 {
			return near[0]
		}
	}
	return ""
}

// exactArgs wants n arguments, named for the error.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage(errors.New("missing " + names[len(args)] + ": " + c.UseLine()))
		case len(args) > len(names):
			return usage(errors.New("too many arguments, first " + quote(args[len(names)]) + ": " + c.UseLine()))
		}
		return noneEmpty(c, args, names...)
	}
}

// noneEmpty refuses an argument without a character, which is what is left of a variable that was not set; the last name is that of all
// after it.
func noneEmpty(c *cobra.Command, args []string, names ...string) error {
	for i, a := range args {
		if a == "" {
			return usage(errors.New(names[min(i, len(names)-1)] + " is empty: " + c.UseLine()))
		}
	}
	return nil
}

// severalFiles wants so many files or more, of which standard input is one at most.
func severalFiles(c *cobra.Command, least int, args []string) error {
	standard := 0
	for _, a := range args {
		if a == "-" {
			standard++
		}
	}
	switch {
	case least > 1 && len(args) < least:
		return usage(errors.New("at least two files are needed: " + c.UseLine()))
	case len(args) < least:
		return usage(errors.New("missing FILE: " + c.UseLine()))
	case standard > 1:
		return usage(errors.New("standard input can be only one FILE"))
	}
	return noneEmpty(c, args, "FILE")
}

// noEmptyFlag refuses flags that were given without a value, as a variable of a shell that is not set does: without them another thing would
// be done.
func noEmptyFlag(c *cobra.Command, flags ...string) error {
	for _, f := range flags {
		if c.Flags().Changed(f) && c.Flags().Lookup(f).Value.String() == "" {
			return usage(fmt.Errorf("--%s is empty", f))
		}
	}
	return nil
}

// exclusive refuses flags of a group that are given together.
func exclusive(c *cobra.Command, flags ...string) error {
	var given []string
	for _, f := range flags {
		if c.Flags().Changed(f) {
			given = append(given, "--"+f)
		}
	}
	if len(given) > 1 {
		return usage(fmt.Errorf("%s cannot be given together", strings.Join(given, " and ")))
	}
	return nil
}

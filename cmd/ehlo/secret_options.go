package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"ehlo/cmd/ehlo/input"
	"ehlo/cmd/ehlo/job"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/setup"
	"ehlo/session/wire"
	"ehlo/ui/askpass"
)

// secrets reads those that the session may need. prompt allows asking a person, which the practice server has no need of.
func (o *options) secrets(ctx context.Context, std streams, s *setup.Setup, prompt bool) (err error) {
	if o.askSecrets {
		return nil
	}
	c := &s.Goal.Credentials
	prompt = prompt && !s.IsPractice()
	if c.Token, err = o.token(ctx, std, s, prompt && s.Takes(sasl.NeedsToken)); err != nil {
		return err
	}
	if !c.Password.IsZero() { // a form has asked for it
		return nil
	}
	c.Password, err = o.password(ctx, std, s, prompt && c.Token.IsZero() && s.Takes(sasl.NeedsPassword))
	return err
}

// password finds the password where secrets may be: a file, a command, the environment, a prompt. Never the command
// line, which every user of the machine can read.
func (o *options) password(ctx context.Context, std streams, s *setup.Setup, prompt bool) (sasl.Secret, error) {
	user := s.Goal.Credentials.Username
	switch {
	case o.passwordFile != "":
		return o.secretFile(ctx, "--password-file", o.passwordFile, std)
	case o.passwordCommand != "":
		return o.secretCommand(ctx, std, "--password-command", o.passwordCommand)
	case s.OwnAccount():
		return sasl.Secret{}, nil
	case user != "" && emptyEnv("EHLO_PASSWORD"):
		return sasl.Secret{}, usage(errors.New("EHLO_PASSWORD is set but empty"))
	case os.Getenv("EHLO_PASSWORD") != "":
		return sasl.NewSecret(os.Getenv("EHLO_PASSWORD")), nil
	case user != "" && prompt && term.IsTerminal(int(std.in.Fd())):
		return o.kept.once("password", func() (sasl.Secret, error) { return askSecret(ctx, std, "password", user) })
	}
	return sasl.Secret{}, nil
}

func emptyEnv(name string) bool {
	value, set := os.LookupEnv(name)
	return set && value == ""
}

func (o *options) token(ctx context.Context, std streams, s *setup.Setup, prompt bool) (sasl.Secret, error) {
	user := s.Goal.Credentials.Username
	switch {
	case o.tokenFile != "":
		return o.secretFile(ctx, "--token-file", o.tokenFile, std)
	case o.tokenCommand != "":
		return o.secretCommand(ctx, std, "--token-command", o.tokenCommand)
	case s.OwnAccount():
		return sasl.Secret{}, nil
	case os.Getenv("EHLO_TOKEN") != "":
		return sasl.NewSecret(os.Getenv("EHLO_TOKEN")), nil
	case user != "" && prompt && term.IsTerminal(int(std.in.Fd())):
		return o.kept.once("access token", func() (sasl.Secret, error) { return askSecret(ctx, std, "access token", user) })
	}
	return sasl.Secret{}, nil
}

// secretFile reads the first line of a file, or of standard input, which is there once.
func (o *options) secretFile(ctx context.Context, flag, path string, std streams) (sasl.Secret, error) {
	if path == "-" {
		return o.kept.once(flag, func() (sasl.Secret, error) { return readSecret(ctx, flag, path, std) })
	}
	return readSecret(ctx, flag, path, std)
}

func readSecret(ctx context.Context, flag, path string, std streams) (sasl.Secret, error) {
	r, err := openInput(ctx, std, path)
	if err != nil {
		return sasl.Secret{}, inputError(flag, err)
	}
	defer r.Close()
	line, err := input.FirstLine(r, largestSecret)
	if err != nil {
		return sasl.Secret{}, inputError(flag, err)
	}
	return sasl.NewSecret(line), nil
}

// secretVariables are the variables of the environment that hold secrets. No other program gets them.
var secretVariables = []string{"EHLO_PASSWORD", "EHLO_TOKEN"}

// secretCommand runs a password manager's command line, which may ask its own questions on the terminal.
func (o *options) secretCommand(ctx context.Context, std streams, flag, line string) (sasl.Secret, error) {
	command := job.Command{Line: line, Stdin: std.in, Stderr: std.err, Apart: o.kept.screen, Without: secretVariables}
	out, err := command.Output(ctx, largestSecret)
	switch large, tooMuch := errors.AsType[*input.LargeError](err); {
	case ctx.Err() != nil, errors.Is(err, job.ErrInterrupted):
		return sasl.Secret{}, inputError(flag, &input.InterruptedError{Waiting: "the command"})
	case tooMuch:
		return sasl.Secret{}, usage(fmt.Errorf("%s: the command printed %w", flag, large))
	case err != nil:
		return sasl.Secret{}, &failure{record.ExitUsage, flag + " failed: " + err.Error(), "run the command by hand to see what it says"}
	}
	first, err := input.FirstLine(bytes.NewReader(out), largestSecret)
	if err != nil {
		return sasl.Secret{}, inputError(flag, err)
	}
	return sasl.NewSecret(first), nil
}

// askSecret asks on the terminal, without an echo, until ctx ends. Nothing is an answer too: what the server offers can be
// seen without a secret, and the explorer asks again where one is needed.
func askSecret(ctx context.Context, std streams, what, user string) (sasl.Secret, error) {
	question := fmt.Sprintf("%s of %s (not shown; empty continues without): ", what, wire.VisibleString(quote(user)))
	line, err := askpass.Ask(ctx, std.in, std.err, question)
	fmt.Fprintln(std.err)
	switch {
	case ctx.Err() != nil, errors.Is(err, askpass.ErrInterrupted):
		return sasl.Secret{}, &failure{record.ExitStopped, "interrupted while waiting for the " + what, ""}
	case errors.Is(err, askpass.ErrTooLong):
		return sasl.Secret{}, usage(fmt.Errorf("the %s: %w", what, err))
	case err != nil:
		return sasl.Secret{}, usage(errors.New("no " + what + " was read"))
	}
	return sasl.NewSecret(line), nil
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/script"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

const doHelp = `--do runs a session from a script: SMTP lines, one after the other, separated by semicolons, and what is
expected of the server. --do-file reads it from a file, one statement per line; # begins a comment:

  case a stranger may not relay     another session; the name is printed
  EHLO client.example.org           a line is sent as it is; all lines from DATA to a dot are the message
  STARTTLS                          the handshake follows automatically, as connection and greeting do
  login [MECHANISM]                 AUTH with --user and its password
  message                           the message of --data or a small one, to --to if there was no RCPT
  expect 250                        of the last reply: a code, with dots for any digit (5..),
  expect 554 5.7.x /relay/          an enhanced code, a regular expression in upper or lower case
  expect verified                   of the session: %s
  with rcpt code                    a table: what follows is run for each row, in a session of its
    bob@lab.test 250                own, with $rcpt and $code replaced; rows are indented
  wait 5s · close                   wait; close the connection without QUIT

Without any expectation each line is expected to be answered with a code that begins with 2 or 3. The exit code is 0 if all
expectations are met, and 1 if one is not. --tap prints the Test Anything Protocol, version 14, instead of the dialogue.`

// doLong lists what can be expected of a session, four on a line.
func doLong() string {
	var lines []string
	for some := range slices.Chunk(script.Facts(), 4) {
		lines = append(lines, strings.Join(some, ", "))
	}
	return fmt.Sprintf(doHelp, strings.Join(lines, ",\n"+strings.Repeat(" ", 36)))
}

// cases reads the script of a run; nil where none was given.
func (r *runner) cases(ctx context.Context, std streams) ([]script.Case, error) {
	text, from := r.do, "--do"
	switch {
	case r.do == "" && r.doFile == "" && r.tap:
		return nil, usage(errors.New("--tap prints the results of --do or --do-file"))
	case r.do == "" && r.doFile == "":
		return nil, nil
	case r.doFile != "":
		from = "--do-file " + quote(r.doFile)
		in, err := openInput(ctx, std, r.doFile)
		if err != nil {
			return nil, inputError("--do-file", err)
		}
		defer in.Close()
		data, err := io.ReadAll(io.LimitReader(in, script.MaxSize+1))
		if err != nil {
			return nil, inputError("--do-file", err)
		}
		text = string(data)
	}
	cases, err := script.Parse(text)
	if err != nil {
		return nil, &failure{record.ExitUsage, from + ": " + err.Error(), "ehlo run --help describes what can be written"}
	}
	return cases, nil
}

// unmet is the exit code where an expectation is not met, as that of diff is where something is different.
const unmet record.Exit = 1

// play plays the cases, each in a session of its own, and says what came of the expectations.
func (r *runner) play(ctx context.Context, std streams, p *setup.Setup, cases []script.Case) error {
	out := &output{w: std.out}
	held := &bytes.Buffer{}
	sheet := scores{w: out, tap: r.tap, quiet: r.quiet}
	if r.unlessFailed {
		sheet.w = held
	}
	err := r.playAll(ctx, std, &sheet, p, cases)
	if err != nil {
		out.Write(held.Bytes())
	}
	return cmp.Or(out.err, err)
}

// playAll plays the cases and writes on the sheet.
func (r *runner) playAll(ctx context.Context, std streams, sheet *scores, p *setup.Setup, cases []script.Case) error {
	sheet.begin(cases)
	for i := range cases {
		if c := &cases[i]; c.Name != "" && !r.tap {
			fmt.Fprintf(sheet.w, "%s\n", wire.VisibleString(c.Name))
		}
		points, err := r.playOne(ctx, std, sheet.w, p, &cases[i])
		sheet.add(&cases[i], points)
		if err != nil {
			sheet.bail(err)
			return err
		}
	}
	return sheet.end()
}

// playOne plays one case. What has to be agreed to was agreed to on the command line, or is refused.
func (r *runner) playOne(ctx context.Context, std streams, out io.Writer, p *setup.Setup, c *script.Case) ([]script.Point, error) {
	s := p.Session()
	finish := func() error { return nil }
	if !r.tap {
		each := r.printer(std.out, r.more)
		finish = newFollower(s.Log(), out, func(w io.Writer, e *record.Event) error {
			if e.Kind == record.KindEnd { // the expectations say how it went
				return nil
			}
			return each(w, e)
		}).wait
	}
	points, err := c.Play(ctx, s, p.Goal)
	s.Finish()
	if guard, asked := errors.AsType[*walk.GuardError](err); asked {
		err = &failure{guard.Exit(), guard.Error(), "--allow-unverified, --allow-cleartext-auth and --allow-obsolete-auth agree beforehand"}
	}
	return points, errors.Join(err, finish())
}

// scores are what came of the expectations, as text or as TAP (Test Anything Protocol, version 14).
type scores struct {
	w        io.Writer
	tap      bool
	quiet    bool // what is met is only counted
	met, all int
}

func (s *scores) begin(cases []script.Case) {
	if !s.tap {
		return
	}
	all := 0
	for i := range cases {
		all += cases[i].Expectations()
	}
	fmt.Fprintf(s.w, "TAP version 14\n1..%d\n", all)
}

func (s *scores) add(c *script.Case, points []script.Point) {
	for _, p := range points {
		if s.all++; p.Met {
			s.met++
		}
		s.print(c, p)
	}
}

func (s *scores) print(c *script.Case, p script.Point) {
	text, got := wire.VisibleString(fmt.Sprintf("line %d: %s", p.Line, p.Text)), wire.VisibleString(p.Got)
	switch {
	case !s.tap && p.Met && s.quiet:
	case !s.tap && p.Met:
		fmt.Fprintf(s.w, "met      %s\n", text)
	case !s.tap:
		fmt.Fprintf(s.w, "not met  %s: got %s\n", text, got)
	default:
		if c.Name != "" {
			text = wire.VisibleString(c.Name) + ", " + text
		}
		s.point(p.Met, text, got)
	}
}

// point is a test point. A number sign would begin a directive, and a backslash quotes (TAP 14, Escaping).
func (s *scores) point(met bool, text, got string) {
	text = strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(text)
	if met {
		fmt.Fprintf(s.w, "ok %d - %s\n", s.all, text)
		return
	}
	fmt.Fprintf(s.w, "not ok %d - %s\n  ---\n  got: %q\n  ...\n", s.all, text, got)
}

// bail says that the rest was not tried.
func (s *scores) bail(err error) {
	if _, text, _ := exitOf(err); s.tap {
		fmt.Fprintf(s.w, "Bail out! %s\n", wire.VisibleString(text))
	}
}

func (s *scores) end() error {
	if !s.tap {
		fmt.Fprintf(s.w, "%d of %s met\n", s.met, record.Plural(s.all, "expectation", "expectations"))
	}
	if s.met < s.all {
		return &ended{unmet}
	}
	return nil
}

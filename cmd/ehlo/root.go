package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/record"
)

const rootLong = `ehlo walks through an SMTP session one step at a time: what will be sent and why,
what came back and what it means. It shows every message of the TLS handshake and
every round of AUTH, and keeps the session as an annotated transcript.

Without a command it opens the home screen. "ehlo lab" needs no server, no network
and no setup.

TARGET is host, host:port, [v6]:port or a URL: smtp:// (25), submission:// (587),
submissions:// or smtps:// (465), lmtp:// (24). A bare host means port 25, or 587 with --user.
lmtp+unix:PATH is LMTP on a Unix socket; the other schemes take +unix too.
lab: and lab:SCENARIO are the practice server. @NAME is a target that was saved with
--save NAME or on the home screen: the @ tells it from a host. Flags override what is saved.

Environment:
  EHLO_PASSWORD     the password, if no file and no command is given
  EHLO_TOKEN        an OAuth access token, if no file is given
  EHLO_BACKGROUND   light or dark; else COLORFGBG, else dark
  EHLO_MOUSE        1 lets the mouse scroll and select; it is off otherwise
  NO_COLOR          no colors
  XDG_STATE_HOME    where transcripts are kept, in ehlo/transcripts, and progress, in ehlo/progress.ndjson
  XDG_CONFIG_HOME   where saved targets are kept, in ehlo/targets.json

Commands that connect to a server (lab, connect, run) end with the exit code of the last session,
survey with that of the session whose code comes first, doctor with that of the first fault. route ends with 0 where mail can arrive.
Commands that read files (open, show, export, import, explain) end with 0 if they succeed, whatever
the result of the session in the file, and with 2 if a file cannot be read; diff ends with 1 if
there are differences.

Exit codes:
`

// describe completes what a person reads about a command: what is not worth working out for a command that only runs.
func describe(c *cobra.Command) {
	if c.Long == runLong {
		c.Long = fmt.Sprintf(runLong, strings.Join(record.Phases(), ", "), doLong())
	}
	for _, t := range tails {
		if strings.HasSuffix(c.Long, t.after) {
			c.Long += t.text()
			break
		}
	}
	describeSettings(c)
}

// exitsFollow is how a text ends that the table of exit codes belongs to.
const exitsFollow = "\nExit codes:\n"

// tails are made of tables, and follow texts that end so.
var tails = []struct {
	after string
	text  func() string
}{
	{exitsFollow, exitTable},
	{"\nFields of a scenario:\n", fieldsHelp},
	{"\nFields of a lesson:\n", lessonFields},
}

// newRoot makes the tree of commands for a command line. refused is what else went wrong once it was executed: what
// gives help has no error to give.
func newRoot(std streams, args []string) (root *cobra.Command, refused func() error) {
	var misled error
	opts, asked := &options{}, false
	root = &cobra.Command{
		Use: "ehlo", Short: "explore SMTP sessions one step at a time", Long: rootLong, SilenceErrors: true, SilenceUsage: true,
		Args: func(c *cobra.Command, args []string) error {
			if asked {
				return nil
			}
			return noArgs(c, args)
		},
		RunE: func(c *cobra.Command, _ []string) error {
			if asked {
				return printVersion(c.OutOrStdout())
			}
			return runHome(untilTold(c), std, opts)
		},
	}
	root.SetIn(std.in)
	out := &output{w: std.out}
	root.SetOut(out)
	root.SetErr(std.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return wrongFlag(c, commandOf(args), err) })
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		c, rest := about(c, c.Flags().Args())
		if misled = noSuch(c, rest); misled == nil {
			describe(c)
			help(c, args)
		}
	})
	plainFlag(root, opts)
	versionFlag(root, &asked)
	list := made(std, args)
	root.AddCommand(list...)
	root.CompletionOptions.DisableDefaultCmd = len(list) < 2 // another one is asked for, or none
	root.SetHelpCommand(newHelp())
	return root, func() error { return cmp.Or(misled, out.err) }
}

// output keeps the first error of what is written to it: what prints a page does not look at each line's.
type output struct {
	w   io.Writer
	err error
}

// Write implements [io.Writer].
func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// makers make the commands by their names.
var makers = []struct {
	name string
	make func(streams) *cobra.Command
}{
	{"lab", newLab}, {"connect", newConnect}, {"run", newRun}, {"open", newOpen}, {"show", newShow}, {"export", newExport}, {"import", newImport}, {"diff", newDiff},
	{"explain", newExplain}, {"learn", newLearn}, {"progress", newProgress}, {"quiz", newQuiz}, {"survey", newSurvey}, {"route", newRoute}, {"doctor", newDoctor},
	{manName, newMan}, {"version", newVersion},
}

// made are the commands that a command line needs: the one that it begins with; none for the home screen; all for help,
// for the manual page, and where a word may be a mistake. To make all of them takes longer than to run most of them.
func made(std streams, args []string) (list []*cobra.Command) {
	if len(args) == 0 {
		return nil
	}
	for _, m := range makers {
		if args[0] == m.name && m.name != manName {
			return []*cobra.Command{m.make(std)}
		}
	}
	for _, m := range makers {
		list = append(list, m.make(std))
	}
	return list
}

// commandOf is the first word of a command line that is no flag. It may be the value of one that stands before the command, also
// where it reads like the name of another: ehlo --user lab run.
func commandOf(args []string) string {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			return a
		}
	}
	return ""
}

// runHome opens the home screen.
func runHome(ctx context.Context, std streams, o *options) error {
	if hasScreen(std, o) {
		ctx, abandon := context.WithCancel(ctx)
		defer abandon()
		o.keep()
		o.kept.screen, o.kept.abandon = true, abandon
		return screenError(app(ctx, std, o).Home(ctx))
	}
	return homePlain(ctx, std, o)
}

// newHelp says about a command what its --help says.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "show help for a command", ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noArgs(about, rest)
			}
			return about.Help()
		},
	}
}

// about is the command that words after another one name, with what is left of them: --help may stand before it.
func about(c *cobra.Command, words []string) (named *cobra.Command, rest []string) {
	if named, rest, err := c.Find(words); err == nil {
		return named, rest
	}
	return c, words
}

// plainFlag adds --plain to a command that would open a screen.
func plainFlag(c *cobra.Command, o *options) {
	c.Flags().BoolVar(&o.plain, "plain", false, "lines of text and a prompt instead of a screen")
}

// teachingFlags are for classes, and for who learns.
func teachingFlags(c *cobra.Command, o *options) {
	c.Flags().BoolVar(&o.predict, "predict", false, "ask before each step what will happen, then explain what happened")
	presentFlag(c, o)
}

func presentFlag(c *cobra.Command, o *options) {
	c.Flags().BoolVar(&o.present, "present", false, "for a class on the screen: one thing at a time, large, the next one after a key")
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/cmd/ehlo/input"
	"ehlo/cmd/ehlo/spool"
	"ehlo/session/compose"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

// mailOptions are the flags about the message whose values are not read before the session is set up.
type mailOptions struct {
	data, body string // a file, or - for standard input; of the body also a text
	files      []compose.File
	name, kind string // of the file that --attach names next
	envelope   record.Envelope
	size       int64
}

// registerMail adds the flags about envelope and message.
func (o *options) registerMail(c *cobra.Command) {
	f, g, m := c.Flags(), &o.asked.Goal, &o.mail
	f.StringVar(&g.From, "from", "", "envelope sender (default: --user if it is an address), <> for none")
	f.Var((*texts)(&g.To), "to", "envelope recipient, may be repeated; parameters of RCPT may follow in the same argument, after a space")
	f.Var((*texts)(&g.Cc), "cc", "envelope recipient that a composed message names in Cc")
	f.Var((*texts)(&g.Bcc), "bcc", "envelope recipient that no header field names")
	f.StringVar(&m.envelope.Notify, "notify", "", "DSN: report never, or success,failure,delay (RFC 3461)")
	f.StringVar(&m.envelope.Return, "ret", "", "DSN: return full or hdrs, the whole message or its header, in a report of failure")
	f.StringVar(&m.envelope.ID, "envid", "", "DSN: an identifier that a report repeats")
	f.StringVar(&m.envelope.Original, "orcpt", "", "DSN: the original recipient, TYPE;ADDRESS; without a value each recipient's own address")
	f.Lookup("orcpt").NoOptDefVal = "rfc822"
	f.BoolVar(&m.envelope.RequireTLS, "requiretls", false, "require verified TLS on every hop (RFC 8689)")
	f.BoolVar(&m.envelope.PRDR, "prdr", false, "ask for a reply for each recipient after the message (PRDR, as Exim has it)")
	f.StringVar(&m.envelope.By, "deliver-by", "", "deliver within a number of seconds: 120;R to return it after that time, 120;N to report it (RFC 2852)")
	f.StringVar(&m.envelope.Hold, "hold", "", "let the server hold the message for this many seconds, or until a time such as 2027-01-31T08:00:00Z (RFC 4865)")
	f.StringVar(&m.envelope.Priority, "mt-priority", "", "priority from -9 to 9 (RFC 6710)")
	f.Int64Var(&m.size, "size", 0, "size to announce in MAIL instead of that of the message (RFC 1870)")
	f.BoolVar(&g.Chunking, "bdat", false, "send the message with BDAT, as one chunk, instead of DATA (CHUNKING, RFC 3030)")
	f.Int64Var(&g.Chunk, "chunk", 0, "send the message with BDAT in chunks of this many bytes")
	f.BoolVar(&g.Pipelining, "pipeline", false, "send MAIL, RCPT and DATA in one group, without waiting for the replies between them (PIPELINING, RFC 2920)")
	f.StringVar(&m.data, "data", "", "send this file as the message, header fields included, - is standard input")
	f.StringVar(&m.body, "body", "", "text of the message that is composed without --data; @FILE reads it from a file, - from standard input")
	f.StringVar(&g.Subject, "subject", "", "subject of the message that is composed without --data")
	f.Var((*texts)(&g.Fields.Set), "header", `header field "Name: value" of the message, in place of the one with that name, also with --data`)
	f.Var((*texts)(&g.Fields.Add), "add-header", `header field "Name: value" in addition to others, also with --data`)
	f.StringVar(&m.kind, "attach-type", "", "media type of the next --attach (default: by the extension of its name)")
	f.StringVar(&m.name, "attach-name", "", "name of the next --attach (default: that of the file)")
	f.VarP(attachment{m}, "attach", "", "attach this file to the message that is composed without --data, may be repeated")
	complete(c, "notify", "never", "success", "failure", "delay", "success,failure,delay")
	complete(c, "ret", "full", "hdrs")
}

// attachment is the flag of a file, which takes name and type from the flags before it: pflag.Value.
type attachment struct{ *mailOptions }

func (a attachment) String() string { return "" }
func (a attachment) Type() string   { return "file" }

// Set implements pflag.Value. swaks writes an @ before the name.
func (a attachment) Set(path string) error {
	path = strings.TrimPrefix(path, "@")
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return errors.New("not a file that can be read")
	}
	a.files = append(a.files, compose.File{Name: cmp.Or(a.name, filepath.Base(path)), Type: a.kind, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	a.name, a.kind = "", ""
	return nil
}

// readEnvelope puts what was asked for beside the addresses where the session finds it.
func (o *options) readEnvelope(c *cobra.Command) {
	e := o.mail.envelope
	e.Notify, e.Return, e.By = strings.ToUpper(e.Notify), strings.ToUpper(e.Return), strings.ToUpper(e.By)
	asked := e.Notify+e.Return+e.ID+e.Original+e.By+e.Hold+e.Priority != "" || e.RequireTLS || e.PRDR
	if c.Flags().Changed("size") {
		e.Size, asked = &o.mail.size, true
	}
	if asked {
		o.asked.Goal.Envelope = &e
	}
	o.asked.Goal.Chunking = o.asked.Goal.Chunking || c.Flags().Changed("chunk")
}

// readMessage adds the content of --data, or what is composed of files. It is read once, also when a session starts over, and opened
// when it is sent.
func (o *options) readMessage(ctx context.Context, std streams, goal *walk.Goal) error {
	if err := o.readBody(ctx, std, goal); err != nil || o.mail.data == "" && len(o.mail.files) == 0 {
		return err
	}
	if o.kept.measured == nil {
		if err := o.keepMessage(ctx, std, goal); err != nil {
			return err
		}
	}
	goal.Message = o.kept.measured
	return nil
}

// keepMessage reads and measures the message once, and refuses what is none.
func (o *options) keepMessage(ctx context.Context, std streams, goal *walk.Goal) error {
	flag, made := "--data", o.given
	if o.mail.data == "" {
		flag, made = "--attach", o.composed
	}
	source, err := made(ctx, std, goal)
	if err != nil {
		return err
	}
	m, err := record.Measure(source.Open)
	if err != nil {
		return errors.Join(inputError(flag, err), source.Close())
	}
	if err := setup.CheckMessage(m); err != nil {
		return errors.Join(err, source.Close())
	}
	o.kept.message, o.kept.measured = source, &m
	return nil
}

// readBody reads the text of a message where a file has it.
func (o *options) readBody(ctx context.Context, std streams, goal *walk.Goal) error {
	path, named := strings.CutPrefix(o.mail.body, "@")
	if o.kept.body == "" && (named || path == "-") {
		r, err := openInput(ctx, std, path)
		if err != nil {
			return inputError("--body", err)
		}
		defer r.Close()
		text, err := input.All(r, largestBody)
		if err != nil {
			return inputError("--body", err)
		}
		o.kept.body = string(text)
	}
	if goal.Body = o.mail.body; named || path == "-" {
		goal.Body = o.kept.body
	}
	return nil
}

// given brings the content to where it can be read again, with the header fields that were asked for.
func (o *options) given(ctx context.Context, std streams, goal *walk.Goal) (spool.Source, error) {
	r, err := openInput(ctx, std, o.mail.data)
	if err != nil {
		return spool.Source{}, inputError("--data", err)
	}
	source, err := keptAs(r, goal.Fields)
	if err != nil {
		return spool.Source{}, inputError("--data", err)
	}
	return source, nil
}

// keptAs is a message with fields in its header. A file to which nothing is done is read where it is, however large.
func keptAs(r io.ReadCloser, fields compose.Fields) (spool.Source, error) {
	if file, ok := r.(*os.File); ok && fields.None() {
		return spool.Of(file)
	}
	defer r.Close()
	return spool.Write(func(to io.Writer) error { return fields.Edit(to, r) }, largestMessage)
}

// composed is a message with files in it.
func (o *options) composed(_ context.Context, _ streams, goal *walk.Goal) (spool.Source, error) {
	letter := goal.Letter(record.Snapshot{Start: &record.Start{Time: time.Now()}})
	letter.Files = o.mail.files
	source, err := spool.Write(letter.Write, largestMessage)
	if err != nil {
		return spool.Source{}, inputError("--attach", fmt.Errorf("%w", err))
	}
	return source, nil
}

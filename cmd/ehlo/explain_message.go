package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/message"
	"ehlo/session/record"
	"ehlo/session/route/ask"
	"ehlo/ui/letter"
)

// letterFile is a message to be explained.
type letterFile struct {
	path     string
	own      []string
	lookup   bool
	resolver string
}

func (l *letterFile) register(c *cobra.Command) {
	c.Flags().StringVar(&l.path, "file", "", "explain the message or the bounce in this file; - is standard input")
	listFlag(c.Flags(), &l.own, "own", "a domain of your own mail servers, for --file; may be given again (default: that of the newest Received field)")
	c.Flags().BoolVar(&l.lookup, "lookup", false, "with --file, ask DNS for keys, and evaluate DKIM, SPF, DMARC and ARC; who sent the message can see that")
	c.Flags().StringVar(&l.resolver, "resolver", "", "for --lookup, ask this resolver: ADDRESS, ADDRESS:PORT, or tls://ADDRESS for DNS over TLS (default: those of this system)")
}

// explain explains the message of --file, or that on standard input where no words are given. It is not taken where neither is there.
func (l *letterFile) explain(c *cobra.Command, std streams, args []string, asJSON bool) (taken bool, err error) {
	named := c.Flags().Changed("file")
	switch {
	case named && len(args) > 0:
		return true, usage(errors.New("explain takes words or --file, not both"))
	case named && l.path == "":
		return true, usage(errors.New("--file: want the name of a file, or - for standard input"))
	case (c.Flags().Changed("own") || l.lookup) && !named:
		return true, usage(errors.New("--own and --lookup belong to --file"))
	case c.Flags().Changed("resolver") && !l.lookup:
		return true, usage(errors.New("--resolver belongs to --lookup"))
	case !named && (len(args) > 0 || !isFile(std)):
		return false, nil
	case !named:
		l.path = "-"
	}
	text, err := l.read(c, std)
	if err != nil {
		return true, err
	}
	ctx, cancel := context.WithTimeout(untilTold(c), mostOfLookup)
	defer cancel()
	dns, err := l.dns(ctx)
	if err != nil {
		return true, err
	}
	r, ok := message.Read(text, message.Options{Own: l.own, DNS: dns})
	switch {
	case !ok && !named:
		return false, nil
	case !ok:
		return true, l.other(c, std, text, asJSON)
	case asJSON:
		return true, json.NewEncoder(c.OutOrStdout()).Encode(r)
	}
	for _, line := range letter.Lines(r, widthOf(std.out)) {
		if _, err := io.WriteString(c.OutOrStdout(), line+"\n"); err != nil {
			return true, err
		}
	}
	return true, nil
}

// mostOfLookup bounds the wait for all that is asked about a message.
const mostOfLookup = 30 * time.Second

// dns is what is asked about a message, nil where nobody agreed to that.
func (l *letterFile) dns(ctx context.Context) (message.DNS, error) {
	if !l.lookup {
		return nil, nil
	}
	resolver, err := ask.NewResolver(l.resolver)
	if err != nil {
		return nil, usage(fmt.Errorf("--resolver: %w", err))
	}
	return ask.Answers{Context: ctx, Resolver: resolver}, nil
}

// isFile reports whether standard input is a file: only that ends by itself, and is there on purpose.
func isFile(std streams) bool {
	info, err := std.in.Stat()
	return err == nil && info.Mode().IsRegular()
}

func (l *letterFile) read(c *cobra.Command, std streams) (string, error) {
	r, err := openInput(untilTold(c), std, l.path)
	if err != nil {
		return "", inputError("--file", err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, message.MostBytes+1))
	if err != nil {
		return "", inputError("--file", err)
	}
	return string(text), nil
}

// ole is how a file begins that Outlook writes as .msg.
const ole = "\xd0\xcf\x11\xe0"

// other explains what is no message: as a log.
func (l *letterFile) other(c *cobra.Command, std streams, text string, asJSON bool) error {
	if strings.HasPrefix(text, ole) {
		return &failure{record.ExitUsage, "--file: " + quote(l.path) + " is a file of Outlook and no text", "save the message as .eml, or copy its header into a file"}
	}
	notes := logNotes(std, []byte(text))
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(notes)
	}
	if len(notes) == 0 {
		return &failure{record.ExitUsage, "--file: " + quote(l.path) + " is no message, and no line of it is a known error message", "a message begins with header fields, such as Received or From"}
	}
	return printNotes(c.OutOrStdout(), notes)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ehlo/cmd/ehlo/spool"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// checkAddresses refuses addresses that no envelope can hold, and standard input that is to be read twice.
func (o *options) checkAddresses() error {
	stdin := 0
	for _, path := range []string{o.passwordFile, o.tokenFile, o.data} {
		if path == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return usage(errors.New("standard input can be only one of --password-file, --token-file and --data"))
	}
	if len(o.to) > 0 && o.from == "" && o.domain == "" && !strings.Contains(o.user, "@") {
		return usage(errors.New("--to needs --from, or a --user that is an address"))
	}
	for _, a := range append(o.to[:len(o.to):len(o.to)], o.from) {
		if a != "" && a != walk.NullSender && strings.ContainsAny(a, "<>\r\n \t,") {
			return usage(fmt.Errorf("address %s: want user@domain without brackets, commas or spaces; --to may be repeated", quote(a)))
		}
	}
	return nil
}

// message is the content of --data. It is measured once, also when a session starts over, and opened when it is sent.
func (o *options) message(ctx context.Context, std streams) (*record.Message, error) {
	if !o.kept.spooled {
		source, err := o.spool(ctx, std)
		if err != nil {
			return nil, err
		}
		o.kept.message, o.kept.spooled = source, true
	}
	m, err := record.Measure(o.kept.message.Open)
	if err != nil {
		return nil, inputError("--data", err)
	}
	return &m, nil
}

// spool brings the content to where it can be read again, and refuses what is no message.
func (o *options) spool(ctx context.Context, std streams) (spool.Source, error) {
	r, err := openInput(ctx, std, o.data)
	if err != nil {
		return spool.Source{}, inputError("--data", err)
	}
	defer r.Close()
	source, err := spool.Copy(r, largestMessage)
	if err != nil {
		return spool.Source{}, inputError("--data", err)
	}
	message, err := record.Measure(source.Open)
	if err == nil {
		err = checkMessage(message)
	}
	if err != nil {
		return spool.Source{}, errors.Join(err, source.Close())
	}
	return source, nil
}

// checkMessage refuses content that every server would take for something else than it is.
func checkMessage(m record.Message) error {
	header, malformed := m.Problem(record.ProblemHeader)
	_, mbox := m.Problem(record.ProblemMbox)
	switch {
	case m.Lines == 0:
		return usage(errors.New("--data is empty"))
	case mbox:
		return &failure{record.ExitUsage, "--data begins with the From line of an mbox file", "delete that line: it is not part of the message"}
	case malformed && header.Line == 1:
		return &failure{record.ExitUsage, "--data does not begin with header fields", "a message is header fields, an empty line and a body; for plain text use a file with at least a Subject line and an empty line on top"}
	case malformed:
		return &failure{record.ExitUsage, fmt.Sprintf("--data: line %d of the header is no header field", header.Line), "an empty line ends the header; a field that goes on begins its next line with a space"}
	}
	return nil
}

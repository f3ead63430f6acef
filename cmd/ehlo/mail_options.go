package main

import (
	"context"
	"errors"

	"ehlo/cmd/ehlo/spool"
	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

// readMessage adds the content of --data. It is read once, also when a session starts over, and opened when it is sent.
func (o *options) readMessage(ctx context.Context, std streams, goal *walk.Goal) error {
	if o.data == "" {
		return nil
	}
	if !o.kept.spooled {
		source, err := o.spool(ctx, std)
		if err != nil {
			return err
		}
		o.kept.message, o.kept.spooled = source, true
	}
	m, err := record.Measure(o.kept.message.Open)
	if err != nil {
		return inputError("--data", err)
	}
	goal.Message = &m
	return nil
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
		err = setup.CheckMessage(message)
	}
	if err != nil {
		return spool.Source{}, errors.Join(err, source.Close())
	}
	return source, nil
}

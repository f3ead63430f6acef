package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehlo/session/record"
	"ehlo/session/setup"
	"ehlo/session/wire"
)

// The states of a monitoring plug-in, which are its exit codes (Monitoring Plugins Development Guidelines).
const (
	pluginOK record.Exit = iota
	pluginWarning
	pluginCritical
	pluginUnknown
)

var pluginStates = [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}

// checked walks the session and prints one line in the form of monitoring plug-ins: the state, the cause, and after a bar the time that
// it took and the days that are left to the certificate.
func (r *runner) checked(ctx context.Context, std streams, p *setup.Setup, target string) error {
	got := r.o.walked(ctx, p, target, time.Now())
	state, text := pluginState(got.verdict.Exit), got.verdict.Cause
	if soon := r.expiresSoon(got.verdict); soon != "" && state == pluginOK {
		state, text = pluginWarning, strings.TrimSuffix(text, ".")+"; "+soon
	}
	return plugin(std, state, text, r.performance(got))
}

// pluginState is what an exit code means to whoever is on duty: what is deferred mends itself perhaps.
func pluginState(exit record.Exit) record.Exit {
	switch exit {
	case record.ExitOK:
		return pluginOK
	case record.ExitDeferred:
		return pluginWarning
	case record.ExitInternal, record.ExitUsage, record.ExitStopped:
		return pluginUnknown
	}
	return pluginCritical
}

func (r *runner) performance(got result) string {
	data := fmt.Sprintf("time=%.3fs;;;0", got.took.Seconds())
	if expires := got.verdict.Facts.Expires; !expires.IsZero() {
		data += fmt.Sprintf(" certificate_days=%d", int(time.Until(expires)/(24*time.Hour)))
		if r.warn > 0 {
			data += fmt.Sprintf(";%d:", int(time.Duration(r.warn)/(24*time.Hour)))
		}
	}
	return data
}

// plugin prints the line. A bar in the text would begin the performance data.
func plugin(std streams, state record.Exit, text, performance string) error {
	text = strings.ReplaceAll(wire.VisibleString(text), "|", "/")
	if performance != "" {
		text += " | " + performance
	}
	if _, err := fmt.Fprintf(std.out, "SMTP %s - %s\n", pluginStates[state], text); err != nil {
		_, text, _ := exitOf(err)
		return &failure{pluginUnknown, text, ""}
	}
	return exitWith(state)
}

// monitors reports whether a command line asks for the line of a plug-in. It is asked also where the flags could not be read.
func monitors(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return commandOf(args) == "run" && (slices.Contains(args, "--monitor") || slices.Contains(args, "--monitor=true"))
}

// asPlugin is what the check of a plug-in came to where it could not be made. To a monitoring system the exit code of a mistake on the
// command line would say that the server is down.
func asPlugin(std streams, err error) error {
	exit, text, hint := exitOf(err)
	if _, told := errors.AsType[*ended](err); told || err == nil || exit == pluginUnknown {
		return err
	}
	if hint != "" {
		text += " (" + hint + ")"
	}
	return plugin(std, pluginUnknown, text, "")
}

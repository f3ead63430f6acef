package ui

import (
	"fmt"
	"time"

	"ehlo/session/record"
	"ehlo/ui/dialogue"
	"ehlo/ui/paint"
)

// header tells where the session stands, as of the position: the target, what protects it, who is logged in, the time.
// What does not fit is left out from the least important part on.
func (w *explorer) header(width int) paint.Line {
	target, role, lock, long, brief := w.target(), w.role(), w.lock(), w.user("authenticated as "), w.user(asShort)
	unmasked, shortly := w.unmasked(), w.unmaskedShort()
	clocks := []paint.Line{w.clockLine(w.inAll()), w.clockLine(""), w.shortClock()}
	for _, parts := range [][]paint.Line{
		{target, role, lock, long, unmasked},
		{target, lock, long, unmasked},
		{target, role, lock, brief, shortly},
		{target, lock, brief, shortly},
		{target, lock, shortly},
	} {
		left := paint.Text(" ").Then(joinParts(parts))
		for _, right := range clocks {
			if left.Width()+right.Width()+3 <= width {
				return left.Flush(right.And(paint.Plain, " "), width)
			}
		}
	}
	lock = paint.Dim.Line(" · ").Then(lock).And(paint.Plain, " ")
	return paint.Text(" ").Then(target).Cut(max(width-lock.Width(), 12)).Then(lock).Cut(width)
}

func joinParts(parts []paint.Line) paint.Line {
	var out paint.Line
	for _, p := range parts {
		if p.Width() == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, paint.Of(paint.Dim, " · "))
		}
		out = append(out, p...)
	}
	return out
}

func (w *explorer) target() paint.Line {
	if w.snap.Start == nil {
		return paint.Strong.Line("ehlo")
	}
	return paint.Strong.Line(w.snap.Start.Target.String())
}

// titleWidth is the most that the title of a file takes of the line at the top.
const titleWidth = 32

// role is the title of the file, or what the port is for.
func (w *explorer) role() paint.Line {
	if a := w.pane.About(); a != nil && a.Title != "" {
		return paint.Strong.Line(a.Title).Cut(titleWidth)
	}
	if w.snap.Start == nil {
		return nil
	}
	return paint.Text(w.snap.Start.Target.Role())
}

// lock is the padlock, in words: what protects the connection, or did, and how far that is to be trusted.
func (w *explorer) lock() paint.Line {
	mark, ink, text := w.protection()
	stage := w.snap.State.Stage
	if w.snap.End != nil && w.snap.State.Connected() && stage != record.StageBroken { // nobody holds the connection any more
		stage = record.StageClosed
	}
	switch stage {
	case record.StageIdle, record.StageResolved, "":
		return paint.Dim.Line("○ not connected")
	case record.StageClosed:
		if w.snap.Connect == nil {
			return paint.Dim.Line("○ closed")
		}
		if mark == "✓" { // nothing is protected any more
			mark = "○"
		}
		return ink.Line(mark+" ").And(paint.Plain, "closed, was ").And(ink, text)
	case record.StageBroken:
		return paint.Bad.Line("✗ out of sync, ").And(ink, text)
	}
	return ink.Line(mark + " " + text)
}

// protection is what protects the connection: its mark, its ink, and a few words.
func (w *explorer) protection() (mark string, ink paint.Ink, text string) {
	version := dialogue.Version(w.snap.TLS)
	switch w.snap.State.Security {
	case record.SecurityVerified:
		return "✓", paint.Good, version + " verified"
	case record.SecurityUnverified:
		return "!", paint.Bad, version + " " + w.doubt()
	case record.SecurityAccepted:
		if w.unjudged() {
			return "!", paint.Warn, version + " " + w.doubt()
		}
		return "!", paint.Warn, version + " unverified, accepted"
	}
	return "○", paint.Warn, "in cleartext"
}

// unjudged reports whether another program met the certificate, and its record does not say what came of it.
func (w *explorer) unjudged() bool { return w.snap.TLS != nil && w.snap.TLS.Unjudged() }

// doubt is what there is to say of TLS to nobody knows whom.
func (w *explorer) doubt() string {
	if w.unjudged() {
		return "verification unknown"
	}
	return "unverified"
}

// asShort is what stands before the name of a user where there is little room.
const asShort = "as "

func (w *explorer) user(lead string) paint.Line {
	if w.snap.State.Auth != record.AuthDone {
		return nil
	}
	was := ""
	if w.snap.State.Stage == record.StageClosed { // nobody is any more
		was = "was "
	}
	switch {
	case w.snap.State.User == "":
		return paint.Text(was + "authenticated")
	case was != "" && lead == asShort:
		return nil
	}
	return paint.Text(was + lead + w.snap.State.User)
}

// clockLine is the time since the session began, and where in it we are.
func (w *explorer) clockLine(inAll string) paint.Line {
	clock := w.attemptNow().And(paint.Dim, w.stopwatch()+inAll)
	switch {
	case !w.atEnd():
		clock = paint.Accent.Line(fmt.Sprintf("event %s of %s", dialogue.Count(w.pos), dialogue.Count(w.pane.Len()))).And(paint.Dim, " · ").Then(clock)
	case w.busy != nil:
		clock = paint.Accent.Line(frame(w.env.now().Sub(w.busy.since)) + " ").Then(clock)
	}
	if w.live == nil {
		return paint.Accent.Line("replay ").Then(clock)
	}
	return clock
}

func (w *explorer) shortClock() paint.Line {
	switch {
	case !w.atEnd():
		return paint.Accent.Line(fmt.Sprintf("%s/%s", dialogue.Count(w.pos), dialogue.Count(w.pane.Len())))
	case w.live == nil:
		return paint.Accent.Line("replay")
	}
	return w.attemptNow().And(paint.Dim, w.stopwatch())
}

// elapsed is the time of the last event that is shown.
func (w *explorer) elapsed() time.Duration {
	if w.pos == 0 {
		return 0
	}
	return w.pane.Event(w.pos - 1).T
}

// stopwatch is that time in words. A recording is over in a moment more often than not, and has tenths of a second.
func (w *explorer) stopwatch() string {
	if d := w.elapsed(); w.live == nil && d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return stopwatch(w.elapsed())
}

// inAll says how long a recording is in all, before its end.
func (w *explorer) inAll() string {
	if w.live != nil || w.atEnd() || w.reading() {
		return ""
	}
	all := w.pane.Event(w.pane.Len() - 1).T
	if all < time.Minute {
		return fmt.Sprintf(" of %.1f s", all.Seconds())
	}
	return " of " + stopwatch(all)
}

func stopwatch(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

package ui

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/paint"
)

// player goes through a session at the pace at which it happened, or some times as fast.
type player struct {
	speed int // times as fast
	gen   int // of the event that is waited for
	wait  time.Duration
	was   time.Duration // how long it was in the session, where that is longer than the longest wait
}

// longestWait is how long a replay waits for the next event at most: nobody learns from watching a timeout. shortestWait lets each
// frame be seen.
const (
	longestWait  = 3 * time.Second
	shortestWait = 80 * time.Millisecond
	fastest      = 16
)

// playMsg says that the next event is due.
type playMsg struct {
	from *explorer
	gen  int
}

func (w *explorer) playing() bool { return w.player != nil }
func (w *explorer) canPlay() bool { return !w.playing() && w.inPast() && w.busy == nil }

// play begins where one is.
func (w *explorer) play() tea.Cmd {
	w.player = &player{speed: 1, gen: w.gen}
	return w.await()
}

func (w *explorer) pause() tea.Cmd { w.player = nil; return nil }

func (w *explorer) faster() tea.Cmd {
	w.player.speed = min(2*w.player.speed, fastest)
	return w.await()
}

func (w *explorer) slower() tea.Cmd {
	w.player.speed = max(w.player.speed/2, 1)
	return w.await()
}

// await waits as long as the session did for the next event that shows, by the speed, and no longer than is worth it.
func (w *explorer) await() tea.Cmd {
	p := w.player
	took := w.untilNext()
	p.wait, p.was = max(took/time.Duration(p.speed), shortestWait), 0
	if p.wait > longestWait {
		p.wait, p.was = longestWait, took
	}
	p.gen++
	return w.env.after(p.wait, playMsg{w, p.gen})
}

// untilNext is how long the session took to the next event that shows; nothing where none does.
func (w *explorer) untilNext() time.Duration {
	next := w.pane.Upto(w.pos)
	if next >= w.pane.Upto(w.pane.Len()) {
		return 0
	}
	return w.pane.Event(w.pane.Row(next).Event).T - w.elapsed()
}

// played shows the event that was waited for, and waits for the next one. What takes the keys meanwhile ends it.
func (w *explorer) played(msg playMsg) tea.Cmd {
	if !w.playing() || msg.gen != w.player.gen {
		return nil
	}
	if w.sheet != nil {
		return w.pause()
	}
	if w.forward(); w.atEnd() {
		return w.pause()
	}
	return w.await()
}

// playTitle says how it is played, and where a wait was cut.
func (w *explorer) playTitle() paint.Line {
	p := w.player
	text := "playing as it happened"
	if p.speed > 1 {
		text = fmt.Sprintf("playing %d times as fast", p.speed)
	}
	if p.was > 0 {
		text += fmt.Sprintf(" · waits %s instead of %s", seconds(p.wait), span(p.was.Round(time.Second)))
	}
	return paint.Accent.Line(text)
}

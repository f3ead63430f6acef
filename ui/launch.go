package ui

import (
	"errors"
	"io/fs"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session/progress"
	"ehlo/session/record"
)

// launch is a session being started. It may come to its end after the program has: then it is joined all the same.
type launch struct {
	done chan struct{}
	live *Live
	err  error
}

// Messages about what is opened.
type (
	requestMsg  Request
	launchedMsg struct{ from *launch }
	openedMsg   struct {
		replay *Replay
		told   string // what there is to say of it, once
		err    error
	}
	sessionsMsg struct {
		path string
		list []Session
	}
	recentMsg []Recent
	keptMsg   struct {
		state progress.State
		err   error
	}
)

// launch starts a session off the screen's goroutine. Keys wait until it is there. It runs to its end even if the program
// ends before its commands have begun. A key that was pressed twice before it was heard starts one session, not two.
func (r *root) launch(start func() (*Live, error)) tea.Cmd {
	if r.pending != nil {
		return nil
	}
	l := &launch{done: make(chan struct{})}
	r.pending = l
	go func() {
		defer close(l.done)
		l.err = record.Try("starting a session", func() (err error) {
			l.live, err = start()
			return err
		})
	}()
	return func() tea.Msg { <-l.done; return launchedMsg{l} }
}

func (r *root) launched(msg launchedMsg) tea.Cmd {
	r.pending = nil
	if u, asked := errors.AsType[*unconfirmed](msg.from.err); asked {
		r.walk.askTrust(u)
		return nil
	}
	switch {
	case msg.from.err != nil && (r.home == nil || r.walk != nil && r.walk.onward):
		r.walk.onward, r.walk.notice = false, "not started: "+msg.from.err.Error()
		return nil
	case msg.from.err != nil && r.class != nil:
		r.walk, r.class.trouble = nil, msg.from.err.Error()
		r.resume()
		return nil
	case msg.from.err != nil && r.check != nil:
		r.walk, r.check.trouble = nil, msg.from.err.Error()
		r.resume()
		return nil
	case msg.from.err != nil:
		r.walk, r.home.trouble = nil, msg.from.err.Error()
		return r.home.init()
	}
	return r.showLive(msg.from.live)
}

// begin starts the session that is asked for. Where the request was saved before, the session says so.
func (r Request) begin(launch func(Request) (*Live, error)) (*Live, error) {
	live, err := launch(r)
	if err == nil && r.Saved != "" {
		live.Told = savedAs(r.Saved)
	}
	return live, err
}

func (r *root) showLive(live *Live) tea.Cmd {
	if r.home != nil {
		r.home.drafts = nil // what was typed has led to a session
	}
	w := newWalk(r.walkEnv(), r.theme, bridgeLive(r.ctx, live))
	w.notice = live.Told
	return r.show(w)
}

func (r *root) showReplay(replay *Replay) tea.Cmd {
	w := newWalk(r.env, r.theme, bridgeReplay(replay))
	w.replay = replay
	at := r.app.At
	if r.app.Follow {
		at = AtEnd
	}
	w.beginAt(at)
	return r.show(w)
}

func (r *root) show(w *explorer) tea.Cmd {
	w.home, w.lesson, w.checked = r.home != nil, r.class != nil, r.check != nil
	w.asks = r.class != nil && !r.class.pass.Over() && r.class.pass.Step().Solve != ""
	w.solving = w.asks
	r.walk, r.over = w, nil
	r.walks = append(r.walks, w)
	switch {
	case r.class != nil && r.class.show != nil:
		return tea.Batch(w.init(), r.presentInLesson(w))
	case r.app.Present:
		return tea.Batch(w.init(), w.present())
	}
	return w.init()
}

// presentInLesson shows a class the session that the lesson has come to. The lesson says where its questions are: before each step only
// where it asks for a prediction.
func (r *root) presentInLesson(w *explorer) tea.Cmd {
	cmd := w.present()
	w.show.talk = r.class.show
	w.show.asks = !r.class.pass.Over() && r.class.pass.Step().Predict != ""
	return cmd
}

func (r *root) opened(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		r.home.trouble = msg.err.Error()
		return nil
	}
	cmd := r.showReplay(msg.replay)
	r.walk.notice = msg.told
	return cmd
}

// leave closes a walk and shows what comes after it.
func (r *root) leave(msg leaveMsg) tea.Cmd {
	w := msg.from
	if r.walk != w {
		return nil
	}
	if msg.start != nil {
		r.sawLesson(w)
		w.drop()
		return r.launch(msg.start)
	}
	if r.class == nil && r.check == nil {
		r.home.toMenu()
	}
	return r.close(w)
}

// drop leaves a walk as it is: nothing of it goes on.
func (w *explorer) drop() {
	w.closing, w.over = true, true
	w.dropStep()
}

// close shows in the place of a walk what home has in front, or the lesson that has opened it.
func (r *root) close(w *explorer) tea.Cmd {
	if r.walk != w {
		return nil
	}
	r.sawLesson(w)
	w.drop()
	r.walk = nil
	r.resume()
	home := r.home.init()
	return func() tea.Msg {
		_ = w.bridge.join() // the error is reported when the program ends
		if home == nil {
			return nil
		}
		return home()
	}
}

// joinAll ends every session there was and gives their errors and transcripts, in order. It is called when the program
// has ended, however it did.
func (r *root) joinAll() (paths []string, errs []error) {
	if r.pending != nil {
		if r.app.Abandon != nil {
			r.app.Abandon()
		}
		<-r.pending.done
		if r.pending.live != nil {
			r.showLive(r.pending.live)
		}
	}
	for _, w := range r.walks {
		if err := w.bridge.join(); err != nil {
			errs = append(errs, err)
		}
		if w.live != nil {
			r.verdict = &w.bridge.verdict
		}
		if w.live != nil && w.live.Path != "" && !errors.Is(w.bridge.failed(), fs.ErrNotExist) {
			paths = append(paths, w.live.Path)
		}
	}
	for _, q := range r.inquiries {
		q.join()
	}
	more, failed := r.joinColumns()
	return append(paths, more...), append(errs, failed...)
}

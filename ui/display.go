package ui

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/term"

	"ehlo/ui/delta"
)

// display is a program on the terminal. Its frames are written when something has changed: Bubble Tea's own renderer, which looks for that
// all the time, is left out, and so the terminal is made ready here and put back, on every path.
type display struct {
	model   *shield
	program *tea.Program
	screen  *delta.Output
	keys    *keyboard
	jobs    *suspension
	mouse   bool            // clicks and the wheel are reported
	restore func()          // nil while the terminal is not the program's
	told    <-chan struct{} // closed when the program is to end
	due     bool            // a message will come that writes the frame that waits
}

// dueMsg says that the frame that waits may be written.
type dueMsg struct{}

// newDisplay puts a model on the terminal of the process, to be run.
func newDisplay(model tea.Model, mouse bool) (*display, error) {
	if !term.IsTerminal(int(os.Stdout.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil, ErrNoTerminal
	}
	keys, err := terminalKeys()
	if err != nil {
		return nil, err
	}
	d := &display{model: &shield{model: model}, keys: keys, jobs: newSuspension(), mouse: mouse}
	d.screen = delta.New(os.Stdout, func() { d.program.Send(dueMsg{}) })
	options := []tea.ProgramOption{tea.WithoutRenderer(), tea.WithoutSignalHandler(), tea.WithInput(keys), tea.WithFilter(d.jobs.filter)}
	if mouse { // Windows has it reported by what reads the keys
		options = append(options, tea.WithMouseCellMotion())
	}
	d.program = tea.NewProgram(d, options...)
	d.model.quit = d.program.Quit
	keys.gone = d.interrupt
	return d, nil
}

// run shows the model until it quits. A terminal that is gone, a signal and the end of ctx are Ctrl-C to it.
func (d *display) run(ctx context.Context) error {
	defer d.keys.close()
	defer d.interruptOnSignal(ctx)() // from before the terminal is made ready until it has been put back
	defer d.program.Kill()           // who sends messages must not wait for a program that has not begun
	if err := d.take(); err != nil {
		return err
	}
	defer d.depart()
	defer d.jobs.start(d)()
	defer d.watchSize()()
	_, err := d.program.Run()
	return errors.Join(err, d.model.failed())
}

// What a terminal is told before the first frame and after the last one: the screen for programs, which is empty and has no cursor, that a
// line which it takes for longer than it is does not go on in the next one, and that what is pasted is to be marked as such. Some terminals have no such screen, and so the last line is erased for what comes next; some
// remember the cursor of each screen by itself.
const (
	entering = "\x1b[?25l\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l\x1b[?7l\x1b[?2004h"
	leaving  = "\x1b[2K\r\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[?25h"

	mouseOn  = "\x1b[?1002h\x1b[?1006h"
	mouseOff = "\x1b[?1002l\x1b[?1006l"
)

// take makes the terminal ready.
func (d *display) take() error {
	size, err := terminalSize()
	if err != nil {
		return err
	}
	restore, err := rawTerminal(d.keys.File, os.Stdout)
	if err != nil {
		return err
	}
	d.restore = restore
	d.screen.Resize(size.Width, size.Height)
	if d.mouse {
		d.screen.Begin(entering + mouseOn)
	} else {
		d.screen.Begin(entering)
	}
	return nil
}

// release puts the terminal back, if it is not.
func (d *display) release() {
	if d.restore == nil {
		return
	}
	if d.mouse {
		d.screen.End(mouseOff+leaving, dropOutput)
	} else {
		d.screen.End(leaving, dropOutput)
	}
	d.restore()
	d.restore = nil
}

// depart puts the terminal back at the end. The signal that ends a stopped program may be taken before the one by which it goes on: then the
// terminal is another program's still.
func (d *display) depart() {
	if d.restore != nil && d.jobs.end() {
		d.leave()
	}
	d.release()
}

// leave has the screen left on a terminal that another program has by now, as a shell has that stopped this one: its modes are for that program
// to set.
func (d *display) leave() {
	d.restore = func() {}
	d.release()
}

// terminalSize is how large the terminal is now. One that does not know, such as a serial line, is taken for the smallest there is.
func terminalSize() (tea.WindowSizeMsg, error) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	return tea.WindowSizeMsg{Width: width, Height: height}, err
}

// Init implements [tea.Model]. The model has its size before its first frame.
func (d *display) Init() tea.Cmd {
	size, _ := terminalSize() // it has just been known
	_, cmd := d.Update(size)
	return tea.Batch(cmd, d.model.Init())
}

// Update implements [tea.Model].
func (d *display) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case dueMsg:
		d.due = false
		return d, nil
	case tea.WindowSizeMsg:
		d.screen.Resize(m.Width, m.Height)
	}
	return d, d.model.update(msg)
}

// View implements [tea.Model]: what there is to see goes to the terminal. While a frame waits for its time the next one is not made: it would
// not be seen, and a person who types fast, or pastes without marks, would wait for all of them.
func (d *display) View() string {
	if d.restore == nil || d.due {
		return ""
	}
	if wait := d.screen.Show(d.model.View()); wait > 0 && !d.due {
		d.due = true
		time.AfterFunc(wait, func() { d.program.Send(dueMsg{}) })
	}
	return ""
}

func (d *display) interrupt() { d.program.Send(tea.KeyMsg{Type: tea.KeyCtrlC}) }

// interruptOnSignal ends the program as Ctrl-C does when the process is told to go, or ctx is done.
func (d *display) interruptOnSignal(ctx context.Context) (stop func()) {
	ctx, cancel := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	d.told = ctx.Done()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		d.interrupt()
	}()
	return func() { cancel(); <-ended }
}

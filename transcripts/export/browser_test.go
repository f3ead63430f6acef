package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is a Chromium without a window, which is told what to do through two pipes (the DevTools protocol, an object of JSON and a NUL each).
// It takes a second of a processor to start: all pages of a test are loaded in one.
type browser struct {
	in  *os.File
	out *bufio.Reader
	seq int
	dir string
}

// message is a command, its answer or an event.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// newBrowser starts one that ends with the test.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	program := chromium(t)
	in, commands, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// The sandbox needs what a container does not give; the pages are ours.
	c := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{in, out}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	out.Close()
	b := &browser{in: commands, out: bufio.NewReader(answers), dir: dir}
	hangs := time.AfterFunc(2*time.Minute, func() { c.Process.Kill() })
	t.Cleanup(func() {
		b.send("", "Browser.close", nil)
		c.Wait()
		hangs.Stop()
		commands.Close()
		answers.Close()
	})
	return b
}

// chromium is the program, without which a test is skipped, and fails in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium here")
	}
	t.Skip("no Chromium here")
	return ""
}

// load opens a page as a file, lets a second of its time pass, and gives the tree that the browser has then and what it complains of: each message
// of the page's console, errors, and what a policy forbids.
func (b *browser) load(t *testing.T, page string) (dom string, said []string) {
	t.Helper()
	path := filepath.Join(b.dir, fmt.Sprintf("page%d.html", b.seq))
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	hear := func(m message) {
		switch m.Method {
		case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
			said = append(said, string(m.Params))
		}
	}
	target := call[struct{ TargetID string }](t, b, "", "Target.createTarget", map[string]any{"url": "about:blank"}, hear)
	tab := call[struct{ SessionID string }](t, b, "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, hear).SessionID
	for _, domain := range []string{"Log", "Runtime", "Page"} {
		call[struct{}](t, b, tab, domain+".enable", nil, hear)
	}
	call[struct{}](t, b, tab, "Page.navigate", map[string]any{"url": "file://" + path}, hear)
	b.until(t, "Page.loadEventFired", hear)
	call[struct{}](t, b, tab, "Emulation.setVirtualTimePolicy", map[string]any{"policy": "advance", "budget": 1000}, hear)
	b.until(t, "Emulation.virtualTimeBudgetExpired", hear)
	tree := call[struct{ Result struct{ Value string } }](t, b, tab, "Runtime.evaluate", map[string]any{"expression": "document.documentElement.outerHTML"}, hear)
	return tree.Result.Value, said
}

// call gives a command, and what it results in. Events until then are heard.
func call[T any](t *testing.T, b *browser, tab, method string, params any, hear func(message)) (result T) {
	t.Helper()
	id := b.send(tab, method, params)
	for {
		m := b.next(t)
		if m.ID != id {
			hear(m)
			continue
		}
		if m.Error != nil {
			t.Fatalf("%s: %s", method, m.Error)
		}
		if err := json.Unmarshal(m.Result, &result); err != nil {
			t.Fatalf("%s: %v in %s", method, err, m.Result)
		}
		return result
	}
}

// until hears events up to one.
func (b *browser) until(t *testing.T, event string, hear func(message)) {
	t.Helper()
	for m := b.next(t); m.Method != event; m = b.next(t) {
		hear(m)
	}
}

// send writes a command. That the browser has gone is found where its answer is read.
func (b *browser) send(tab, method string, params any) int {
	b.seq++
	m := message{ID: b.seq, SessionID: tab, Method: method}
	if params != nil {
		m.Params, _ = json.Marshal(params)
	}
	line, _ := json.Marshal(m)
	b.in.Write(append(line, 0))
	return b.seq
}

func (b *browser) next(t *testing.T) (m message) {
	t.Helper()
	line, err := b.out.ReadString(0)
	if err == nil {
		err = json.Unmarshal([]byte(strings.TrimSuffix(line, "\x00")), &m)
	}
	if err != nil {
		t.Fatalf("the browser says %q: %v", line, err)
	}
	return m
}

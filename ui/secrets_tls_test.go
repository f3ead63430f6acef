package ui

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"

	"ehlo/session/engine"
	"ehlo/session/tlswire"
	"ehlo/session/tlswire/tlstest"
)

// No frame of a whole session shows a secret of its TLS, nor a key that its records were sealed with, although a key log was
// asked for: that goes to its file alone.
func TestNoTLSSecretInAnyFrame(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"submission", "tls-1.2"} {
		t.Run(name, func(t *testing.T) {
			var keys keyJournal
			live := practiceWith(t, name, func(cfg *engine.Config) { cfg.TLS.KeyLog = &keys })
			frames := strings.ToLower(everyMessage(t, live))
			for _, s := range tlstest.Secrets(t, keys.text(), messagesOf(live)) {
				for _, form := range tellingForms(s.Bytes) {
					if strings.Contains(frames, strings.ToLower(form)) {
						t.Errorf("%s is in a frame as %q", s.Name, form)
					}
				}
			}
			for _, m := range messagesOf(live) {
				if m.Name == "ClientHello" && !strings.Contains(frames, tellingForms(m.Raw[6:38])[0]) {
					t.Error("not even the client's random is in a frame: nothing would be found")
				}
			}
		})
	}
}

// everyMessage walks to the end, opens the handshake, and looks at each row in each view.
func everyMessage(t *testing.T, live *Live) string {
	t.Helper()
	s := simLive(t, live, 120, 40)
	for i := 0; !s.root.walk.over && i < 24; i++ {
		if s.press("enter"); s.root.walk.sheet != nil {
			s.press("y")
		}
	}
	s.at("ClientHello").root.walk.pane.Sel = 0
	var all strings.Builder
	for sel := -1; sel != s.root.walk.pane.Sel; s.press("down") {
		sel = s.root.walk.pane.Sel
		for _, view := range []string{"explain", "fields", "bytes", "wire"} {
			all.WriteString(s.view(view).frame())
			for s.root.walk.reader.more() > 0 {
				all.WriteString(s.press("d", "d", "d", "d", "d", "d").frame())
			}
		}
	}
	return all.String()
}

// tellingForms are the first bytes of a secret as a frame would show them: it breaks what is long.
func tellingForms(secret []byte) []string {
	head := secret[:8]
	return []string{hex.EncodeToString(head), fmt.Sprintf("% x", head), fmt.Sprintf("% x  % x", head[:4], head[4:]), fmt.Sprintf("% x", head[:6]),
		base64.StdEncoding.EncodeToString(secret[:9])}
}

func messagesOf(live *Live) (list []tlswire.Message) {
	log := live.Engine.Log()
	for i := range log.Len() {
		if m := log.At(i).TLSMessage; m != nil {
			list = append(list, *m)
		}
	}
	return list
}

// keyJournal is a key log that another goroutine writes.
type keyJournal struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (j *keyJournal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.Write(b)
}

func (j *keyJournal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String()
}

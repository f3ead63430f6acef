package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/transcripts"
	"ehlo/ui/dialogue"
)

// recorded opens a transcript of testdata: a real handshake with the practice server, kept so that every run sees the
// same bytes.
func recorded(t *testing.T, name string, width, height int) *sim {
	t.Helper()
	file, err := transcripts.Open(filepath.Join("testdata", name+".ehlo.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return simReplay(t, &Replay{Source: file, Path: "/state/ehlo/" + name + ".ehlo.ndjson"}, width, height)
}

// at selects the head of the handshake, opens it, and goes down to the first message with that name.
func (s *sim) at(message string) *sim {
	s.t.Helper()
	s.onHandshake()
	w := s.root.walk
	if !w.pane.Open(w.pane.Sel) {
		s.press("space")
	}
	for w.selected().TLSMessage == nil || w.pane.Row(w.pane.Sel).Kind == dialogue.RowHandshake || w.selected().TLSMessage.Name != message {
		before := w.pane.Sel
		if s.press("down"); w.pane.Sel == before {
			s.t.Fatalf("there is no %s in\n%s", message, s.frame())
		}
	}
	return s
}

func (s *sim) onHandshake() *sim {
	w := s.root.walk
	for w.pane.Sel = 0; w.pane.Row(w.pane.Sel).Kind != dialogue.RowHandshake; {
		s.press("down")
	}
	return s
}

// onOutcome selects the row that says what the handshake came to.
func (s *sim) onOutcome() *sim {
	w := s.root.walk
	for s.onHandshake(); w.selected().Kind != record.KindTLS; {
		s.press("down")
	}
	return s
}

// read scrolls a view that is on the screen.
func (s *sim) read(lines int) *sim {
	s.frame()
	for range lines {
		s.press("d")
	}
	return s
}

var handshakes = []situation{
	{"ladder-13", func(t *testing.T, w, h int) *sim { return recorded(t, "tls13", w, h).at("Certificate") }},
	{"ladder-12", func(t *testing.T, w, h int) *sim { return recorded(t, "tls12", w, h).at("ServerKeyExchange") }},
	{"tree", func(t *testing.T, w, h int) *sim {
		return recorded(t, "tls13", w, h).at("ClientHello").press("f", "end", "right", "down", "down", "right", "right")
	}},
	{"tree-bytes", func(t *testing.T, w, h int) *sim {
		return recorded(t, "tls13", w, h).at("ServerHello").press("f", "tab").press(strings.Split(strings.Repeat("down ", 9)+"right", " ")...)
	}},
	{"tree-certificate", func(t *testing.T, w, h int) *sim {
		return recorded(t, "tls12", w, h).at("Certificate").press("f", "tab").press(strings.Split(strings.Repeat("pgdown ", 3)+"tab", " ")...)
	}},
	{"outcome-13", func(t *testing.T, w, h int) *sim { return recorded(t, "tls13", w, h).onOutcome() }},
	{"outcome-12", func(t *testing.T, w, h int) *sim { return recorded(t, "tls12", w, h).onOutcome().view("explain") }},
	{"decided-13", func(t *testing.T, w, h int) *sim { return recorded(t, "tls13", w, h).onHandshake().view("fields") }},
	{"decided-12", func(t *testing.T, w, h int) *sim { return recorded(t, "tls12", w, h).onHandshake().view("fields") }},
	{"chain", func(t *testing.T, w, h int) *sim {
		return recorded(t, "expired", w, h).onOutcome().view("fields").read(44)
	}},
	{"disorder", func(t *testing.T, w, h int) *sim {
		return recorded(t, "disorder", w, h).onOutcome().view("fields").read(44)
	}},
	{"seen-13", func(t *testing.T, w, h int) *sim { return recorded(t, "tls13", w, h).onOutcome().view("wire") }},
	{"seen-12", func(t *testing.T, w, h int) *sim { return recorded(t, "tls12", w, h).onOutcome().view("wire") }},
	{"wire-13", func(t *testing.T, w, h int) *sim { return recorded(t, "tls13", w, h).at("Certificate").view("wire") }},
	{"wire-12", func(t *testing.T, w, h int) *sim { return recorded(t, "tls12", w, h).at("Certificate").view("wire") }},
	{"incomplete", func(t *testing.T, w, h int) *sim {
		return recorded(t, "incomplete", w, h).onOutcome().view("fields").read(44)
	}},
	{"died", func(t *testing.T, w, h int) *sim { return recorded(t, "died", w, h).onOutcome() }},
	{"server-log", func(t *testing.T, w, h int) *sim { return recorded(t, "on-path", w, h).press("end").view("log") }},
	{"on-path", func(t *testing.T, w, h int) *sim {
		return recorded(t, "on-path", w, h).press("end", "up", "up", "up", "up", "up").view("path")
	}},
}

// The two handshakes of the lab, side by side: what each showed to an eavesdropper, and what it cost.
func TestTheVersionsCompare(t *testing.T) {
	recorded(t, "tls13", 120, 40).at("Finished").shows("TLS handshake · 10 messages · 1 round trip", "Certificate   950 bytes  encrypted, handshake keys")
	recorded(t, "tls12", 120, 40).at("Finished").shows("TLS handshake · 11 messages · 2 round trips", "Certificate   947 bytes  in cleartext",
		"ServerKeyExchange   115 bytes  in cleartext", "Finished ─────────────────→    16 bytes  encrypted, session keys")

	recorded(t, "tls13", 120, 50).onOutcome().view("fields").shows("X25519MLKEM768 (0x11ec)", "client from its byte 1,516 on", "1,221 on,", "EncryptedExtensions", "1 before data")
	recorded(t, "tls12", 120, 50).onOutcome().view("fields").shows("x25519 (0x001d)", "keys from   ServerKeyExchange and", "2 before data")

	recorded(t, "tls13", 80, 24).at("Certificate").view("wire").shows("17 03 03 03 c7", "application data, version TLS 1.2, 967 bytes of ciphertext").hides("practice server CA", "lab.test")
	recorded(t, "tls13", 120, 40).at("Certificate").view("wire").shows("0000│[17 03 03 03 c7]", "begins at byte 1,253 of all that").hides("72 61 63 74 69 63 65")
	recorded(t, "tls12", 80, 24).at("Certificate").view("wire").shows("Anyone on the path can read", "an eavesdropper knows which server", "16 03 03 03 b3")
	recorded(t, "tls12", 80, 24).at("Finished").view("wire").shows("content type, here handshake", "16 03 03 00 28")
}

func TestWhatADeadHandshakeShows(t *testing.T) {
	s := recorded(t, "died", 80, 24).onOutcome()
	s.shows("Alert: handshake_failure", "the TLS handshake failed").view("explain").shows("Cause", "it requires a", "client certificate and got none", "Try  give a client certificate").press("d", "d").shows("The handshake ended after 11 messages. The last was Alert: handshake_failure,")
}

// The tree is the path that was judged, whatever the order in which it was sent.
func TestTheChainIsATree(t *testing.T) {
	chain := func(name string) *sim { return recorded(t, name, 80, 60).onOutcome().view("fields").read(30) }
	chain("tls13").shows("✓ Practice Root CA · not sent, and not needed", "  ✓ trusted: as the practice server's own", "└ ✓ Practice Issuing CA · sent as number 2",
		"    ✓ the signature is valid: made with the key of Practice Root CA\n", "      (ECDSA-SHA256)", "  └ ✓ mail.lab · the server's own").hides("✗").read(60).shows("the trusted root, which was not sent")
	chain("expired").shows("└ ✓ Practice Issuing CA", "  └ ✗ mail.lab · the server's own", "    ✓ the signature is valid: made with the key of Practice Issuing CA", "    ✗ ended on 2026-11-20")
	chain("incomplete").shows("✗ mail.lab · the server's own", "✗ the signature cannot be checked: Practice Issuing CA is neither sent nor", "who has to act: the server's operator").hides("└")
	chain("disorder").shows("✓ Example Root · sent as number 2", "  ✓ trusted: in the file of --ca", "└ ✓ Example Issuing CA · sent as number 4", "  └ ✓ mail.example.org",
		"· number 3, Stranger: also sent, but not needed for the path", "! certificate 4 of the chain (Example Issuing CA) is out of its place", "RFC 5246 §7.4.2", "RFC 9846").hides("✗")
}

// Who has to do what about a bad certificate is on the frame after the handshake, or one key away and said so.
func TestWhoMustFixTheCertificate(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}} {
		s := simLive(t, practice(t, "wrong-host"), size[0], size[1]).press("enter", "enter", "enter", "enter", "enter", "enter")
		if s.shows("! TLS 1.3 unverified", "v who must fix it"); size[1] < 20 {
			s.press("v")
		}
		s.shows("in subjectAltName", "send no password here")
	}
}

// What someone agrees to can be read whole, on the smallest screen too.
func TestTheQuestionIsReadWhole(t *testing.T) {
	s := simLive(t, practice(t, "wrong-host"), 60, 16).press("enter", "enter", "enter", "enter", "enter", "enter", "tab", "down", "enter", "enter")
	s.shows("Continue although the certificate failed verification?", "an active attacker on the path.", "y yes, this once")
}

// A closed handshake says how it is opened, and what it opens can be seen, or is said to be there.
func TestTheLadderIsFound(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		s := recorded(t, "tls13", size[0], size[1])
		s.onHandshake().shows("space open")
		if s.press("space"); size[1] < 40 {
			s.shows("▾┊ TLS handshake", "ServerHello", "Certificate ", "space fold", "↓")
		} else {
			s.shows("▾┊ TLS handshake", "C │ Finished", "space fold")
		}
		s.press("down").shows("f fields").press("up", "space").hides("─ ServerHello").shows("space open")
	}
}

func TestAClientCertificateIsReported(t *testing.T) {
	recorded(t, "client-certificate", 120, 60).onOutcome().view("fields").shows("requested and sent")
	recorded(t, "client-certificate", 80, 24).at("CertificateVerify").view("wire").shows("in cleartext")
}

// With a bad certificate the walk proposes to leave; to stay is asked, and every frame after it says so.
func TestGoingOnUnverified(t *testing.T) {
	s := simLive(t, practice(t, "expired"), 80, 24)
	s.press("enter", "enter", "enter", "enter", "enter", "enter")
	s.shows("! TLS 1.3 unverified", "› QUIT", "! Verification of mail.lab failed", "1 continue unverified")
	s.press("tab").shows("EHLO laptop.lab.test  ! asks first").press("down", "enter", "enter").shows("Continue although the certificate failed verification?", "y yes, this once")
	s.press("enter").shows("! TLS 1.3 unverified", "✗ unsafe", "esc continue").press("esc").shows("› QUIT") // no is no
	s.press("tab", "down", "enter", "enter", "y").shows("S▸│ 250 8 lines as before")
	for range 8 {
		if _, asked := s.shows("unverified, accepted").press("enter").root.walk.sheet.(*question); asked {
			s.shows("unverified, accepted").press("y")
		}
		if s.root.walk.snap.State.Stage == record.StageClosed {
			s.press("enter")
			s.shows("! closed, was TLS 1.3 unverified", "! tls unverified", "✓ done").hides("✓ tls", "12 of 12")
			if end := s.root.walk.timeline.At(s.root.walk.pane.Len()).End; end.Exit != record.ExitOK { // who agreed to go on got what was asked for
				t.Errorf("%+v", end)
			}
			return
		}
	}
	t.Fatalf("it came to no end:\n%s", s.frame())
}

// Nobody goes on past a certificate that failed verification unasked, and who does has agreed to that, and not to a password: the walk
// ends before the login, and Enter alone says QUIT.
func TestAdviceToContinueIsNoLogin(t *testing.T) {
	s := simLive(t, practice(t, "expired"), 80, 24)
	s.press("enter", "enter", "enter", "enter", "enter", "enter").shows("! not safe  1 continue unverified").press("1").shows("! Continue although the certificate failed verification?")
	s.press("enter").shows("› QUIT", "! not safe  1 continue").press("1", "y").shows("› look up mail.lab")
	for range 7 {
		s.press("enter")
	}
	s.shows("› QUIT", "! No secret was sent to mail.lab", "! not safe  1 send the password all the same").hides("authenticated", "› AUTH")
	s.press("enter").shows("✗ unsafe · AUTH · exit 10", "send no password here", "! closed, was TLS 1.3 unverified")
	s.press("1").shows("! Send the secret to a server whose identity is not verified?").press("y")
	s.enterUntil("logged in", func(n record.Snapshot) bool { return n.State.Auth == record.AuthDone })
}

// Who says no to a guard leaves as SMTP has it: QUIT is sent, and the header says that the connection is closed.
func TestWhoDeclinesSaysQUIT(t *testing.T) {
	s := simLive(t, practice(t, "clear-auth"), 80, 24).enterUntil("EHLO", func(n record.Snapshot) bool { return n.State.Has(record.PhaseEHLO) }).steer("AUTH PLAIN ••••••")
	s.shows("question").press("enter").shows("✗ unsafe · AUTH · exit 10", "enter send QUIT", "esc continue").press("enter")
	s.shows("C ┊ QUIT", "○ closed, was in cleartext", "✗ unsafe · AUTH · exit 10", "enter end the session").press("enter").shows("the end: unsafe at auth")
}

func TestTheTreeAndTheBytes(t *testing.T) {
	s := recorded(t, "tls13", 120, 40).at("ServerHello").press("f")
	s.shows("[fields] beside bytes of ServerHello", "›   msg_type  ServerHello (2)", "│ 0000│[02]00 04 b6").hides("extension_type")
	s.press("end", "enter").shows("▾ extensions  2 entries", "▸ supported_versions").press("enter").hides("▸ supported_versions")
	s.press("tab").shows("fields beside [bytes]", "byte 74 of 1,210")
	for range 8 {
		s.press("right")
	}
	s.shows("byte 82 of 1,210", "·       extension_type  key_share (51)", "›00‹33", "RFC 9846 §4.3.8")
	s.press("tab", "left", "left").shows("▸ key_share").press("]").shows("›   type  1", "always 1").press("[", "[")
	s.shows("›   msg_type  ClientHello (1)").press("esc").hides("msg_type").shows("f fields")
}

// A key that opens nothing is not in the help.
func TestTheTreeIsOfferedWhereThereIsOne(t *testing.T) {
	s, _ := walked(t, 8, 120, 40)
	s.press("up", "up") // AUTH with its secret masked
	if s.root.walk.canInspect() {
		t.Errorf("a masked line has a tree:\n%s", s.frame())
	}
	s.hides("f fields").press("f").hides("[fields] beside bytes")
	s.press("up", "space", "down", "down").shows("f fields").press("f", "end").shows("[fields] beside bytes of the reply", "SIZE").press("?").shows("─ help", "its bytes are marked")
}

func TestConnectingWithACertificate(t *testing.T) {
	s := simHome(t, homeApp(), 60, 16)
	var got Request
	s.root.app.Launch = func(r Request) (*Live, error) { got = r; return nil, errDisk }
	s.tap("3").typed("mail.lab").shows("more")
	for range 9 {
		s.tap("tab")
	}
	s.typed(os.DevNull).shows("› client cert "+os.DevNull, "↑ ", "more").tap("enter").shows("a certificate needs its key", "› client key").typed(os.DevNull)
	s.tap("tab", "right", "right", "right", "tab", "right", "enter").shows("the lowest version is above the highest")
	s.tap("left", "left", "tab", "tab", "tab").typed("smtp, x").tap("enter")
	s.until("the launch", func() bool { return s.root.pending == nil && got.Target != "" })
	if got.CertFile != os.DevNull || got.KeyFile != os.DevNull || got.TLSMin != "1.0" || got.TLSMax != "1.2" || strings.Join(got.ALPN, "+") != "smtp+x" {
		t.Errorf("asked for %+v", got)
	}
}

// Names inside handshakes come from the peer too.
func TestHostileHandshakesAreVisible(t *testing.T) {
	for _, name := range []string{"tls12", "tls13", "died"} {
		file, err := transcripts.Open(filepath.Join("testdata", name+".ehlo.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		s := simReplay(t, &Replay{Source: bent(file)}, 80, 24)
		for s.onHandshake(); s.root.walk.selected().Kind != record.KindTLS; s.press("down") {
			if w := s.root.walk; w.pane.Row(w.pane.Sel).Kind == dialogue.RowHandshake && !w.pane.Open(w.pane.Sel) {
				s.press("space")
			}
			everyView(t, s)
		}
		everyView(t, s)
	}
}

func everyView(t *testing.T, s *sim) {
	t.Helper()
	for _, key := range []string{"v", "v", "pgdown", "pgdown", "v", "v", "esc"} {
		s.press(key)
		harmless(t, s)
	}
	if !s.root.walk.canInspect() {
		return
	}
	for _, key := range []string{"f", "end", "right", "right", "down", "right", "right", "tab", "pgdown", "pgdown", "down", "tab", "left", "esc"} {
		s.press(key)
		harmless(t, s)
	}
}

// bent is a log in which every name that the peer chose is one that a terminal would act on.
func bent(src record.Source) *record.Log {
	log := &record.Log{}
	for i := range src.Len() {
		e := *src.At(i)
		if e.TLSMessage != nil {
			m := *e.TLSMessage
			m.Raw = []byte(strings.ReplaceAll(string(m.Raw), "mail.lab", "\x1b[2J\a\u202e"))
			e.TLSMessage = &m
		}
		if e.TLS != nil {
			o := *e.TLS
			chain := slices.Clone(o.Chain.List())
			for k := range chain {
				chain[k].Raw = []byte(strings.ReplaceAll(string(chain[k].Raw), "mail.lab", "\x1b[2J\a\u202e"))
				chain[k].Subject, chain[k].Issuer = "CN="+evil(), evil()
			}
			o.Chain = record.Listed(chain)
			e.TLS = &o
		}
		log.Append(e)
	}
	return log
}

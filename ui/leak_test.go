package ui

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"testing"

	"ehlo/session"
	"ehlo/session/lab"
	"ehlo/session/sasl"
)

// Whatever mechanism of the practice server is walked through, in whatever view, no frame shows the password, the
// token, what they are in base64, or anything from which they could be guessed. With secrets revealed frames do: the
// test can fail.
func TestNoSecretInAnyFrame(t *testing.T) {
	for _, sc := range lab.Scenarios() {
		if sc.Group != "log in" && sc.Group != "log in refused" && sc.Group != "hostile servers" {
			continue
		}
		t.Run(sc.Name, func(t *testing.T) {
			frames, log := everyFrame(t, practice(t, sc.Name), false)
			for _, n := range needles(t, log) {
				if strings.Contains(frames, n.text) {
					t.Errorf("%s is in a frame: %s", n.what, around(frames, n.text))
				}
			}
		})
	}
}

func TestRevealedSecretsAreInFrames(t *testing.T) {
	for name, want := range map[string][]string{
		"auth-plain": {"passwd"}, "auth-login": {"passwd"}, "auth-cram-md5": {"digest"}, "auth-digest-md5": {"response"},
		"auth-scram-sha-1": {"ClientProof", "SaltedPassword"}, "auth-scram-sha-256": {"ClientProof", "ServerSignature"}, "auth-xoauth2": {"token"},
	} {
		t.Run(name, func(t *testing.T) {
			frames, log := everyFrame(t, practice(t, name), true)
			found := map[string]bool{}
			for _, n := range needles(t, log) {
				found[n.what] = found[n.what] || strings.Contains(frames, n.text)
			}
			for _, what := range want {
				if !found[what] {
					t.Errorf("%s is in no frame", what)
				}
			}
		})
	}
}

// everyFrame walks through a session and collects what it looks like on the way: each row in each view, the sheets
// about logging in, the workbench with the secret typed into it. The log comes with it.
func everyFrame(t *testing.T, live *Live, reveal bool) (string, session.Source) {
	t.Helper()
	s := simLive(t, live, 120, 40)
	var all strings.Builder
	look := func(keys ...string) { all.WriteString(s.press(keys...).frame()) }
	if reveal {
		look("S", "y")
	}
	for i := 0; !s.root.walk.over && i < 24; i++ {
		w := s.root.walk
		if o, ok := w.option(); ok && w.sheet == nil && o.Step.Verb == session.VerbQuit && w.canAttempt() {
			look("a")
			look("esc")
		}
		if w.sheet == nil && w.canBuild() {
			atAuth(s, look)
		}
		look("enter")
		if _, asked := w.sheet.(*question); asked {
			look("y")
		}
	}
	s.press("esc")
	for i := s.root.walk.pane.Upto(s.root.walk.pos); i > 0; i-- {
		for _, view := range []string{"1", "2", "3", "4"} {
			look(view)
			for s.root.walk.reader.more() > 0 {
				look("J", "J", "J", "J", "J", "J")
			}
		}
		s.press("up")
	}
	return all.String(), s.root.walk.bridge.source
}

// atAuth looks at everything there is about an AUTH that is to be sent, and types the secret without sending it.
func atAuth(s *sim, look func(...string)) {
	look("tab")
	look("esc")
	look("M")
	look("esc")
	look("c")
	look("esc")
	look("w")
	b := s.root.walk.sheet.(*workbench)
	for range b.fields() {
		if b.fields()[b.focus].input.hidden {
			s.typed(s.root.walk.goal.Credentials.Password.Reveal())
		}
		look("tab")
	}
	look("esc")
	s.press(":").typed(sasl.EncodeBase64(sasl.PlainString("", "ann", "tulip-42")))
	if s.root.walk.snap.State.Auth == session.AuthExchange { // elsewhere a line is shown until it begins with AUTH
		look()
	}
	look("esc")
}

// needle is a text that no frame may hold.
type needle struct{ what, text string }

// needles are the secrets of the practice accounts, and what was computed from them in a session.
func needles(t *testing.T, log session.Source) []needle {
	t.Helper()
	var out []needle
	add := func(what string, secret []byte) {
		if len(secret) < 6 {
			t.Fatalf("%s is too short to look for", what)
		}
		out = append(out, needle{what, hex.EncodeToString(secret)}, needle{what, spaced(secret)})
		for _, text := range alignments(secret) {
			out = append(out, needle{what, text})
		}
	}
	for _, a := range lab.Accounts() {
		for what, secret := range map[string]string{"passwd": a.Password, "app password": a.AppPassword, "token": a.Token} {
			if secret != "" {
				add(what, []byte(secret))
				out = append(out, needle{what, secret})
			}
		}
	}
	for what, secret := range derived(log, append(accountPasswords(), "tulip-41")) {
		add(what, secret)
		if what, _, _ = strings.Cut(what, " "); what == "digest" || what == "response" || what == "rspauth" {
			out = append(out, needle{what, string(secret)})
		}
	}
	for i := range out {
		out[i].what, _, _ = strings.Cut(out[i].what, " of ")
		if long := out[i].text; len(long) > telling { // a frame breaks what is long
			out[i].text = long[:telling]
			out = append(out, needle{out[i].what, long[len(long)-telling:]})
		}
	}
	return out
}

// telling is how much of a long secret is looked for at either end.
const telling = 20

func accountPasswords() []string {
	var out []string
	for _, a := range lab.Accounts() {
		out = append(out, a.Password)
	}
	return out
}

// alignments is a secret in base64 wherever in a longer text it begins: what does not depend on its neighbours.
func alignments(secret []byte) []string {
	var out []string
	for lead := range 3 {
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, lead), secret...))
		first := (lead*8 + 5) / 6
		last := (lead + len(secret)) * 8 / 6
		out = append(out, text[first:last])
	}
	return out
}

// spaced is a secret as a dump shows it.
func spaced(secret []byte) string { return fmt.Sprintf("% x", secret) }

// derived computes again, from what a log shows and the passwords, all that a log must not show.
func derived(log session.Source, passwords []string) map[string][]byte {
	out := map[string][]byte{}
	for _, known := range exchanges(log) {
		for i, password := range passwords {
			of := fmt.Sprintf(" of %d", i)
			switch name := known["mechanism"]; {
			case name == "CRAM-MD5" && known["challenge"] != "":
				out["digest"+of] = []byte(sasl.HMACMD5(password, []byte(known["challenge"])))
			case strings.HasPrefix(name, "SCRAM-") && known["AuthMessage"] != "":
				scram(out, of, known, password)
			case name == "DIGEST-MD5" && known["cnonce"] != "":
				digest(out, of, known, password)
			}
		}
	}
	return out
}

// exchanges gathers the values of each exchange that a log shows, by name.
func exchanges(log session.Source) []map[string]string {
	var all []map[string]string
	for i := range log.Len() {
		e := log.At(i)
		if e.Kind == session.KindSend && e.Step == session.VerbAuth {
			all = append(all, map[string]string{})
		}
		if e.Kind != session.KindAuth || len(all) == 0 {
			continue
		}
		known := all[len(all)-1]
		known["mechanism"] = e.Auth.Mechanism
		for _, v := range e.Auth.Values {
			if v.Bytes != nil {
				v.Text = string(v.Bytes)
			}
			if known[v.Name] == "" {
				known[v.Name] = v.Text
			}
		}
	}
	return all
}

// scram is RFC 5802 §3.
func scram(out map[string][]byte, of string, known map[string]string, password string) {
	h := sha256.New
	if strings.Contains(known["mechanism"], "SHA-1") {
		h = sha1.New
	}
	rounds, _ := strconv.Atoi(known["iteration-count"])
	salted, err := pbkdf2.Key(h, password, []byte(known["salt"]), rounds, h().Size())
	if err != nil {
		panic(err)
	}
	mac := func(key []byte, text string) []byte { m := hmac.New(h, key); m.Write([]byte(text)); return m.Sum(nil) }
	client, server := mac(salted, "Client Key"), mac(salted, "Server Key")
	stored := sum(h, client)
	signature := mac(stored, known["AuthMessage"])
	proof := bytes.Clone(client)
	for i := range proof {
		proof[i] ^= signature[i]
	}
	for what, secret := range map[string][]byte{"SaltedPassword": salted, "ClientKey": client, "StoredKey": stored, "ClientSignature": signature,
		"ClientProof": proof, "ServerKey": server, "ServerSignature": mac(server, known["AuthMessage"])} {
		out[what+of] = secret
	}
}

func sum(h func() hash.Hash, data []byte) []byte { x := h(); x.Write(data); return x.Sum(nil) }

// digest is RFC 2831 §2.1.2.1.
func digest(out map[string][]byte, of string, known map[string]string, password string) {
	secret := md5.Sum([]byte(known["username"] + ":" + known["realm"] + ":" + password))
	a1 := append(secret[:], ":"+known["nonce"]+":"+known["cnonce"]...)
	answer := func(a2 string) []byte {
		return []byte(hexMD5(hexMD5(string(a1)) + ":" + known["nonce"] + ":" + known["nc"] + ":" + known["cnonce"] + ":auth:" + hexMD5(a2)))
	}
	out["H(username:realm:passwd)"+of] = secret[:]
	out["HEX(H(A1))"+of] = []byte(hexMD5(string(a1)))
	out["response"+of], out["rspauth"+of] = answer("AUTHENTICATE:"+known["digest-uri"]), answer(":"+known["digest-uri"])
}

func hexMD5(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }

// around is what stands round a text in the frames.
func around(frames, text string) string {
	i := strings.Index(frames, text)
	return strings.ReplaceAll(frames[max(i-60, 0):min(i+len(text)+60, len(frames))], "\n", " / ")
}

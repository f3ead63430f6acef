package script_test

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/script"
	"ehlo/session/setup"
	"ehlo/session/walk"
)

// played is what came of a script with a scenario of the practice server: a line for each expectation.
func played(t *testing.T, scenario, text string) string {
	t.Helper()
	cases, err := script.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i := range cases {
		s := begun(t, scenario)
		points, err := cases[i].Play(t.Context(), s.engine, s.goal)
		if err != nil {
			lines = append(lines, "error: "+err.Error())
		}
		s.engine.Finish()
		for _, p := range points {
			line := "ok: " + p.Text
			if !p.Met {
				line = "not: " + p.Text + ": " + p.Got
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

type session struct {
	engine *engine.Session
	goal   walk.Goal
}

func begun(t *testing.T, scenario string) session {
	t.Helper()
	return begunWith(t, setup.Request{Target: "lab:" + scenario, Timeout: 2 * time.Second, Unwatched: true})
}

func begunWith(t *testing.T, r setup.Request) session {
	t.Helper()
	p, err := setup.New(r)
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return session{p.Session(), p.Goal}
}

// serves answers each line that begins with one of the words with its reply, and others with 250.
func serves(t *testing.T, replies map[string]string) (target string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			fmt.Fprint(conn, "220 mx.example\r\n")
			for lines, message := bufio.NewScanner(conn), false; lines.Scan(); {
				word, _, _ := strings.Cut(lines.Text(), " ")
				if message = message && word != "."; message {
					continue
				}
				message = word == "DATA"
				fmt.Fprint(conn, cmp.Or(replies[word], "250 2.0.0 ok")+"\r\n")
			}
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// Who writes a message down has agreed to send it, to a real server too; nothing is sent where its envelope was refused.
func TestRealServer(t *testing.T) {
	for _, c := range []struct {
		script, refused, want string
		to                    []string
	}{
		{"EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<b@b.example>; DATA; hi; .; expect 250; expect delivered", "", "[250 true] [delivered true]", nil},
		{"EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<b@b.example>; message; expect 250; expect delivered", "", "[250 true] [delivered true]", nil},
		{"EHLO x; message; expect 250; expect delivered", "", "[250 true] [delivered true]", []string{"b@b.example", "c@b.example"}},
		{"EHLO x; message; expect 550 /MAIL/", "MAIL", "[550 /MAIL/ true]", []string{"b@b.example", "c@b.example"}},
		{"EHLO x; message; expect 550 /RCPT/", "RCPT", "[550 /RCPT/ true]", []string{"b@b.example"}},
		{"EHLO x; message; expect 250", "", "[250 false The message was not sent: it has no recipient.]", nil},
	} {
		cases, err := script.Parse(c.script)
		if err != nil {
			t.Fatal(err)
		}
		target := serves(t, map[string]string{"DATA": "354 go ahead", c.refused: "550 5.7.1 no " + c.refused})
		s := begunWith(t, setup.Request{Target: target, Timeout: 2 * time.Second, Goal: walk.Goal{To: c.to, From: "a@b.example"}})
		points, err := cases[0].Play(t.Context(), s.engine, s.goal)
		var got []string
		for _, p := range points {
			got = append(got, "["+strings.TrimSpace(fmt.Sprint(strings.TrimPrefix(p.Text, "expect "), " ", p.Met, " ", p.Got))+"]")
		}
		if text := strings.Join(got, " "); text != c.want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", c.script, text, err, c.want)
		}
	}
}

func TestPlay(t *testing.T) {
	for _, c := range []struct{ name, scenario, script, want string }{
		{"a policy of a relay", "relay", "EHLO x; expect 250; expect offers SIZE; MAIL FROM:<a@far.example>; RCPT TO:<b@far.example>; expect 554 5.7.x /RELAY/; QUIT; expect 2..; expect closed",
			"ok: expect 250\nok: expect offers SIZE\nok: expect 554 5.7.x /RELAY/\nok: expect 2..\nok: expect closed"},
		{"TLS", "submission", "EHLO x; expect cleartext; expect no mechanism PLAIN; STARTTLS; expect verified; expect tls 1.3; expect certificate valid 14 days; expect certificate valid 400 days",
			"ok: expect cleartext\nok: expect no mechanism PLAIN\nok: expect verified\nok: expect tls 1.3\nok: expect certificate valid 14 days\nnot: expect certificate valid 400 days: it expires on " + time.Now().Add(45*24*time.Hour).UTC().Format(time.DateOnly)},
		{"login and message", "submission", "EHLO x\nSTARTTLS\nEHLO x\nlogin\nexpect logged in\nmessage\nexpect delivered\nclose\nexpect closed",
			"ok: expect logged in\nok: expect delivered\nok: expect closed"},
		{"a wrong password", "wrong-password", "EHLO x; STARTTLS; EHLO x; login LOGIN; expect 535; expect logged in", "ok: expect 535\nnot: expect logged in: 535 5.7.8 login refused: username or password is wrong"},
		{"what fails is told as it is", "relay", "EHLO x; RCPT TO:<b@lab.test>; expect 250", "not: expect 250: 503 5.5.1 need MAIL command"},
		{"a message that is typed", "relay", "EHLO x\nMAIL FROM:<a@far.example>\nRCPT TO:<bob@lab.test>\nDATA\nSubject: x\n.\nexpect 250\nexpect delivered", "ok: expect 250\nok: expect delivered"},
		{"nothing expected", "relay", "EHLO x; MAIL FROM:<a@far.example>; RCPT TO:<b@far.example>", "ok: EHLO x: expect 2.. or 3..\nok: MAIL FROM:<a@far.example>: expect 2.. or 3..\nnot: RCPT TO:<b@far.example>: expect 2.. or 3..: 554 5.7.1 <b@far.example>: relay access denied"},
		{"nobody there", "refused", "EHLO x; expect 250", "not: expect 250: mail.lab refused the connection: nothing listens at 127.0.0.1:587, or a firewall rejects it."},
		{"TLS from the first byte", "submissions", "EHLO x; expect verified; expect 250", "ok: expect verified\nok: expect 250"},
		{"an expired certificate", "expired", "EHLO x; STARTTLS; expect unverified; expect verified", "ok: expect unverified\nnot: expect verified: TLS 1.3, not verified"},
		{"what is not sent has no reply", "relay", "EHLO x; expect 250; NO\rOP; expect 250; EHLO x; QUIT; EHLO x; expect 221; expect closed",
			"ok: expect 250\nnot: expect 250: The line was not sent: byte 3: CR or LF inside a line (RFC 5321 §2.3.8).\nnot: expect 221: There is no connection to send on.\nok: expect closed"},
		{"what is implied of a line that is not sent", "relay", "QUIT\nMAIL FROM:<a@b.example>\nhunter2", "ok: QUIT: expect 2.. or 3..\nnot: MAIL: expect 2.. or 3..: There is no connection to send on.\nnot: the line: expect 2.. or 3..: There is no connection to send on."},
		{"a secret that is typed", "submission", "EHLO x\nSTARTTLS\nEHLO x\nAUTH PLAIN AGFubgBodW50ZXIy\nAUTH LOGIN\nYW5u\naHVudGVyMg==",
			"ok: EHLO x: expect 2.. or 3..\nok: STARTTLS: expect 2.. or 3..\nok: EHLO x: expect 2.. or 3..\nnot: AUTH PLAIN ••••••: expect 2.. or 3..: 535 5.7.8 login refused: username or password is wrong\nok: AUTH LOGIN: expect 2.. or 3..\nok: ••••••: expect 2.. or 3..\nnot: ••••••: expect 2.. or 3..: 535 5.7.8 login refused: username or password is wrong"},
		{"only expectations", "relay", "expect 220; expect open; expect cleartext", "ok: expect 220\nok: expect open\nok: expect cleartext"},
		{"closed at once", "relay", "close; EHLO x; expect 250", "not: expect 250: The script has closed the connection."},
		{"no login", "relay", "QUIT; login; expect 221", "not: expect 221: AUTH cannot be sent: there is no connection, or no mechanism for which there are credentials."},
		{"a message with the words of a script", "relay", "EHLO x\nMAIL FROM:<a@far.example>\nRCPT TO:<bob@lab.test>\ndata\nexpect 354\nSubject: x\n\n# no comment\n  wait never\nexpect 650\n.\nexpect 250\nexpect delivered", "ok: expect 354\nok: expect 250\nok: expect delivered"},
		{"a dot of the next case", "relay", "case a\nDATA\nexpect 5..\ncase b\nNOOP\n.\nexpect 5..", "ok: expect 5..\nok: expect 5.."},
		{"a byte order mark", "relay", "\ufeffEHLO x\nexpect 250", "ok: expect 250"},
		{"a table", "relay", "case relaying\nwith to code\n  bob@lab.test 250\n  eve@far.example 550\nEHLO x\nMAIL FROM:<a@far.example>\nRCPT TO:<$to>\nexpect $code",
			"ok: expect 250\nnot: expect 550: 554 5.7.1 <eve@far.example>: relay access denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := played(t, c.scenario, c.script); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A password is not sent where a person would be asked first, and nothing after it is.
func TestGuard(t *testing.T) {
	cases, _ := script.Parse("EHLO x; AUTH PLAIN AGFubgB0dWxpcC00Mg==; expect 235")
	s := begun(t, "clear-auth")
	_, err := cases[0].Play(t.Context(), s.engine, s.goal)
	if guard, ok := errors.AsType[*walk.GuardError](err); !ok {
		t.Errorf("got %v, want a guard", err)
	} else if guard.Exit() != record.ExitNoAuth {
		t.Errorf("exit %d", guard.Exit())
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "line 1: the script is empty",
		"# nothing\n\n":                         "line 1: the script is empty",
		"EHLO x\nexpect":                        "line 2: expect: what is missing",
		"EHLO x\nexpect 650":                    `line 2: expect: "650" is neither a code`,
		"EHLO x\nexpect 250 /a":                 "line 2: expect: the pattern has no slash at its end",
		"EHLO x\nexpect /[/":                    "line 2: expect: the pattern is not a regular expression: missing closing ]",
		"wait never":                            "line 1: wait: want a time up to 10m, such as 5s",
		"wait 5":                                "line 1: wait: want a time up to 10m, such as 5s",
		"wait 1h":                               "line 1: wait: want a time up to 10m, such as 5s",
		"EHLO x\nclose now":                     "line 2: close takes no words",
		"case a\ncase b\nEHLO x":                `line 1: the case "a" has no lines`,
		"with a\nEHLO x":                        "line 1: the table has no rows",
		"with a a\n 1 2\nEHLO":                  `line 1: with: "a" is not a valid column name`,
		"with a b\n 1\nEHLO $a":                 "line 2: the row has 1 values, and the table 2 columns: a b",
		"with\n 1\nEHLO":                        "line 1: with: the names of the columns are missing",
		"EHLO x\n" + strings.Repeat("x", 2<<20): "line 1: the script has more than 1048576 bytes",
	} {
		_, err := script.Parse(text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.30q: got %v, want %s", text, err, want)
		}
	}
}

// A table may hold passwords. Its cases are called by the other values.
func TestNamesHideSecrets(t *testing.T) {
	cases, err := script.Parse("case login\nwith user plain answer\n  ann AGFubg== aHVudGVyMg==\nNOOP $user\nAUTH PLAIN $plain\n$answer")
	if err != nil || len(cases) != 1 || cases[0].Name != "login (ann … …)" {
		t.Errorf("got %+v, %v", cases, err)
	}
}

// A reply that nobody asked for answers no command.
func TestReplyThatNobodyAskedFor(t *testing.T) {
	target := serves(t, map[string]string{"NOOP": "250 ok\r\n250 early", "RSET": "ok"})
	for text, want := range map[string]string{
		"NOOP; expect 250; RSET; expect 250": "true false",
		"RSET; expect /ok/":                  "false",
	} {
		s := begunWith(t, setup.Request{Target: target, Timeout: 2 * time.Second})
		cases, _ := script.Parse(text)
		points, err := cases[0].Play(t.Context(), s.engine, s.goal)
		var got []string
		for _, p := range points {
			got = append(got, fmt.Sprint(p.Met))
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%s: got %+v, %v", text, points, err)
		}
	}
}

// A reply of a megabyte is not repeated for each expectation.
func TestLongReply(t *testing.T) {
	target := serves(t, map[string]string{"NOOP": "550 " + strings.Repeat("é", 5000)})
	s := begunWith(t, setup.Request{Target: target, Timeout: 2 * time.Second})
	cases, _ := script.Parse("NOOP; expect 250")
	points, err := cases[0].Play(t.Context(), s.engine, s.goal)
	if want := "550 " + strings.Repeat("é", 496) + "…"; err != nil || len(points) != 1 || points[0].Got != want {
		t.Errorf("got %+v, %v", points, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("case a\nwith x y\n 1 2\nEHLO $x\nexpect 250 5.7.x /a/\nwait 1ms\nclose")
	f.Add("EHLO x; expect certificate valid 3 days; expect tls 1.3")
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := script.Parse(text)
		if (err == nil) != (len(cases) > 0) {
			t.Errorf("%d cases and %v", len(cases), err)
		}
		for i := range cases {
			if cases[i].Expectations() == 0 && len(cases[i].Statements) == 0 {
				t.Errorf("case %q is empty", cases[i].Name)
			}
		}
	})
}

// A semicolon in a pattern divides nothing.
func TestSemicolonInAPattern(t *testing.T) {
	text := `EHLO x; expect 250 /greets x;|y/; expect 250 /unclosed; QUIT`
	cases, err := script.Parse(text)
	if err == nil {
		t.Fatalf("%d cases, and no error of the pattern that does not end", len(cases))
	}
	got := played(t, "relay", `EHLO x; expect 250 /greets (x;|x)/ ; NOOP a/b; expect 2..; EHLO y;expect /greets y;?/`)
	want := "ok: expect 250 /greets (x;|x)/\nok: expect 2..\nok: expect /greets y;?/"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

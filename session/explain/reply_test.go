package explain

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTheSameCodeMeansSomethingElseElsewhere(t *testing.T) {
	for _, c := range []struct {
		verb  string
		code  int
		tls   bool
		short string
	}{
		{"", 220, false, "the server is ready"},
		{"STARTTLS", 220, false, "start the TLS handshake"},
		{"", 554, false, "no mail service for this client"},
		{"RCPT", 554, false, "recipient refused, often relaying"},
		{".", 554, true, "message refused"},
		{"EHLO", 250, false, "the server lists its extensions"},
		{"MAIL", 250, false, "sender accepted"},
		{".", 250, false, "message accepted"},
		{"NOOP", 250, false, "connection and server are working"},
		{"ETRN", 251, false, "no mail is queued"},
		{"VRFY", 251, false, "not local, will be forwarded"},
		{"STARTTLS", 454, false, "TLS not available now"},
		{"AUTH", 454, true, "login cannot be checked now"},
		{"AUTH", 503, true, "no AUTH now"},
		{"DATA", 503, true, "no recipient was accepted"},
		{"DATA", 354, true, "send the message, end with a dot"},
		{"MAIL", 530, false, "TLS first, perhaps a login too"},
		{"MAIL", 530, true, "log in first"},
		{"QUIT", 221, true, "closing the connection"},
		{"HELP", 250, true, "done"},
		{"MAIL", 533, true, "permanent failure, about authentication"},
		{"MAIL", 999, true, "not a reply code"},
	} {
		x := Reply(ReplyContext{Verb: c.verb, Code: c.code, TLS: c.tls})
		if x.Short != c.short {
			t.Errorf("%d after %q (TLS %v): %q, want %q", c.code, c.verb, c.tls, x.Short, c.short)
		}
		if x.Text == "" || len(x.Refs) == 0 {
			t.Errorf("%d after %q: no text or no reference", c.code, c.verb)
		}
		for _, id := range x.Entries {
			if _, ok := ByID(id); !ok {
				t.Errorf("%d after %q: entry %q leads nowhere", c.code, c.verb, id)
			}
		}
	}
}

func TestEveryPlaceIsReachedByItsCommand(t *testing.T) {
	for r := range replyTable.rows() {
		e, p := r.entry(), r.conditions()
		for _, after := range p.after {
			code := codeOf(r)
			verb := after
			if after == "greeting" {
				verb = ""
			}
			x := Reply(ReplyContext{Verb: verb, TLS: p.tls == "yes", Code: code, Proof: p.proof})
			if !slices.Contains(x.Entries, e.ID()) {
				t.Errorf("%d after %s reaches %v and not %q", code, after, x.Entries, e.Name)
			}
		}
	}
}

// codeOf is a code that the place is for: of a first digit, one that has no
// entry for that command.
func codeOf(r row) int {
	code, _ := strconv.Atoi(strings.Replace(r.name()[:3], "xx", "47", 1))
	return code
}

// What a server says to STARTTLS decides whether the rest can be read, so no
// code and no wording may advise to go on without it (RFC 3207 §4.1, §6).
func TestARefusedSTARTTLSIsNoReasonToDoWithout(t *testing.T) {
	for _, line := range []string{
		"421 4.7.0 closing", "450 4.7.1 not now", "451 try later", "454 4.7.0 TLS not available", "454 4.3.3 TLS not available after start",
		"454 4.7.0 TLS not available due to local problem", "454 TLS currently unavailable", "500 5.5.2 command not recognized",
		"500 5.5.1 Command not recognized", "500 5.5.2 unrecognized command", "502 5.5.1 STARTTLS not implemented", "502 5.3.3 not supported",
		"503 5.5.1 STARTTLS not allowed", "503 STARTTLS command used when not advertised", "504 5.5.4 no", "530 5.7.0 no", "538 5.7.11 no",
		"550 5.7.1 no", "554 5.7.1 no", "554 5.5.1 no",
	} {
		x := Reply(contextOf("", "STARTTLS", line))
		first, _, _ := strings.Cut(x.Remedy, ";")
		if strings.Contains(first, "do without it") || strings.Contains(Remedies(x.Remedy, x.Operator), "spelling") {
			t.Errorf("%s: %q", line, Remedies(x.Remedy, x.Operator))
		}
		if !strings.Contains(Remedies(x.Remedy, x.Operator), "stop if TLS is required") && !strings.Contains(Remedies(x.Remedy, x.Operator), "without TLS") {
			t.Errorf("%s does not say when to stop: %q", line, Remedies(x.Remedy, x.Operator))
		}
	}
	for _, line := range []string{"503 5.5.1 no", "554 5.5.1 Error: TLS already active", "502 5.5.1 no", "500 no"} {
		c := contextOf("", "STARTTLS", line)
		c.TLS = true
		if x := Reply(c); strings.Contains(Remedies(x.Remedy, x.Operator), "stop") || Remedies(x.Remedy, x.Operator) == "" {
			t.Errorf("%s inside TLS: %q", line, Remedies(x.Remedy, x.Operator))
		}
	}
}

func TestASuccessHasNoFault(t *testing.T) {
	for _, c := range []struct{ verb, line, says string }{
		{"VRFY", "252 2.5.2 Cannot VRFY user", "2.5.2 adds: name was not verified, no error."},
		{"VRFY", "252 2.5.2 Send some mail, I'll try my best", "2.5.2 adds: name was not verified, no error."},
		{"RCPT", "250 2.1.5 Ok", "2.1.5 adds: recipient address is valid."},
		{"MAIL", "250 2.1.0 Ok", "has accepted the sender"},
		{"NOOP", "250 2.0.0 Ok", "The connection works"},
		{".", "250 2.6.0 queued", "now responsible for it"},
		{"AUTH", "235 2.7.0 Authentication successful", "The login succeeded"},
		{"STARTTLS", "220 2.0.0 Ready to start TLS", "TLS handshake"},
		{"RCPT", "250 2.1.1 odd", "accepts this recipient"},
		{".", "250 2.6.4 converted", "2.6.4 adds: converted with loss."},
	} {
		x := Reply(contextOf("", c.verb, c.line))
		if !strings.Contains(x.Text, c.says) || strings.Contains(x.Text, "2.1.1 adds") {
			t.Errorf("%s: %q", c.line, x.Text)
		}
		if x.Vendor == "" && x.Cause != "" || Remedies(x.Remedy, x.Operator) != "" {
			t.Errorf("%s: cause %q, remedy %q", c.line, x.Cause, Remedies(x.Remedy, x.Operator))
		}
		for _, fault := range []string{"syntax error", "refused", "could not be understood", "not valid", "wrong in the"} {
			if strings.Contains(x.Text, fault) {
				t.Errorf("%s speaks of a fault: %q", c.line, x.Text)
			}
		}
	}
}

func TestReferencesAreGivenOnce(t *testing.T) {
	verbs := []string{"", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".", "BDAT", "VRFY", "ETRN", "QUIT", "unknown"}
	for code := 200; code < 560; code++ {
		e, _ := Code(code)
		once(t, e.Name, e.Refs)
		for _, verb := range verbs {
			for _, enhanced := range [][3]int{{}, {code / 100, 1, 5}, {code / 100, 5, 2}, {code / 100, 7, 0}, {code / 100, 7, 139}} {
				x := Reply(ReplyContext{Verb: verb, Code: code, Enhanced: enhanced, Text: "authentication failed: try again later"})
				once(t, e.Name+" after "+verb, x.Refs)
			}
		}
	}
	for _, line := range []string{"AUTH PLAIN =", "AUTH PLAIN not base64", "AUTH", "MAIL FROM: a@b SIZE=1 X=2 Y=3", "RCPT TO: ", "STARTTLS now", " EHLO", "..x", "x"} {
		for _, c := range []SendContext{{}, {TLS: true}, {Data: true}, {Mechanism: "PLAIN"}, {Keywords: []string{"SIZE"}}} {
			once(t, line, Send(line, c).Refs)
		}
	}
	for subject := range 9 {
		e, _ := Enhanced(5, subject, 99)
		once(t, e.Name, e.Refs)
	}
}

func once(t *testing.T, what string, refs []Ref) {
	t.Helper()
	if len(JoinRefs(refs)) != len(refs) {
		t.Errorf("%s: %v", what, refs)
	}
}

func TestJoinRefs(t *testing.T) {
	a, b := []Ref{{"RFC 4616", "2"}, {"RFC 4954", "4"}}, []Ref{{"RFC 4954", "4"}, {"RFC 4954", "6"}}
	want := []Ref{{"RFC 4616", "2"}, {"RFC 4954", "4"}, {"RFC 4954", "6"}}
	got := JoinRefs(a, nil, b)
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	got[0].Doc = "changed"
	if a[0].Doc == "changed" {
		t.Error("the result shares memory with a list")
	}
}

func TestEnhancedCodeAndPlaceWorkTogether(t *testing.T) {
	for _, c := range []struct {
		ctx   ReplyContext
		short string
		first string
	}{
		{ReplyContext{Verb: "RCPT", Code: 550, Enhanced: [3]int{5, 1, 1}}, "no such mailbox", "enhanced:5.1.1"},
		{ReplyContext{Verb: "RCPT", Code: 550, Enhanced: [3]int{5, 7, 1}}, "recipient refused", "reply:550 after RCPT"},
		{ReplyContext{Verb: "STARTTLS", Code: 454, Enhanced: [3]int{4, 7, 0}}, "TLS not available now", "reply:454 after STARTTLS"},
		{ReplyContext{Verb: "RCPT", Code: 250, Enhanced: [3]int{2, 1, 5}}, "recipient accepted", "reply:250 after RCPT"},
		{ReplyContext{Verb: "MAIL", Code: 250, Enhanced: [3]int{5, 1, 1}}, "sender accepted", "reply:250 after MAIL"},
	} {
		x := Reply(c.ctx)
		if x.Short != c.short || x.Entries[0] != c.first {
			t.Errorf("%+v: %q %v", c.ctx, x.Short, x.Entries)
		}
	}
}

// The texts are what the servers themselves send.
func TestVendorPhrases(t *testing.T) {
	for _, c := range []struct {
		software string
		verb     string
		line     string
		phrase   string
	}{
		{"Postfix", "MAIL", "530 5.7.0 Must issue a STARTTLS command first", "starttls-first"},
		{"OpenSMTPD", "MAIL", "530 5.5.1 Invalid command: Must issue a STARTTLS command first", "starttls-first"},
		{"Gmail", "MAIL", "530 5.7.0 Must issue a STARTTLS command first. a1-2.3 - gsmtp", "gmail-starttls-first"},
		{"", "STARTTLS", "454 4.7.0 TLS not available due to local problem", "postfix-tls-unavailable"},
		{"", "STARTTLS", "554 5.5.1 Error: TLS already active", "postfix-tls-active"},
		{"", "RCPT", "554 5.7.1 <x@example.org>: Relay access denied", "postfix-relay-denied"},
		{"", "RCPT", "454 4.7.1 <x@example.org>: Relay access denied", "postfix-relay-denied"},
		{"Postfix", "AUTH", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "auth-failed-prompt"},
		{"OpenSMTPD", "AUTH", "535 Authentication failed", "auth-failed"},
		{"", "AUTH", "454 4.7.0 Temporary authentication failure: Connection lost", "postfix-auth-temporary"},
		{"", "AUTH", "503 5.5.1 Error: authentication not enabled", "postfix-auth-not-enabled"},
		{"", "MAIL", "503 5.5.1 Error: send HELO/EHLO first", "postfix-hello-first"},
		{"", "RCPT", "503 5.5.1 Error: need MAIL command", "postfix-need-mail"},
		{"", "MAIL", "503 5.5.1 Error: nested MAIL command", "postfix-nested-mail"},
		{"", "EHLO", "504 5.5.2 <laptop>: Helo command rejected: need fully-qualified hostname", "postfix-helo-fqdn"},
		{"", "RCPT", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", "postfix-no-ptr"},
		{"", "RCPT", "550 5.1.1 <x@y>: Recipient address rejected: User unknown in local recipient table", "postfix-user-unknown"},
		{"", "RCPT", "450 4.1.8 <x@y>: Sender address rejected: Domain not found", "postfix-sender-domain"},
		{"", "MAIL", "553 5.7.1 <x@y>: Sender address rejected: not owned by user ann", "postfix-sender-not-owned"},
		{"", "NOOP", "421 4.7.0 mail.example.org Error: too many errors", "postfix-too-many-errors"},
		{"", "", "421 4.7.0 mail.example.org Error: too many connections from 192.0.2.1", "postfix-too-many-connections"},
		{"", "RCPT", "421 4.4.2 mail.example.org Error: timeout exceeded", "postfix-timeout"},
		{"", "GET", "221 2.7.0 Error: I can break rules, too. Goodbye.", "postfix-http"},
		{"", "AUTH", "450 4.7.1 Error: too many AUTH commands from 192.0.2.1", "postfix-rate"},
		{"", "DATA", "500 5.5.2 mail.example.org Error: bare <LF> received", "postfix-bare-lf"},
		{"", "", "521 5.5.1 Protocol error", "postscreen-protocol-error"},
		{"", "RCPT", "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.example", "postscreen-blocked"},
		{"", "RCPT", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example", "blocked-by-list"},
		{"Exim", "AUTH", "535 Incorrect authentication data", "exim-auth-failed"},
		{"", "AUTH", "435 Unable to authenticate at present", "exim-auth-temporary"},
		{"", "AUTH", "503 AUTH command used when not advertised", "exim-auth-not-advertised"},
		{"", "RCPT", "550 relay not permitted", "exim-relay-denied"},
		{"", "EHLO", "554 SMTP synchronization error", "exim-sync"},
		{"", "STARTTLS", "454 TLS currently unavailable", "exim-tls-unavailable"},
		{"", "STARTTLS", "554 Already in TLS", "exim-tls-active"},
		{"", "", "421 mail.example.org: Too much load; please try again later", "exim-load"},
		{"", "MAIL", "530 5.5.1 Invalid command: Must issue an AUTH command first", "opensmtpd-auth-first"},
		{"", "RCPT", "550 Invalid recipient: <x@y>", "opensmtpd-invalid-recipient"},
		{"", "MAIL", "500 5.5.1 Invalid command: Pipelining not supported", "opensmtpd-pipelining"},
		{"", "MAIL", "503 5.5.1 Invalid command: Command not allowed at this point.", "opensmtpd-not-now"},
		{"", "STARTTLS", "503 5.5.1 Invalid command: Channel already secured", "opensmtpd-tls-active"},
		{"", "AUTH", `504 5.5.4 Security features: AUTH method "CRAM-MD5" not supported`, "opensmtpd-auth-method"},
		{"", "VRFY", "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)", "cannot-vrfy"},
		{"", "STARTTLS", "454 4.3.3 TLS not available after start", "sendmail-tls-unavailable"},
		{"", "RCPT", "550 5.7.1 <x@y>... Relaying denied", "sendmail-relay-denied"},
		{"", "RCPT", "450 4.2.0 <x@y>: Recipient address rejected: Greylisted, see http://postgrey.example", "greylisted"},
		{"", ".", "451 4.7.1 Try again later", "rspamd-later"},
		{"Gmail", "AUTH", "535-5.7.8 Username and Password not accepted. For more information, go to\n5.7.8 https://support.google.com - gsmtp", "gmail-bad-credentials"},
		{"Gmail", "AUTH", "534-5.7.9 Application-specific password required.", "gmail-app-password"},
		{"Gmail", "AUTH", "534-5.7.14 Please log in via your web browser and then try again.", "gmail-browser-login"},
		{"Gmail", "MAIL", "530-5.7.0 Authentication Required. For more information, go to\n - gsmtp", "gmail-auth-required"},
		{"", "RCPT", "421 4.7.0 TLS required for RCPT domain, closing connection. - gsmtp", "gmail-tls-required"},
		{"", "STARTTLS", "454 4.5.0 SMTP protocol violation, no commands allowed to pipeline after STARTTLS", "gmail-starttls-pipelining"},
		{"", ".", "550-5.7.26 This mail has been blocked because the sender is unauthenticated.", "gmail-unauthenticated"},
		{"", "RCPT", "450 4.2.1 The user you are trying to contact is receiving mail too quickly.", "gmail-rate"},
		{"", "MAIL", "530 5.7.57 Client not authenticated to send mail. [XX.eurprd01.prod.outlook.com]", "m365-not-authenticated"},
		{"", "AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.", "m365-auth-disabled-tenant"},
		{"", "AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", "m365-auth-disabled-mailbox"},
		{"", "AUTH", "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.", "m365-security-defaults"},
		{"", "AUTH", "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "m365-wrong-credentials"},
		{"", "AUTH", "535 5.7.3 Authentication unsuccessful", "exchange-auth-unsuccessful"},
		{"", "AUTH", "550 5.7.30 Basic authentication is not supported for Client Submission.", "m365-basic-auth-retired"},
		{"", ".", "554 5.2.252 SendAsDenied; ann@example.org not allowed to send as bob@example.org", "m365-send-as-denied"},
		{"", "MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "m365-send-as-denied"},
		{"", "RCPT", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [XX.outlook.com]", "m365-recipient-access-denied"},
		{"", "RCPT", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "exchange-relay-denied"},
		{"", "RCPT", "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)", "m365-busy"},
		{"", "EHLO", "501 5.5.4 Invalid domain name", "hello-invalid"},
		{"Microsoft Exchange", "DATA", "503 5.5.2 Need rcpt command", "need-rcpt"},
		{"Dovecot", "MAIL", "530 5.7.0 Authentication required.", "auth-required"},
		{"", "RCPT", "550 5.7.1 Service unavailable, listed at zen.spamhaus.org", "blocked-by-spamhaus"},
	} {
		x := Reply(contextOf(c.software, c.verb, c.line))
		if len(x.Entries) == 0 || x.Entries[0] != "phrase:"+c.phrase {
			t.Errorf("%s\n got %v\nwant %s", c.line, x.Entries, c.phrase)
		}
		if x.Cause == "" {
			t.Errorf("%s: no cause", c.line)
		}
	}
}

// contextOf reads a reply as it is written in a transcript.
func contextOf(software, verb, line string) ReplyContext {
	code, rest := leadingCode(line)
	c := ReplyContext{Software: software, Verb: verb, Code: code, Text: rest[1:]}
	first, tail, _ := strings.Cut(c.Text, " ")
	if enhanced, ok := parseEnhanced(first); ok {
		c.Enhanced, c.Text = enhanced, tail
	}
	return c
}

func TestCodeAloneIsNotEnough(t *testing.T) {
	registered := Reply(contextOf("", "MAIL", "550 5.7.30 REQUIRETLS support required"))
	microsoft := Reply(contextOf("", "AUTH", "550 5.7.30 Basic authentication is not supported for Client Submission."))
	if registered.Vendor != "" || !strings.Contains(registered.Short, "REQUIRETLS") {
		t.Errorf("registered meaning: %q by %q", registered.Short, registered.Vendor)
	}
	if microsoft.Vendor != "Microsoft 365" || !strings.Contains(microsoft.Cause, "registered for REQUIRETLS") {
		t.Errorf("vendor meaning: %q by %q", microsoft.Cause, microsoft.Vendor)
	}
}

func TestChallengeIsNamedAndNotRepeated(t *testing.T) {
	x := Reply(ReplyContext{Verb: "AUTH", Code: 334, Text: "UGFzc3dvcmQ6"})
	if !strings.Contains(x.Text, "prompt of AUTH LOGIN") || strings.Contains(x.Text, "Password:") {
		t.Errorf("%q", x.Text)
	}
}

func TestReplyRepeatsNothingTheServerSaid(t *testing.T) {
	x := Reply(ReplyContext{Verb: "RCPT", Code: 550, Text: "relay not permitted \x1b[2J evil"})
	for _, s := range []string{x.Short, x.Text, x.Cause, Remedies(x.Remedy, x.Operator), x.Vendor} {
		if strings.Contains(s, "evil") {
			t.Errorf("%q", s)
		}
	}
}

func TestBanners(t *testing.T) {
	for banner, want := range map[string]string{
		"mail.example.org ESMTP Postfix (Debian/GNU)":                              "Postfix",
		"mail.example.org ESMTP Exim 4.96 Sun, 22 Nov 2026 10:00:00 +0000":         "Exim 4.96",
		"mail.eximbank.example ESMTP Postfix":                                      "Postfix",
		"mail.example.org ESMTP OpenSMTPD":                                         "OpenSMTPD",
		"mail.example.org ESMTP Sendmail 8.17.1/8.17.1; Sun, 22 Nov 2026":          "Sendmail 8.17.1",
		"smtp.gmail.com ESMTP abc123 - gsmtp":                                      "Gmail",
		"mx.google.com ESMTP abc123 - gsmtp":                                       "Gmail",
		"XX.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready at ...": "Microsoft Exchange",
		"mail.example.org Dovecot (Debian) ready.":                                 "Dovecot",
		"email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC":                  "Amazon SES",
		"SG ESMTP service ready at geopod":                                         "",
		"mail.example.org ESMTP":                                                   "",
		"eximbank.example ESMTP":                                                   "",
		"":                                                                         "",
	} {
		software, e, ok := Banner(banner)
		if software != want || ok != (want != "") || ok && !strings.HasPrefix(software, e.Name) {
			t.Errorf("%q: %q %q %v, want %q", banner, software, e.Name, ok, want)
		}
	}
}

func TestBannerTakesNoControlCharactersForAVersion(t *testing.T) {
	if software, _, _ := Banner("h ESMTP Exim 4\x1b[2J"); software != "Exim" {
		t.Errorf("%q", software)
	}
}

package explain

import (
	"slices"
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
		{"STARTTLS", 220, false, "go ahead with TLS"},
		{"", 554, false, "no mail service for you here"},
		{"RCPT", 554, false, "recipient refused, often relaying"},
		{".", 554, true, "message refused"},
		{"EHLO", 250, false, "here is what the server can do"},
		{"MAIL", 250, false, "sender taken"},
		{".", 250, false, "message taken; server is responsible"},
		{"NOOP", 250, false, "still here"},
		{"ETRN", 251, false, "nothing waits"},
		{"VRFY", 251, false, "not local, will be forwarded"},
		{"STARTTLS", 454, false, "no TLS right now"},
		{"AUTH", 454, true, "log-in cannot be checked now"},
		{"AUTH", 503, true, "no AUTH now"},
		{"DATA", 503, true, "no recipient was accepted"},
		{"DATA", 354, true, "send the message, end with a dot"},
		{"MAIL", 530, false, "TLS first, perhaps log-in too"},
		{"MAIL", 530, true, "log in first"},
		{"QUIT", 221, true, "goodbye, closing"},
		{"HELP", 250, true, "done"},
		{"MAIL", 533, true, "no, about authentication"},
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
	for _, p := range replyPlaces {
		e := replyTable.entries[p.row]
		for _, after := range p.after {
			code, _ := leadingCode(e.Name)
			verb := after
			if after == "greeting" {
				verb = ""
			}
			x := Reply(ReplyContext{Verb: verb, TLS: p.tls == "yes", Code: code})
			if !slices.Contains(x.Entries, e.ID()) {
				t.Errorf("%d after %s reaches %v and not %q", code, after, x.Entries, e.Name)
			}
		}
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
		{ReplyContext{Verb: "STARTTLS", Code: 454, Enhanced: [3]int{4, 7, 0}}, "no TLS right now", "reply:454 after STARTTLS"},
		{ReplyContext{Verb: "RCPT", Code: 250, Enhanced: [3]int{2, 1, 5}}, "recipient taken", "reply:250 after RCPT"},
		{ReplyContext{Verb: "MAIL", Code: 250, Enhanced: [3]int{5, 1, 1}}, "sender taken", "reply:250 after MAIL"},
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
		{"Postfix", "AUTH", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "postfix-auth-failed"},
		{"OpenSMTPD", "AUTH", "535 Authentication failed", "opensmtpd-auth-failed"},
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
		{"", "AUTH", "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "m365-auth-unsuccessful"},
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
	for _, s := range []string{x.Short, x.Text, x.Cause, x.Remedy, x.Vendor} {
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

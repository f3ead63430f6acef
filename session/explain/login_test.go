package explain

import (
	"strings"
	"testing"
)

// What servers say to a login, in their own words, with a part of the cause and of the remedy that is told.
func TestLogInFailuresAreRead(t *testing.T) {
	for _, c := range []struct{ software, verb, proof, line, cause, remedy string }{
		{"", "AUTH", "password", "535 5.7.8 credentials", "password", "check the username and the password"},
		{"", "AUTH", "password", "534 5.7.9 too weak", "weaker than the policy", "stronger mechanism"},
		{"", "AUTH", "password", "538 5.7.11 Encryption required for requested authentication mechanism", "inside TLS", "start TLS"},
		{"", "AUTH", "password", "504 5.5.4 no such mechanism", "", "from the AUTH line of the EHLO reply"},
		{"", "AUTH", "password", "530 5.7.0 go away", "", "STARTTLS"},
		{"", "AUTH", "password", "432 4.7.12 a password transition is needed", "log in once", "PLAIN inside TLS"},
		{"", "AUTH", "password", "454 4.7.0 later", "", "try again later"},
		{"", "AUTH", "password", "525 5.7.13 account", "disabled", "administrator"},
		{"", "AUTH", "password", "550 no", "", "OAuth"},

		{"Gmail", "AUTH", "password", "535-5.7.8 Username and Password not accepted. For more information, go to\n5.7.8 https://support.google.com - gsmtp", "does not accept from mail clients", "application password"},
		{"Gmail", "AUTH", "password", "534-5.7.9 Application-specific password required. For more information, go to", "two-step verification", "application password"},
		{"Gmail", "AUTH", "password", "534-5.7.14 Please log in via your web browser and then try again.", "confirm it in a web browser", "browser"},
		{"Gmail", "AUTH", "password", "454 4.7.0 Too many login attempts, please try again later.", "too many", "wait"},
		{"Gmail", "AUTH", "password", "454 4.7.0 Cannot authenticate due to temporary system problem. Try again later.", "nothing about the password", "again later"},
		{"Gmail", "MAIL", "", "530-5.7.0 Authentication Required. For more information, go to\n - gsmtp", "before it had logged in", "AUTH first"},

		{"Microsoft 365", "AUTH", "password", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled", "both with a password and with an OAuth token", "enable SMTP AUTH"},
		{"Microsoft 365", "AUTH", "token", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", "this mailbox", "enable SMTP AUTH"},
		{"Microsoft 365", "AUTH", "password", "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.", "security defaults", "OAuth"},
		{"Microsoft 365", "AUTH", "password", "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.", "conditional access", "sign-in log"},
		{"Microsoft 365", "AUTH", "password", "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "checked the username and password and rejected them", "sign-in name"},
		{"Microsoft 365", "AUTH", "password", "535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]", "credentials are wrong", "the username and the password"},
		{"Microsoft 365", "AUTH", "password", "550 5.7.30 Basic authentication is not supported for Client Submission.", "no longer accepts a login by password", "OAuth"},
		{"Microsoft 365", "MAIL", "", "530 5.7.57 Client not authenticated to send mail.", "without a login", "log in inside TLS"},
		{"Microsoft Exchange", "AUTH", "password", "504 5.7.4 Unrecognized authentication type", "", "AUTH line of the EHLO reply"},

		{"Postfix", "AUTH", "password", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "gave no reason", "SASL service"},
		{"Postfix", "AUTH", "password", "535 5.7.8 Error: authentication failed: (reason unavailable)", "Dovecot or Cyrus SASL", "check the username"},
		{"Postfix", "AUTH", "password", "454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "does not respond", "socket"},
		{"Postfix", "AUTH", "password", "503 5.5.1 Error: authentication not enabled", "only inside TLS", "start TLS"},
		{"Postfix", "AUTH", "password", "504 5.7.4 Unsupported authentication mechanism", "does not support this mechanism", "AUTH line of the EHLO reply"},
		{"Postfix", "AUTH", "token", "535 5.7.8 Error: authentication failed: Invalid authentication mechanism", "does not support this mechanism", "AUTH line of the EHLO reply"},
		{"Postfix", "AUTH", "password", "538 5.7.11 Encryption required for requested authentication mechanism", "only inside TLS", "TLS"},
		{"Postfix", "AUTH", "password", "530 5.7.0 Must issue a STARTTLS command first", "", "STARTTLS"},

		{"Exim", "AUTH", "password", "535 Incorrect authentication data", "Exim did not accept", "check the username"},
		{"Exim", "AUTH", "password", "435 Unable to authenticate at present", "to check passwords", "authenticator"},
		{"Exim", "AUTH", "password", "503 AUTH command used when not advertised", "only as configured", "start TLS"},
		{"Exim", "AUTH", "password", "504 CRAM-MD5 authentication mechanism not supported", "", "AUTH line of the EHLO reply"},

		{"OpenSMTPD", "AUTH", "password", "535 Authentication failed", "login failed", "check the username"},
		{"OpenSMTPD", "AUTH", "password", `504 5.5.4 Security features: AUTH method "CRAM-MD5" not supported`, "only PLAIN and LOGIN", "PLAIN inside TLS"},
	} {
		context := contextOf(c.software, c.verb, c.line)
		context.Proof = c.proof
		x := Reply(context)
		if !strings.Contains(x.Cause, c.cause) || !strings.Contains(Remedies(x.Remedy, x.Operator), c.remedy) || Remedies(x.Remedy, x.Operator) == "" || x.Text == "" {
			t.Errorf("%s\n cause  %q, want %q\n remedy %q, want %q", c.line, x.Cause, c.cause, Remedies(x.Remedy, x.Operator), c.remedy)
		}
	}
}

// The same reply means another thing to a login by token or by certificate, whatever the server's words.
func TestLogInFailuresFitTheProof(t *testing.T) {
	for _, c := range []struct{ proof, want string }{
		{"token", "access token"}, {"certificate", "certificate"}, {"nothing", "log in with an account"}, {"password", "password"}, {"", "password"},
	} {
		for software, line := range map[string]string{
			"":        "535 5.7.8 Error: no",
			"Postfix": "535 5.7.8 Error: authentication failed: eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=",
			"Gmail":   "535-5.7.8 Username and Password not accepted. For more information, go to",
			"Exim":    "535 Incorrect authentication data",
		} {
			context := contextOf(software, "AUTH", line)
			context.Proof = c.proof
			x := Reply(context)
			if !strings.Contains(Remedies(x.Remedy, x.Operator), c.want) {
				t.Errorf("%q, %s: %q, want %q", c.proof, line, Remedies(x.Remedy, x.Operator), c.want)
			}
			all := x.Short + x.Text + x.Cause + Remedies(x.Remedy, x.Operator)
			if (c.proof == "token" || c.proof == "certificate") && strings.Contains(all, "password") {
				t.Errorf("%q, %s: speaks of passwords: %s", c.proof, line, all)
			}
		}
	}
}

// A reply to AUTH is read as one, whatever the same code or words mean elsewhere. No vendor is named where others say
// the same.
func TestRepliesToAuthKnowTheirPlace(t *testing.T) {
	for _, c := range []struct{ verb, line, short, says, vendor string }{
		{"AUTH", "535 5.7.8 Authentication failed.", "username or password rejected", "check the username", ""},
		{"AUTH", "535 Authentication failed", "username or password rejected", "check the username", ""},
		{"AUTH", "535 Authentication credentials invalid", "username or password rejected", "SMTP is on", ""},
		{"AUTH", "454 4.7.0 Temporary authentication failure. [mail:2026-11-23 05:58:39]", "login cannot be checked now", "says nothing about the credentials", ""},
		{"AUTH", "451 4.7.0 Temporary server error. Please try again later. PRX4", "front end cannot proxy the session", "Neither the password nor the message", "Microsoft Exchange, Microsoft 365"},
		{"AUTH", "451 4.3.0 Try again later", "login cannot be checked now", "nothing about the credentials", ""},
		{"AUTH", "450 4.7.1 Error: too many AUTH commands from 192.0.2.1", "the server's rate limit is reached", "logins", "Postfix"},
		{"AUTH", "450 4.7.1 try again later", "login deferred", "says nothing about the credentials", ""},
		{"AUTH", "421 4.7.0 closing", "closing instead of finishing the login", "nothing about this password", ""},
		{"AUTH", "421 4.7.0 Too many failed login attempts", "too many logins, wait", "old password", ""},
		{"AUTH", "454 4.7.0 Too many login attempts, please try again later. x - gsmtp", "too many logins, wait", "several messages over one connection", "Gmail"},
		{"AUTH", "535 5.7.0 (#AUTH005) Too many bad auth attempts.", "too many logins, wait", "not even with the right password", ""},
		{"AUTH", "432 4.7.12 A password transition is needed", "password must be converted", "log in once with PLAIN", ""},
		{"AUTH", "432 4.3.2 Concurrent connections limit exceeded", "too many connections for this mailbox", "fewer connections", "Microsoft 365, Microsoft Exchange"},
		{"AUTH", "454 4.7.0 later", "login cannot be checked now", "entering it again does not help", ""},
		{"AUTH", "500 5.5.6 Authentication exchange line is too long", "AUTH line too long", "smaller token", ""},
		{"AUTH", "500 5.5.1 Command unrecognized", "AUTH not known", "EHLO reply", ""},
		{"AUTH", "501 5.5.2 Cannot decode base64", "", "base64", ""},
		{"AUTH", "501 5.7.0 Authentication aborted", "the server considers AUTH canceled", "one line of base64", ""},
		{"*", "501 5.7.0 authentication canceled", "AUTH was canceled", "the client may send AUTH again", ""},
		{"*", "501 no", "AUTH was canceled", "the client may send AUTH again", ""},
		{"*", "535 5.7.8 Authentication failed", "username or password rejected", "check the username", ""},
		{"AUTH", "502 5.5.1 Command not implemented", "", "587 or 465", ""},
		{"AUTH", "503 5.5.1 Bad sequence of commands", "", "before MAIL", ""},
		{"AUTH", "503 5.5.1 Error: already authenticated", "already logged in", "continue with MAIL", ""},
		{"AUTH", "504 5.7.4 Unrecognized authentication type", "mechanism not available", "connector", "Microsoft Exchange, Microsoft 365"},
		{"AUTH", "504 5.7.4 Unrecognised", "mechanism not available", "AUTH line of the EHLO reply", ""},
		{"AUTH", "504 5.5.4 Unsupported authentication mechanism", "mechanism not available", "AUTH line of the EHLO reply", ""},
		{"AUTH", "530 5.7.57 Client not authenticated to send mail", "the login does not allow sending", "SMTP AUTH is turned off", "Microsoft 365, Microsoft Exchange"},
		{"MAIL", "530 5.7.57 Client not authenticated to send mail", "MAIL before AUTH, or AUTH is off", "sent MAIL without a login", "Microsoft 365, Microsoft Exchange"},
		{"AUTH", "530 5.7.0 Authentication required", "something is required before AUTH", "EHLO again", ""},
		{"MAIL", "530 5.7.0 Authentication required", "log in first", "send AUTH before MAIL", ""},
		{"AUTH", "550 relay not permitted", "login not allowed in this way", "587 or 465", ""},
		{"RCPT", "550 relay not permitted", "relaying is not allowed", "local domains", "Exim"},
		{"AUTH", "550 5.1.1 user unknown", "", "the login itself", ""},
		{"AUTH", "554 5.7.1 Access denied", "", "login", ""},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [x]", "login by password is disabled", "authentication policy", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled", "SMTP AUTH is off for the tenant", "for everyone", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", "SMTP AUTH is off for this mailbox", "this mailbox", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.", "security defaults block this login", "For all users", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "username or password rejected", "sign-in name", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.", "a sign-in policy blocks this login", "conditional access", "Microsoft 365"},
		{"AUTH", "535 5.7.139 Authentication unsuccessful", "Microsoft 365 rejects the login", "sign-in log", "Microsoft 365"},
	} {
		context := contextOf("", c.verb, c.line)
		context.TLS, context.Proof = true, "password"
		x := Reply(context)
		if all := strings.Join([]string{x.Text, x.Cause, Remedies(x.Remedy, x.Operator)}, " "); !strings.Contains(x.Short, c.short) || !strings.Contains(all, c.says) || x.Vendor != c.vendor {
			t.Errorf("%s: %s\n short  %q, want %q\n says   %q, want %q\n vendor %q, want %q", c.verb, c.line, x.Short, c.short, all, c.says, x.Vendor, c.vendor)
		}
	}
}

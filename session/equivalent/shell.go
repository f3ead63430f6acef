package equivalent

import (
	"cmp"
	"encoding/base64"
	"strings"

	"ehlo/session/record"
)

// Tools that are run in a shell, and those in whose dialogue a person types.
var tools = []Tool{
	{"telnet", "telnet: type the dialogue", byTelnet},
	{"nc", "nc (netcat): type the dialogue", byNetcat},
	{"openssl", "openssl s_client: type the dialogue inside TLS", byOpenSSL},
	{"swaks", "swaks", bySwaks},
	{"curl", "curl", byCurl},
	{"msmtp", "msmtp", byMsmtp},
	{"postfix", "Postfix: the settings of a relay host", byPostfix},
	{"python", "Python: smtplib", byPython},
	{"php", "PHP: PHPMailer", byPHP},
	{"node", "Node.js: Nodemailer", byNode},
	{"go", "Go: net/smtp", byGo},
	{"java", "Java: Jakarta Mail", byJava},
	{"dotnet", ".NET: MailKit", byDotNet},
	{"settings", "mail clients: what to choose in their settings", bySettings},
}

func byTelnet(t *Text, s Session) {
	s.inCleartext(t, "telnet", command(append(append([]string{"telnet"}, s.beyond("telnet")...), cmp.Or(s.Address, s.Host), s.port())...))
}

func byNetcat(t *Text, s Session) {
	s.inCleartext(t, "nc", command(append(append([]string{"nc", "-C"}, s.beyond("nc")...), cmp.Or(s.Address, s.Host), s.port())...))
	if !t.Cannot() {
		t.note("-C ends each line with CRLF, as SMTP requires. Ncat has the same option; nc.traditional has none.")
	}
}

// inCleartext is a dialogue that is typed without TLS. Where TLS begins it cannot go on.
func (s Session) inCleartext(t *Text, name, connect string) {
	switch {
	case s.implicit():
		t.note("A TLS handshake cannot be typed, and on this port it comes before the first line: use openssl.")
		return
	case s.encrypts():
		t.add(connect)
		s.hello(t)
		t.add("STARTTLS")
		t.note("After STARTTLS and its 220 the TLS handshake follows, which cannot be typed: " + name + " ends here, and openssl continues.")
		return
	}
	t.add(connect)
	s.typed(t, "")
}

func byOpenSSL(t *Text, s Session) {
	if s.Start == record.StartNever {
		t.note("openssl s_client always starts TLS, and this session has none: use nc or telnet.")
		return
	}
	words := append([]string{"openssl", "s_client"}, s.openSSLConnects()...)
	if !s.implicit() {
		words = append(words, "-starttls", s.protocol())
		if s.EHLOName != "" {
			words = append(words, "-name", s.EHLOName)
		}
	}
	words = append(append(words, s.openSSLVerifies()...), s.beyond("openssl")...)
	t.add(command(append(words, "-crlf", "-quiet")...))
	s.typed(t, "inside TLS")
	t.note("-quiet also turns off the commands of s_client itself, such as R and Q at the beginning of a line.")
	if s.Optional {
		t.note("s_client stops if STARTTLS is not offered; this session would have continued in cleartext.")
	}
}

func (s Session) protocol() string {
	if s.LMTP {
		return "lmtp"
	}
	return "smtp"
}

// openSSLConnects says where to: to a socket of the system, or to a port.
func (s Session) openSSLConnects() []string {
	if path := s.through(unixSocket); path != "" {
		return []string{"-unix", path}
	}
	return []string{"-connect", s.server()}
}

// asked is the name in SNI, which has no addresses (RFC 6066 §3).
func (s Session) asked() string {
	if name := cmp.Or(s.SNI, s.Name); !isAddress(name) {
		return name
	}
	return ""
}

func (s Session) openSSLVerifies() (words []string) {
	if name := s.asked(); name != "" {
		words = append(words, "-servername", name)
	}
	if s.Unverified {
		return words
	}
	if words = append(words, "-verify_return_error", "-verify_hostname", s.Name); isAddress(s.Name) {
		words[len(words)-2] = "-verify_ip"
	}
	if s.Roots != "" {
		words = append(words, "-CAfile", s.Roots)
	}
	return words
}

// typed are the lines of the client, after the connection and TLS.
func (s Session) typed(t *Text, where string) {
	if s.reaches(record.PhaseEHLO) || where != "" {
		s.hello(t)
	}
	if s.logsIn() {
		s.typedLogin(t, where)
	}
	if len(s.To) > 0 && s.reaches(record.PhaseMail) {
		t.add("MAIL FROM:<" + s.sender() + ">")
	}
	if s.reaches(record.PhaseRcpt) {
		for _, to := range s.To {
			t.add("RCPT TO:<" + to + ">")
		}
	}
	if s.mails() {
		t.add("DATA", "Subject: test", "", "test", ".")
	}
	t.add("QUIT")
	t.note("Type one line after each reply from the server. After DATA and the 354 reply, type all lines up to the dot.")
}

// hello greets; where the session takes the name of the machine, a name stands for it.
func (s Session) hello(t *Text) {
	if s.EHLOName == "" {
		s.EHLOName = "client.example.org"
		t.note("Replace client.example.org with the full name of this machine.")
	}
	t.add(s.greeting() + " " + s.EHLOName)
}

// greeting is the command that a client begins with.
func (s Session) greeting() string {
	switch {
	case s.LMTP:
		return "LHLO"
	case s.HELO:
		return "HELO"
	}
	return "EHLO"
}

// typedLogin is what can be typed of a login: what has to be computed from a challenge cannot.
func (s Session) typedLogin(t *Text, where string) {
	switch m := strings.ToUpper(s.mechanism("PLAIN")); m {
	case "PLAIN":
		t.add("AUTH PLAIN", "(paste the base64)")
		t.note(`Make the base64 in another terminal: read -rs PASSWORD; printf ` + s.plain() + ` "$PASSWORD" | base64 -w0`)
	case "LOGIN":
		t.add("AUTH LOGIN", "(paste the base64 of the username)", "(paste the base64 of the password)")
		if s.ActAs != "" {
			t.note("LOGIN has no identity to act as.")
		}
		t.note(`Make the base64 in another terminal: printf %s ` + shell(s.User) + ` | base64 -w0, and: read -rs PASSWORD; printf %s "$PASSWORD" | base64 -w0`)
	case "EXTERNAL":
		t.add("AUTH EXTERNAL " + cmp.Or(base64.StdEncoding.EncodeToString([]byte(s.ActAs)), "="))
		t.note("Give the client certificate with -cert and -key.")
	default:
		t.note("The AUTH " + m + " responses are computed from what the server sends, or contain a token. The login is left out because it is impractical to type.")
	}
	if where == "" {
		t.note("In cleartext the password can be read by anyone on the path; base64 hides nothing.")
	}
}

// plain are the words of printf for the message of PLAIN, up to the username: the identity to act as stands before the first NUL (RFC 4616 §2).
func (s Session) plain() string {
	if s.ActAs == "" {
		return `'\0%s\0%s' ` + shell(s.User)
	}
	return `'%s\0%s\0%s' ` + shell(s.ActAs) + " " + shell(s.User)
}

func bySwaks(t *Text, s Session) {
	words := append([]string{"swaks"}, s.swaksConnects()...)
	if s.LMTP {
		words = append(words, "--protocol", "LMTP")
	}
	words = append(words, s.swaksTLS()...)
	if s.EHLOName != "" {
		words = append(words, "--ehlo", s.EHLOName)
	}
	if s.logsIn() {
		words = append(words, "--auth", s.mechanism("ANY"), "--auth-user", s.User)
		t.note("swaks asks for the password.")
	}
	if len(s.To) > 0 {
		words = append(words, "--from", cmp.Or(s.From, "<>"), "--to", strings.Join(s.To, ","))
	}
	words = append(words, s.beyond("swaks")...)
	if last := s.swaksLast(); last != "" {
		words = append(words, "--quit-after", last)
	}
	t.add(command(words...))
	if s.encrypts() && !s.Unverified {
		t.note("swaks releases before 2024 check the certificate chain, but not the name in the certificate.")
	}
}

// swaksConnects says where to: to a port, or in one of the other ways that swaks has.
func (s Session) swaksConnects() []string {
	if path := s.through(unixSocket); path != "" {
		return []string{"--socket", path}
	}
	if line := s.through(someCommand); line != "" {
		return []string{"--pipe", line}
	}
	return []string{"--server", cmp.Or(s.Address, s.Host), "--port", s.port()}
}

func (s Session) swaksTLS() (words []string) {
	switch {
	case !s.encrypts():
		return nil
	case s.implicit():
		words = append(words, "--tls-on-connect")
	case s.Optional:
		words = append(words, "--tls-optional")
	default:
		words = append(words, "--tls")
	}
	if !s.Unverified {
		words = append(words, "--tls-verify")
	}
	if s.Roots != "" && !s.Unverified {
		words = append(words, "--tls-ca-path", s.Roots)
	}
	if name := s.asked(); name != "" {
		words = append(words, "--tls-sni", name)
	}
	return words
}

// swaksLast is the last step where swaks would go on to a message.
func (s Session) swaksLast() string {
	switch {
	case s.mails():
		return ""
	case len(s.To) > 0 && s.reaches(record.PhaseRcpt):
		return "RCPT"
	case len(s.To) > 0 && s.reaches(record.PhaseMail):
		return "MAIL"
	case s.logsIn():
		return "AUTH"
	case s.encrypts():
		return "EHLO"
	case s.reaches(record.PhaseEHLO):
		return "EHLO"
	}
	return "BANNER"
}

func byCurl(t *Text, s Session) {
	scheme := "smtp://"
	if s.implicit() {
		scheme = "smtps://"
	}
	words := append([]string{"curl", "--verbose"}, s.curlTLS()...)
	words = append(append(words, s.curlWay()...), s.beyond("curl")...)
	if s.logsIn() {
		words = append(words, "--user", s.User)
		if s.Mechanism != "" {
			words = append(words, "--login-options", "AUTH="+s.Mechanism)
		}
		t.note("curl asks for the password.")
	}
	url := scheme + bracketed(s.Name) + ":" + s.port()
	if s.EHLOName != "" {
		url += "/" + s.EHLOName
	}
	t.add(command(append(append(words, s.curlMail()...), url)...))
	if s.mails() {
		t.note("curl sends the file as it is: it has to have header fields, and its lines end with CRLF (--crlf makes them).")
	} else {
		t.note("Without a message curl sends the command of --request instead of MAIL, RCPT and DATA.")
	}
}

func (s Session) curlTLS() (words []string) {
	switch {
	case !s.encrypts():
		return nil
	case !s.implicit() && s.Optional:
		words = append(words, "--ssl")
	case !s.implicit():
		words = append(words, "--ssl-reqd")
	}
	switch {
	case s.Unverified:
		words = append(words, "--insecure")
	case s.Roots != "":
		words = append(words, "--cacert", s.Roots)
	}
	return words
}

// curlWay leads to another host than that of the name that is verified.
func (s Session) curlWay() []string {
	if to := cmp.Or(s.Address, s.Host); to != s.Name {
		return []string{"--connect-to", bracketed(s.Name) + ":" + s.port() + ":" + bracketed(to) + ":" + s.port()}
	}
	return nil
}

func (s Session) curlMail() (words []string) {
	if !s.mails() {
		return []string{"--request", "NOOP"}
	}
	words = append(words, "--mail-from", s.sender())
	for _, to := range s.To {
		words = append(words, "--mail-rcpt", to)
	}
	return append(words, "--upload-file", s.message())
}

func byMsmtp(t *Text, s Session) {
	if s.Optional && s.encrypts() {
		t.note("msmtp either uses TLS or does not. This command uses it, and fails if STARTTLS is not offered.")
	}
	words := []string{"msmtp", "--file=/dev/null", "--debug", "--host=" + cmp.Or(s.Address, s.Host), "--port=" + s.port()}
	if s.LMTP {
		words = append(words, "--protocol=lmtp")
	}
	if s.EHLOName != "" {
		words = append(words, "--domain="+s.EHLOName)
	}
	words = append(words, s.msmtpTLS()...)
	if !s.mails() {
		t.add(command(append(words, "--serverinfo")...))
		t.note("Without a message msmtp only shows the server's extensions.")
		return
	}
	if s.logsIn() {
		words = append(words, "--auth="+cmp.Or(strings.ToLower(s.Mechanism), "on"), "--user="+s.User)
		t.note("msmtp asks for the password.")
	}
	words = append(append(words, s.beyond("msmtp")...), "--from="+s.sender())
	t.add(command(append(append(words, "--"), s.To...)...) + " < " + shell(s.message()))
}

// message is the file of the message, or a name that stands for it.
func (s Session) message() string { return cmp.Or(s.Message, "message.eml") }

func (s Session) msmtpTLS() []string {
	if !s.encrypts() {
		return []string{"--tls=off"}
	}
	words := []string{"--tls=on", "--tls-starttls=on"}
	if s.implicit() {
		words[1] = "--tls-starttls=off"
	}
	if s.Name != cmp.Or(s.Address, s.Host) {
		words = append(words, "--tls-host-override="+s.Name)
	}
	switch {
	case s.Unverified:
		words = append(words, "--tls-certcheck=off")
	case s.Roots != "":
		words = append(words, "--tls-trust-file="+s.Roots)
	}
	return words
}

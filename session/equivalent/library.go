package equivalent

import (
	"cmp"
	"strings"
)

func byPython(t *Text, s Session) {
	t.add("import getpass, smtplib, ssl", "")
	s.pythonTLS(t)
	open := "smtplib.SMTP(" + literal(s.connectsTo()) + ", " + s.port() + s.pythonName() + ", timeout=30)"
	if s.implicit() {
		open = "smtplib.SMTP_SSL(" + literal(s.connectsTo()) + ", " + s.port() + s.pythonName() + ", timeout=30, context=context)"
	}
	t.add("with "+open+" as server:", "    server.set_debuglevel(1)", "    server.ehlo()")
	switch {
	case !s.encrypts() || s.implicit():
	case s.Optional:
		t.add(`    if server.has_extn("starttls"):`, "        server.starttls(context=context)")
	default:
		t.add("    server.starttls(context=context)")
	}
	if s.logsIn() {
		t.add("    server.login(" + literal(s.User) + ", getpass.getpass())")
		t.note("smtplib tries those of CRAM-MD5, PLAIN and LOGIN that the server offers, in this order.")
		s.choosesItself(t, "smtplib")
	}
	if s.mails() {
		t.add("    server.sendmail("+literal(s.sender())+", ["+list(s.To, literal)+"],", `        "Subject: test\r\n\r\ntest\r\n")`)
	}
	s.onlyNameOf(t, "smtplib")
}

func (s Session) pythonName() string {
	if s.EHLOName == "" {
		return ""
	}
	return ", local_hostname=" + literal(s.EHLOName)
}

func (s Session) pythonTLS(t *Text) {
	if !s.encrypts() {
		return
	}
	roots := ""
	if s.Roots != "" && !s.Unverified {
		roots = "cafile=" + literal(s.Roots)
	}
	if t.add("context = ssl.create_default_context(" + roots + ")"); s.Unverified {
		t.add("context.check_hostname = False", "context.verify_mode = ssl.CERT_NONE")
	}
}

// choosesItself notes that a library takes no mechanism by its name.
func (s Session) choosesItself(t *Text, library string) {
	if s.Mechanism != "" {
		t.note(library + " chooses the mechanism itself; this session uses " + s.Mechanism + ".")
	}
}

// connectsTo is where a library goes that verifies the same name.
func (s Session) connectsTo() string {
	if s.encrypts() {
		return s.Name
	}
	return cmp.Or(s.Address, s.Host)
}

// onlyNameOf notes that a library has no second name for verification.
func (s Session) onlyNameOf(t *Text, library string) {
	if to := cmp.Or(s.Address, s.Host); s.encrypts() && to != s.Name {
		t.note(library + " connects to the name that it verifies: the session went to " + to + ".")
	}
}

func byPHP(t *Text, s Session) {
	if s.mails() && s.sender() == "" {
		t.note("PHPMailer cannot send a message with the null sender: give a sender address.")
		return
	}
	t.add("<?php", "require 'vendor/autoload.php';", "$mail = new PHPMailer\\PHPMailer\\PHPMailer(true);", "$mail->isSMTP();", "$mail->SMTPDebug = 2;",
		"$mail->Host = "+php(bracketed(cmp.Or(s.Address, s.Host)))+"; $mail->Port = "+s.port()+";")
	if s.EHLOName != "" {
		t.add("$mail->Helo = " + php(s.EHLOName) + ";")
	}
	s.phpTLS(t)
	if s.logsIn() {
		t.add("$mail->SMTPAuth = true; $mail->Username = "+php(s.User)+";", "$mail->Password = getenv('MAIL_PASSWORD');")
		t.note("The password is read from the environment: read -rs MAIL_PASSWORD; export MAIL_PASSWORD")
		if s.Mechanism != "" {
			t.add("$mail->AuthType = " + php(s.Mechanism) + ";")
		}
	}
	if !s.mails() {
		t.add("$mail->smtpConnect();", "$mail->smtpClose();")
		return
	}
	t.add("$mail->setFrom(" + php(s.sender()) + ");")
	for _, to := range s.To {
		t.add("$mail->addAddress(" + php(to) + ");")
	}
	t.add("$mail->Subject = 'test'; $mail->Body = 'test';", "$mail->send();")
}

func (s Session) phpTLS(t *Text) {
	switch {
	case !s.encrypts():
		t.add("$mail->SMTPAutoTLS = false;")
		return
	case s.implicit():
		t.add("$mail->SMTPSecure = 'ssl'; // TLS from the first byte")
	case s.Optional:
		t.add("$mail->SMTPAutoTLS = true; // STARTTLS where it is offered")
	default:
		t.add("$mail->SMTPSecure = 'tls'; // STARTTLS, or an error")
	}
	var options []string
	if s.Name != cmp.Or(s.Address, s.Host) {
		options = append(options, "'peer_name' => "+php(s.Name))
	}
	switch {
	case s.Unverified:
		options = append(options, "'verify_peer' => false", "'verify_peer_name' => false", "'allow_self_signed' => true")
	case s.Roots != "":
		options = append(options, "'cafile' => "+php(s.Roots))
	}
	if len(options) > 0 {
		t.add("$mail->SMTPOptions = ['ssl' => [" + strings.Join(options, ", ") + "]];")
	}
}

func byNode(t *Text, s Session) {
	t.add(`const nodemailer = require("nodemailer");`, "const transport = nodemailer.createTransport({", "  host: "+literal(cmp.Or(s.Address, s.Host))+", port: "+s.port()+",")
	switch {
	case !s.encrypts():
		t.add("  secure: false, ignoreTLS: true,")
	case s.implicit():
		t.add("  secure: true, // TLS from the first byte")
	case s.Optional:
		t.add("  secure: false, // STARTTLS where it is offered")
	default:
		t.add("  secure: false, requireTLS: true, // STARTTLS, or an error")
	}
	if options := s.nodeTLS(); len(options) > 0 {
		t.add("  tls: { " + strings.Join(options, ", ") + " },")
	}
	if s.EHLOName != "" {
		t.add("  name: " + literal(s.EHLOName) + ",")
	}
	if s.logsIn() {
		t.add("  auth: { user: " + literal(s.User) + ", pass: process.env.MAIL_PASSWORD },")
		t.note("The password is read from the environment: read -rs MAIL_PASSWORD; export MAIL_PASSWORD")
		if s.Mechanism != "" {
			t.add("  authMethod: " + literal(s.Mechanism) + ",")
		}
	}
	if t.add("  logger: true, debug: true,", "});"); !s.mails() {
		t.add("transport.verify().finally(() => transport.close());")
		return
	}
	t.add(`transport.sendMail({ from: ` + literal(s.sender()) + `, to: [` + list(s.To, literal) + `], subject: "test", text: "test" });`)
}

func (s Session) nodeTLS() (options []string) {
	if !s.encrypts() {
		return nil
	}
	if s.Name != cmp.Or(s.Address, s.Host) {
		options = append(options, "servername: "+literal(s.Name))
	}
	switch {
	case s.Unverified:
		options = append(options, "rejectUnauthorized: false")
	case s.Roots != "":
		options = append(options, `ca: require("fs").readFileSync(`+literal(s.Roots)+`)`)
	}
	return options
}

func byGo(t *Text, s Session) {
	dial := "smtp.Dial(" + literal(s.server()) + ")"
	if s.implicit() {
		t.add("conn, err := tls.Dial(\"tcp\", "+literal(s.server())+", "+s.goConfig()+")", goFails, "client, err := smtp.NewClient(conn, "+literal(s.Name)+")", goFails)
	} else {
		t.add("client, err := "+dial, goFails)
	}
	if s.EHLOName != "" {
		t.add("err = client.Hello(" + literal(s.EHLOName) + ")")
	}
	switch {
	case s.implicit() || !s.encrypts():
	case s.Optional:
		t.add(`if ok, _ := client.Extension("STARTTLS"); ok {`, "	err = client.StartTLS("+s.goConfig()+")", "}")
	default:
		t.add("err = client.StartTLS(" + s.goConfig() + ")")
	}
	if s.logsIn() {
		s.goLogin(t)
	}
	if s.mails() {
		t.add("err = client.Mail(" + literal(s.sender()) + ")")
		for _, to := range s.To {
			t.add("err = client.Rcpt(" + literal(to) + ")")
		}
		t.add("message, err := client.Data()", goFails, `_, err = io.WriteString(message, "Subject: test\r\n\r\ntest\r\n")`, "err = message.Close()")
	}
	t.add("err = client.Quit()")
	t.note("Check every err before the next line.")
	if s.Roots != "" && s.encrypts() && !s.Unverified {
		t.note("roots is an x509.CertPool with the certificates of that file.")
	}
}

// goLogin names the host as net/smtp knows it: PlainAuth refuses another one.
func (s Session) goLogin(t *Text) {
	host := cmp.Or(s.Address, s.Host)
	if s.implicit() {
		host = s.Name
	}
	t.note("The password is read from the environment: read -rs MAIL_PASSWORD; export MAIL_PASSWORD")
	if strings.EqualFold(s.Mechanism, "CRAM-MD5") {
		t.add("err = client.Auth(smtp.CRAMMD5Auth(" + literal(s.User) + `, os.Getenv("MAIL_PASSWORD")))`)
		return
	}
	t.add(`err = client.Auth(smtp.PlainAuth("", ` + literal(s.User) + `, os.Getenv("MAIL_PASSWORD"), ` + literal(host) + `))`)
	t.note("net/smtp has PLAIN and CRAM-MD5; PlainAuth refuses to send a password in cleartext, except to localhost.")
}

const goFails = "if err != nil { log.Fatal(err) }"

func (s Session) goConfig() string {
	config := "&tls.Config{ServerName: " + literal(s.Name)
	switch {
	case s.Unverified:
		config += ", InsecureSkipVerify: true"
	case s.Roots != "":
		config += ", RootCAs: roots"
	}
	return config + "}"
}

func byJava(t *Text, s Session) {
	protocol := "smtp"
	if s.implicit() {
		protocol = "smtps"
	}
	set := func(name, value string) {
		t.add(`properties.put("mail.` + protocol + "." + name + `", ` + literal(value) + ");")
	}
	t.add("Properties properties = new Properties();")
	set("host", cmp.Or(s.Address, s.Host))
	set("port", s.port())
	if s.EHLOName != "" {
		set("localhost", s.EHLOName)
	}
	s.javaTLS(set, t)
	if s.logsIn() {
		if set("auth", "true"); s.Mechanism != "" {
			set("auth.mechanisms", s.Mechanism)
		}
	}
	if s.mails() {
		set("from", cmp.Or(s.sender(), "<>"))
	}
	t.add("Session session = Session.getInstance(properties);", "session.setDebug(true);", `try (Transport transport = session.getTransport("`+protocol+`")) {`)
	s.javaWalk(t)
	t.add("}")
}

func (s Session) javaTLS(set func(name, value string), t *Text) {
	switch {
	case !s.encrypts():
		return
	case !s.implicit():
		if set("starttls.enable", "true"); !s.Optional {
			set("starttls.required", "true")
		}
	}
	switch {
	case s.Unverified:
		set("ssl.trust", "*")
		set("ssl.checkserveridentity", "false")
	default:
		if set("ssl.checkserveridentity", "true"); s.Roots != "" {
			t.note("Java trusts the roots of its own store: import the CA with keytool, and name the store with -Djavax.net.ssl.trustStore.")
		}
	}
	s.onlyNameOf(t, "Jakarta Mail")
}

func (s Session) javaWalk(t *Text) {
	if !s.logsIn() {
		t.add("    transport.connect();")
	} else {
		t.add("    transport.connect(" + literal(s.User) + `, new String(System.console().readPassword("password: ")));`)
	}
	if !s.mails() {
		return
	}
	t.add("    MimeMessage message = new MimeMessage(session);")
	if s.sender() != "" {
		t.add("    message.setFrom(" + literal(s.sender()) + ");")
	}
	t.add(`    message.setSubject("test");`, `    message.setText("test");`,
		"    transport.sendMessage(message, InternetAddress.parse("+literal(strings.Join(s.To, ","))+"));")
}

func byDotNet(t *Text, s Session) {
	if s.mails() && s.sender() == "" {
		t.note("The MailKit lines take the sender from the message, which cannot have a null sender: give a sender address.")
		return
	}
	options := "StartTls"
	switch {
	case !s.encrypts():
		options = "None"
	case s.implicit():
		options = "SslOnConnect"
	case s.Optional:
		options = "StartTlsWhenAvailable"
	}
	t.add(`using var client = new MailKit.Net.Smtp.SmtpClient(new MailKit.ProtocolLogger("smtp.log"));`)
	if s.EHLOName != "" {
		t.add("client.LocalDomain = " + literal(s.EHLOName) + ";")
	}
	if s.encrypts() && s.Unverified {
		t.add("client.ServerCertificateValidationCallback = (sender, certificate, chain, errors) => true;")
	}
	if s.encrypts() && s.Roots != "" && !s.Unverified {
		t.note(".NET trusts the roots of the system: add the CA to its store.")
	}
	t.add("client.Connect(" + literal(s.connectsTo()) + ", " + s.port() + ", MailKit.Security.SecureSocketOptions." + options + ");")
	s.onlyNameOf(t, "MailKit")
	if s.logsIn() {
		t.add("client.Authenticate(" + literal(s.User) + `, Environment.GetEnvironmentVariable("MAIL_PASSWORD"));`)
		s.choosesItself(t, "MailKit")
		t.note("The password is read from the environment. System.Net.Mail.SmtpClient has no TLS from the first byte; Microsoft recommends MailKit instead.")
	}
	if s.mails() {
		t.add("var message = new MimeKit.MimeMessage { Subject = \"test\", Body = new MimeKit.TextPart(\"plain\") { Text = \"test\" } };",
			"message.From.Add(MimeKit.MailboxAddress.Parse("+literal(s.sender())+"));")
		for _, to := range s.To {
			t.add("message.To.Add(MimeKit.MailboxAddress.Parse(" + literal(to) + "));")
		}
		t.add("client.Send(message);")
	}
	t.add("client.Disconnect(true);")
}

func byPostfix(t *Text, s Session) {
	host := "[" + cmp.Or(s.Address, s.Host) + "]:" + s.port()
	t.add("# main.cf", "relayhost = "+postfix(host))
	if s.EHLOName != "" {
		t.add("smtp_helo_name = " + postfix(s.EHLOName))
	}
	if s.HELO {
		t.add("smtp_never_send_ehlo = yes")
	}
	if s.family() != "" {
		t.add("inet_protocols = ipv" + s.family())
	}
	switch {
	case !s.encrypts():
		t.add("smtp_tls_security_level = none")
	case s.Optional:
		t.add("smtp_tls_security_level = may")
	case s.Unverified:
		t.add("smtp_tls_security_level = encrypt")
	default:
		t.add("smtp_tls_security_level = secure", "smtp_tls_secure_cert_match = "+postfix(s.Name))
	}
	if s.encrypts() && s.implicit() {
		t.add("smtp_tls_wrappermode = yes")
	}
	if s.encrypts() && s.SNI != "" {
		t.add("smtp_tls_servername = " + postfix(s.SNI))
	}
	if s.encrypts() && !s.Unverified && !s.Optional {
		if s.Roots != "" && !strings.HasPrefix(s.Roots, "/") {
			t.note("Give the absolute path of " + s.Roots + ": Postfix looks up a relative path in its queue directory.")
		}
		t.add("smtp_tls_CAfile = " + postfix(cmp.Or(s.Roots, "/etc/ssl/certs/ca-certificates.crt")))
	}
	if s.logsIn() {
		s.postfixLogin(t, host)
	}
	if s.Optional && s.encrypts() {
		t.note("With may, Postfix encrypts if the server offers STARTTLS, and verifies nothing (opportunistic TLS, RFC 7435).")
	}
}

func (s Session) postfixLogin(t *Text, host string) {
	t.add("smtp_sasl_auth_enable = yes", "smtp_sasl_security_options = noanonymous", "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd")
	if s.Mechanism != "" {
		t.add("smtp_sasl_mechanism_filter = " + postfix(strings.ToLower(s.Mechanism)))
	}
	t.add("# /etc/postfix/sasl_passwd, readable only by root; then: postmap /etc/postfix/sasl_passwd", host+" "+s.User+":PASSWORD")
	t.note("Replace PASSWORD with the password.")
	if !s.encrypts() {
		t.note("Without TLS the password can be read by anyone on the path.")
	}
}

package lab

import "crypto/tls"

func tlsScenarios() []Scenario {
	return []Scenario{
		{
			Name: "stripped", Title: "STARTTLS stripped on the path",
			Story:   "The server offers STARTTLS. An attacker on the path removes that line from the EHLO reply, answers STARTTLS in the server's place, and waits for Ann's password. This connection alone does not reveal the attack: a server without TLS looks the same.",
			Task:    "Compare the EHLO reply with the one in the scenario submission, find the line that this client did not see, and decide whether to continue without it.",
			Finding: "starttls-missing",
			Knobs: Knobs{ClearAuth: true, Wire: []rule{
				{On: "EHLO", Do: strip, Text: "STARTTLS"},
				{On: "STARTTLS", Do: block, Text: "502 5.5.1 STARTTLS not implemented\r\n"},
			}},
		},
		{
			Name: "garbled", Title: "STARTTLS overwritten by a firewall",
			Story:   "A firewall that inspects SMTP overwrites commands and keywords that it does not allow, and keeps their length.",
			Task:    "Find the unusual keyword, count its letters, and say what happened to STARTTLS.",
			Finding: "starttls-stripped-garbled",
			Knobs: Knobs{ClearAuth: true, Wire: []rule{
				{On: "EHLO", Do: garble, Text: "STARTTLS"},
				{On: "STARTTLS", Do: block, Text: "500 5.5.2 command not recognized\r\n"},
			}},
		},
		{
			Name: "injected", Title: "cleartext injected after the 220",
			Story:   "An attacker on the path adds lines to the server's reply to STARTTLS. A vulnerable client reads them after the handshake and treats them as replies received inside TLS.",
			Task:    "Find the bytes that arrived in cleartext after the 220, and say why the client must end the session.",
			Finding: "starttls-injection",
			Knobs: Knobs{Wire: []rule{
				{On: "STARTTLS", Do: inject, Text: "250-mail.lab\r\n250 AUTH PLAIN LOGIN\r\n"},
			}},
		},
		{
			Name: "starttls-refused", Reply: "454 4.7.0", Title: "STARTTLS offered and refused",
			Story:   "Since the last update of the server no mail client can submit. Its EHLO reply is the same as before.",
			Task:    "Find the reason in the reply to STARTTLS, and say who can correct it.",
			Finding: "starttls-refused",
			Knobs:   Knobs{Answers: []answer{{To: "STARTTLS", Reply: "454 4.7.0 TLS not available due to a local problem"}}},
		},
		{
			Name: "no-tls", Title: "a server without STARTTLS",
			Story:   "An old server offers AUTH in cleartext on port 587 and does not support STARTTLS there. Its TLS on port 465 works.",
			Task:    "Find out what an eavesdropper could read if the client logged in here, then send the message over a port that offers TLS.",
			Finding: "starttls-missing",
			Knobs:   Knobs{NoTLS: true},
		},
		{
			Name: "clear-auth", Title: "AUTH offered before TLS",
			Story:   "The server offers STARTTLS, and AUTH PLAIN already before it. A careless client could send the password in cleartext.",
			Task:    "Decide whether STARTTLS or AUTH comes first, and give the reason.",
			Finding: "auth-before-tls",
			Knobs:   Knobs{ClearAuth: true},
		},
		{
			Name: "old-tls", Title: "a server with TLS 1.1 at most",
			Story:   "The server was installed long ago, and nobody has updated it since. New mail clients cannot start TLS with it.",
			Task:    "Find the alert that ends the handshake, and say why the handshake failed.",
			Finding: "tls-no-common-version",
			Knobs:   Knobs{TLSMin: tls.VersionTLS10, TLSMax: tls.VersionTLS11},
		},
		{
			Name: "large-hello", Title: "a ClientHello that is too large for the path",
			Story:   "Since the last update of her mail client Ann cannot send from the office. At home the same client sends without trouble.",
			Task:    "Find the size of the ClientHello and the extension that makes it so large, then try again with a smaller one.",
			Finding: "tls-reset",
			Knobs:   Knobs{Wire: []rule{{On: "ClientHello", Do: reset, Bytes: 1400}}},
		},
		{
			Name: "tls-1.2", Title: "a handshake in TLS 1.2",
			Story: "The server supports TLS 1.2 at most, so the older handshake is used. It is secure, and takes one round trip more.",
			Task:  "Find the certificate, which is in cleartext here and encrypted in TLS 1.3.",
			Knobs: Knobs{TLSMin: tls.VersionTLS12, TLSMax: tls.VersionTLS12},
		},
		{
			Name: "resumption", Title: "the second handshake is shorter",
			Story: "The server issues session tickets. A client that connects again with a ticket resumes the session with its old secret, and the server sends no certificate.",
			Task:  "Connect twice: send QUIT, connect again in the same session, and find which messages the second handshake omits.",
		},
		{
			Name: "client-certificate", Title: "a server that requests a client certificate",
			Story: "The server sends a CertificateRequest. A client that has a certificate may log in with it, by AUTH EXTERNAL.",
			Task:  "Find the CertificateRequest, and the answer of a client without a certificate.",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "client-certificate-required", Title: "a server that requires a client certificate",
			Story:   "The server refuses every client without a certificate. In TLS 1.3 the client completes its handshake before the server has checked the certificate, so the refusal arrives afterwards, when the client expects a reply.",
			Task:    "Find the alert and the step at which it arrives, then connect with the client certificate that the practice server has issued.",
			Finding: "tls-certificate-required",
			Knobs:   Knobs{ClientCert: tls.RequireAndVerifyClientCert, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "client-certificate-for-servers", ClientCertificate: true, ForServers: true, Title: "a client certificate for the wrong purpose",
			Story:   "Ann's organization gets all its certificates from one public CA, and has got one for her too. The server refuses it.",
			Task:    "Find the alert that refuses Ann's certificate and the extension that says what the certificate is for, then connect with one for clients.",
			Finding: "tls-client-certificate-refused",
			Knobs:   Knobs{ClientCert: tls.RequireAndVerifyClientCert, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "tls-downgrade", Title: "TLS 1.3 hidden on the path",
			Story:   "Client and server both support TLS 1.3. A device on the path changes the ClientHello so that the server does not see the offer of TLS 1.3.",
			Task:    "Find the version that the server chose, and the sign by which the client recognizes the change.",
			Finding: "tls-downgrade",
			Knobs:   Knobs{Wire: []rule{{On: "ClientHello", Do: downgrade}}},
		},
		{
			Name: "tls-policies", Title: "four TLS policies, one server",
			Story:   "Four programs use this server. Two begin with STARTTLS, two with TLS from the first byte; one of each pair requires TLS, and the other continues without it. Since this morning STARTTLS fails here.",
			Task:    "Walk the session as the program that requires STARTTLS, then say which of the four still send inside TLS.",
			Reply:   "454 4.7.0",
			Finding: "starttls-refused",
			Knobs:   Knobs{Answers: []answer{{To: "STARTTLS", Reply: "454 4.7.0 TLS not available due to temporary reason", Clear: true}}},
		},
		{
			Name: "opportunistic", TLS: "opportunistic", Reply: "454 4.7.0", Title: "TLS if possible, cleartext if not",
			Story:  "Two mail servers use TLS whenever it works. Today the receiving server cannot load its certificate, and the mail still arrives.",
			Task:   "Find what crosses the network in cleartext, and the policy under which the message would not have been sent.",
			Target: "smtp://mx.lab",
			Knobs:  Knobs{Answers: []answer{{To: "STARTTLS", Reply: "454 4.7.0 TLS not available due to temporary reason", Clear: true}}},
		},
	}
}

func certificateScenarios() []Scenario {
	return []Scenario{
		{
			Name: "expired", Title: "an expired certificate",
			Story:   "Since this week every mail client reports an error. Nobody has changed anything on the server, and nobody has renewed its certificate.",
			Task:    "Find the day on which the certificate expired, and say who has to renew it.",
			Finding: "cert-expired", Knobs: Knobs{Certificate: expired},
		},
		{
			Name: "not-yet-valid", Title: "a certificate that is not yet valid",
			Story:   "The certificate is new. Since it was installed, every mail client reports an error. Perhaps a clock is wrong.",
			Task:    "Find the day from which the certificate is valid, name the two machines whose clocks matter, and say what is wrong.",
			Finding: "cert-not-yet-valid", Knobs: Knobs{Certificate: notYetValid},
		},
		{
			Name: "wrong-host", Title: "a certificate for another host name",
			Story:   "Mail server and website run on the same machine. Since the administrator renewed the certificates, every mail client reports an error.",
			Task:    "Compare the name that the client used with the names in the certificate, and say what is wrong.",
			Finding: "cert-wrong-host", Knobs: Knobs{Certificate: wrongHost},
		},
		{
			Name: "self-signed", Title: "a self-signed certificate",
			Story:   "The administrator created a certificate in a hurry, without asking anyone.",
			Task:    "Compare issuer and subject, count the certificates that the server sends, and say what is wrong.",
			Finding: "cert-self-signed", Knobs: Knobs{Certificate: selfSigned},
		},
		{
			Name: "missing-intermediate", Title: "an incomplete certificate chain",
			Story:   "The certificate is valid, and browsers show no error. Mail clients refuse it all the same.",
			Task:    "Follow the chain from the server's certificate to the root, and say what is wrong.",
			Finding: "cert-missing-intermediate", Knobs: Knobs{Certificate: missingIntermediate},
		},
		{
			Name: "unknown-issuer", Title: "a root that is not trusted here",
			Story:   "The server's chain ends in a root that is not installed on this computer.",
			Task:    "Follow the chain to its end, and say how you would find out whose CA it is before you trust it.",
			Finding: "cert-unknown-issuer", Knobs: Knobs{Certificate: unknownIssuer},
		},
		{
			Name: "private-ca", Title: "a company's own certificate authority",
			Story:   "The company runs its own certificate authority, and its root certificate is not installed on this computer. The administrator has handed the root over in person.",
			Task:    "Compare the issuer of the chain with the root that was handed over, then trust that root and try again.",
			Finding: "cert-unknown-issuer", Knobs: Knobs{Certificate: privateCA},
		},
		{
			Name: "server-name", Title: "a server addressed by its IP address",
			Story:   "The settings of Ann's mail client name the server by its IP address. The server's certificate is valid, and her client reports an error.",
			Task:    "Compare the name that the client used with the names in the certificate, then connect by the right name.",
			Target:  "submission://127.0.0.1",
			Finding: "cert-wrong-host",
		},
		{
			Name: "weak-key", Title: "a key that is too short",
			Story:   "The certificate was made by a script that nobody has changed for twenty years.",
			Task:    "Find the size of the key, and say what is wrong.",
			Finding: "cert-weak-key", Knobs: Knobs{Certificate: weakKey},
		},
		{
			Name: "weak-signature", Title: "a signature that can be forged",
			Story:   "The key is strong and the dates are right. The CA that issued the certificate has not updated its software for years.",
			Task:    "Find the signature algorithm of the certificate, and say what is wrong.",
			Finding: "cert-weak-signature", Knobs: Knobs{Certificate: weakSignature},
		},
		{
			Name: "wrong-usage", Title: "a certificate that is not for servers",
			Story:   "The certificate is issued by the right CA for the right host, and it has not expired. Mail clients refuse it all the same.",
			Task:    "Find the purposes for which the certificate is valid, and say what is wrong.",
			Finding: "cert-wrong-usage", Knobs: Knobs{Certificate: wrongUsage},
		},
		{
			Name: "revoked", Title: "a revoked certificate",
			Story:   "The server's private key was published two days ago. The server still uses it.",
			Task:    "Find the OCSP response in the handshake, read when and why it was issued, and say what is wrong.",
			Finding: "cert-revoked", Knobs: Knobs{Certificate: revoked},
		},
		{
			Name: "must-staple", Title: "a required OCSP response that is missing",
			Story:   "The administrator moved the server to another machine, with its certificate and key. There clients refuse the certificate that they accepted before.",
			Task:    "Find this requirement in the certificate, look for the response in the handshake, and say what is wrong.",
			Finding: "cert-must-staple", Knobs: Knobs{Certificate: mustStaple},
		},
		{
			Name: "stale-staple", Title: "an outdated OCSP response",
			Story:   "The server staples an OCSP response with the status good. Some days ago the network got a new firewall.",
			Task:    "Find the day until which the response is valid, and say what it proves today.",
			Finding: "ocsp-stale", Knobs: Knobs{Certificate: staleStaple},
		},
		{
			Name: "name-constraint", Title: "a CA that may not issue for this name",
			Story:   "The branch office has its own CA. It has issued a certificate for the mail server of the whole company.",
			Task:    "Find the names for which the issuing CA may issue, compare them with those in the server's certificate, and say what is wrong.",
			Finding: "cert-name-constraint", Knobs: Knobs{Certificate: foreignName},
		},
		{
			Name: "issuer-not-ca", Title: "a certificate signed with a web server's key",
			Story:   "Every signature in the chain is valid up to the right root, and names and dates are right. Mail clients refuse the certificate all the same.",
			Task:    "Look at each certificate of the chain for the permission to issue others, and say what is wrong.",
			Finding: "cert-issuer-not-ca", Knobs: Knobs{Certificate: notACA},
		},
		{
			Name: "man-in-the-middle", Title: "a man in the middle",
			Story:   "A device on the path terminates Ann's TLS connection and opens another one to the server. It can read everything, unless Ann's client verifies the certificate.",
			Task:    "Find out what reveals the device: compare issuer and fingerprint of the chain with the root that was handed over.",
			Finding: "cert-unknown-issuer", Knobs: Knobs{Wire: []rule{{Do: intercept}}},
		},
	}
}

package lab

import "crypto/tls"

func tlsScenarios() []Scenario {
	return []Scenario{
		{
			Name: "stripped", Title: "STARTTLS stripped on the way",
			Story:   "The server offers STARTTLS. Somebody between it and Ann takes the line out of the EHLO reply, answers STARTTLS in the server's place, and waits for her password. From this connection alone nobody can tell: a server without TLS would look the same.",
			Task:    "Compare the EHLO reply with the one in the scenario submission, find the line that this client did not see, and decide whether to go on without it.",
			Hint:    "a submission server nearly always offers STARTTLS before AUTH; the scenario clear-auth is this very server with nobody on the way",
			Finding: "starttls-missing",
			Knobs: Knobs{ClearAuth: true, Wire: []Rule{
				{On: "EHLO", Do: Strip, Text: "STARTTLS"},
				{On: "STARTTLS", Do: Block, Text: "502 5.5.1 STARTTLS not implemented\r\n"},
			}},
		},
		{
			Name: "garbled", Title: "STARTTLS garbled by a firewall",
			Story:   "A firewall that inspects SMTP overwrites what it does not like, and keeps the length.",
			Task:    "Find the strange keyword and count its letters.",
			Hint:    "eight letters, where eight letters should be",
			Finding: "starttls-stripped-garbled",
			Knobs: Knobs{ClearAuth: true, Wire: []Rule{
				{On: "EHLO", Do: Garble, Text: "STARTTLS"},
				{On: "STARTTLS", Do: Block, Text: "500 5.5.2 command not recognised\r\n"},
			}},
		},
		{
			Name: "injected", Title: "words put behind the 220",
			Story:   "Somebody adds lines to the server's answer to STARTTLS. A careless client reads them after the handshake and takes them for the server's protected words.",
			Task:    "Find the bytes that came in clear text and were meant for later.",
			Hint:    "nothing may follow the 220 before the handshake",
			Finding: "starttls-injection",
			Knobs: Knobs{Wire: []Rule{
				{On: "STARTTLS", Do: Append, Text: "250-mail.lab\r\n250 AUTH PLAIN LOGIN\r\n"},
			}},
		},
		{
			Name: "starttls-refused", Reply: "454 4.7.0", Title: "STARTTLS offered and refused",
			Story:   "The server offers STARTTLS and cannot do it just now: its key file is unreadable since the last update.",
			Task:    "Say what a client with required TLS must do, and one with opportunistic TLS may do.",
			Hint:    "4xx is a reason to come back later, not to go on in clear text with a password",
			Finding: "starttls-refused",
			Knobs:   Knobs{Answers: []Answer{{To: "STARTTLS", Reply: "454 4.7.0 TLS not available due to a local problem"}}},
		},
		{
			Name: "no-tls", Title: "a server without TLS",
			Story:   "An old server offers AUTH in clear text and knows nothing of STARTTLS.",
			Task:    "Look at what an eavesdropper would read, before anything secret is sent.",
			Hint:    "base64 is no encryption",
			Finding: "starttls-missing",
			Knobs:   Knobs{NoTLS: true},
		},
		{
			Name: "clear-auth", Title: "AUTH offered before TLS",
			Story:   "The server offers STARTTLS, and AUTH PLAIN already before it. Nothing stops a careless client.",
			Task:    "Choose the order of STARTTLS and AUTH, and give the reason.",
			Hint:    "what is said before TLS is said to everybody",
			Finding: "auth-before-tls",
			Knobs:   Knobs{ClearAuth: true},
		},
		{
			Name: "old-tls", Title: "a server that stops at TLS 1.1",
			Story:   "The server was installed long ago and knows TLS 1.0 and 1.1 only. RFC 8996 has retired both.",
			Task:    "Find the alert that ends the handshake, and who sends it.",
			Hint:    "the ClientHello lists the versions the client can do; with --tls-min 1.0 (the field TLS from) it goes on, for an experiment",
			Finding: "tls-no-common-version",
			Knobs:   Knobs{TLSMin: tls.VersionTLS10, TLSMax: tls.VersionTLS11},
		},
		{
			Name: "tls-1.2", Title: "a handshake in TLS 1.2",
			Story: "The server is limited to TLS 1.2, so the older handshake runs: good, and one round trip longer.",
			Task:  "Find the certificate in clear text, which TLS 1.3 would hide.",
			Hint:  "everything before ChangeCipherSpec can be read on the wire",
			Knobs: Knobs{TLSMin: tls.VersionTLS12, TLSMax: tls.VersionTLS12},
		},
		{
			Name: "resumption", Title: "the second handshake is shorter",
			Story: "The server gives out tickets. A client that comes back with one goes on with the secret of the last session, and the certificate stays at home.",
			Task:  "Try it twice: send QUIT, connect again in the same session, and find what the second handshake leaves out.",
			Hint:  "NewSessionTicket in the first, pre_shared_key in the second ClientHello; no Certificate and no CertificateVerify (topic: session resumption)",
		},
		{
			Name: "client-certificate", Title: "a server that asks who you are in TLS",
			Story: "The server sends a CertificateRequest. A client with a certificate may log in with it, by AUTH EXTERNAL.",
			Task:  "Find the CertificateRequest, and what the client answers without a certificate.",
			Hint:  "an empty Certificate message is an answer too",
			Knobs: Knobs{ClientCert: tls.VerifyClientCertIfGiven, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
		{
			Name: "client-certificate-required", Title: "a server that insists on a client certificate",
			Story:   "Without a certificate nobody gets in here. In TLS 1.3 the client has finished its handshake before the server has judged the certificate, so the refusal comes afterwards, where a reply was expected.",
			Task:    "Find the alert, and the step at which it arrives; then compare with TLS 1.2.",
			Hint:    "certificate_required is alert 116",
			Finding: "tls-certificate-required",
			Knobs:   Knobs{ClientCert: tls.RequireAndVerifyClientCert, Mechanisms: []string{"EXTERNAL", "PLAIN", "LOGIN"}},
		},
	}
}

func certificateScenarios() []Scenario {
	return []Scenario{
		{
			Name: "expired", Title: "an expired certificate",
			Story:   "Since this week every mail program complains. Nothing was changed, which is the point.",
			Task:    "Find the day on which the certificate ended, and say who has to do what.",
			Hint:    "notAfter",
			Finding: "cert-expired", Knobs: Knobs{Certificate: Expired},
		},
		{
			Name: "not-yet-valid", Title: "a certificate from the future",
			Story:   "The certificate is new and begins in two days. Or is the clock wrong?",
			Task:    "Say which two machines' clocks matter.",
			Hint:    "notBefore, and the client's own clock",
			Finding: "cert-not-yet-valid", Knobs: Knobs{Certificate: NotYetValid},
		},
		{
			Name: "wrong-host", Title: "a certificate for another name",
			Story:   "The server presents the certificate of the web site on the same machine.",
			Task:    "Compare the name you asked for with the names in the certificate.",
			Hint:    "subjectAltName counts, the common name does not",
			Finding: "cert-wrong-host", Knobs: Knobs{Certificate: WrongHost},
		},
		{
			Name: "self-signed", Title: "a self-signed certificate",
			Story:   "The administrator made a certificate in a hurry. It vouches for itself.",
			Task:    "Compare issuer and subject, and count the certificates.",
			Hint:    "who would have to trust it, and how would they know it is the right one?",
			Finding: "cert-self-signed", Knobs: Knobs{Certificate: SelfSigned},
		},
		{
			Name: "missing-intermediate", Title: "an incomplete chain",
			Story:   "The certificate is good, and browsers show no fault. The server forgets to send the one that links it to the root.",
			Task:    "Find the link that is missing, and where it should come from.",
			Hint:    "the issuer of the only certificate sent is not a root; the certificate itself says where its issuer's is (caIssuers)",
			Finding: "cert-missing-intermediate", Knobs: Knobs{Certificate: MissingIntermediate},
		},
		{
			Name: "unknown-issuer", Title: "a root that nobody here knows",
			Story:   "The company runs an authority of its own. On this computer its root was never installed.",
			Task:    "Follow the chain to its end, and say how you would make sure whose authority it is before you trust it.",
			Hint:    "the chain is whole, only the trust is missing; somebody in the middle would look the same, so compare the fingerprint by another way",
			Finding: "cert-unknown-issuer", Knobs: Knobs{Certificate: UnknownIssuer},
		},
		{
			Name: "weak-key", Title: "a key that is too short",
			Story:   "The certificate holds an RSA key of 1024 bits, as was usual twenty years ago.",
			Task:    "Find the size of the key, and say who has to make a new one.",
			Hint:    "2048 bits is the least in use today; the certificate has to be issued anew for the new key",
			Finding: "cert-weak-key", Knobs: Knobs{Certificate: WeakKey},
		},
		{
			Name: "weak-signature", Title: "a signature that can be forged",
			Story:   "The key is strong, the dates are right, and the CA still signs with SHA-1. Nobody needs the key to make a certificate that such a signature fits as well.",
			Task:    "Find the algorithm that the certificate was signed with, and say whose it is to change.",
			Hint:    "signatureAlgorithm; the signature is the issuer's and not the server's",
			Finding: "cert-weak-signature", Knobs: Knobs{Certificate: WeakSignature},
		},
		{
			Name: "wrong-usage", Title: "a certificate that is not for servers",
			Story:   "The certificate names the right host and comes from the right CA. It was ordered for people who log in, and was put on the server.",
			Task:    "Find what the certificate may be used for.",
			Hint:    "extKeyUsage has clientAuth, and a server needs serverAuth",
			Finding: "cert-wrong-usage", Knobs: Knobs{Certificate: WrongUsage},
		},
		{
			Name: "revoked", Title: "a certificate that was withdrawn",
			Story:   "The server's key was found in a public place two days ago, and the CA has withdrawn the certificate. The server goes on as before, and even staples the CA's own answer that says so.",
			Task:    "Find the OCSP answer in the handshake, and read when and why the certificate was withdrawn.",
			Hint:    "status_request in the Certificate message; in TLS 1.2 it is a message of its own, CertificateStatus",
			Finding: "cert-revoked", Knobs: Knobs{Certificate: Revoked},
		},
		{
			Name: "must-staple", Title: "an OCSP answer that is demanded and missing",
			Story:   "The certificate promises that an OCSP answer always comes with it, so that a thief cannot leave the bad news out. The administrator moved the server and forgot to switch stapling on.",
			Task:    "Find the promise in the certificate, and say why a missing answer counts as a bad one here.",
			Hint:    "the extension TLS feature with the number 5, which is status_request",
			Finding: "cert-must-staple", Knobs: Knobs{Certificate: MustStaple},
		},
		{
			Name: "stale-staple", Title: "an OCSP answer of last week",
			Story:   "The server staples an OCSP answer that says good. It has not been able to fetch a new one for days, for a firewall stands between it and the CA.",
			Task:    "Find the day until which the answer holds, and say what it proves today.",
			Hint:    "nextUpdate; an answer that is over says neither good nor bad",
			Finding: "ocsp-stale", Knobs: Knobs{Certificate: StaleStaple},
		},
		{
			Name: "name-constraint", Title: "a CA that oversteps its bounds",
			Story:   "The branch office has a CA of its own, which headquarters has bound to the names of the branch. Now it has issued for the mail server of the whole company.",
			Task:    "Find the names that the issuing CA is bound to, and compare them with those in the server's certificate.",
			Hint:    "nameConstraints in the second certificate of the chain",
			Finding: "cert-name-constraint", Knobs: Knobs{Certificate: ForeignName},
		},
		{
			Name: "issuer-not-ca", Title: "a certificate made with a web server's key",
			Story:   "Somebody took the key of the web server and signed a certificate for the mail server with it. The chain leads to the right root, link by link.",
			Task:    "Find the certificate in the chain that had no right to sign another.",
			Hint:    "basicConstraints and keyUsage say who may issue",
			Finding: "cert-issuer-not-ca", Knobs: Knobs{Certificate: NotACA},
		},
		{
			Name: "man-in-the-middle", Title: "somebody in the middle",
			Story:   "A device on the way ends Ann's TLS and begins another with the server. It reads everything, unless Ann checks who she speaks to.",
			Task:    "Find what gives the device away: compare issuer and fingerprint with those in the scenario submission.",
			Hint:    "it can say any name, but not sign with a root you trust",
			Finding: "cert-unknown-issuer", Knobs: Knobs{Wire: []Rule{{Do: Intercept}}},
		},
	}
}

package sasl

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestDiagnoseBase64(t *testing.T) {
	for _, c := range []struct {
		typed string
		data  string // "-" when it cannot be read
		wrong string // beginning of what is said first
	}{
		{"dGVzdA==", "test", ""},
		{"", "", ""},
		{"dGVzdA", "test", "it has 2 = too few"},
		{"dGVzdA=", "test", "it has 1 = too few"},
		{"dGVzdA===", "test", "it has 1 = too many"},
		{"dGVz dA==", "test", "it has white space inside"},
		{" dGVzdA==", "test", "it has white space inside"},
		{"dGVz\r\ndA==", "test", "it has white space inside"},
		{"-_-_", "\xfb\xff\xbf", "it uses - or _"},
		{"dGVzd", "-", "its length is wrong by one character"},
		{"dGVzdB==", "test", "its last character has bits set"},
		{"Username:", "-", "it ends with a colon"},
		{"334 VXNlcm5hbWU6", "Username:", "it begins with the reply code 334"},
		{"dG=zdA==", "-", "it has the padding = before its end"},
		{"dGVz!A==", "-", "the character at position 5"},
		{"*", "-", "the character at position 1"},
	} {
		data, wrong := DecodeBase64(c.typed)
		if c.data == "-" && data != nil || c.data != "-" && string(data) != c.data {
			t.Errorf("%q: data %q, want %q", c.typed, data, c.data)
		}
		switch {
		case c.wrong == "" && len(wrong) > 0, c.wrong != "" && (len(wrong) == 0 || !strings.HasPrefix(wrong[0], c.wrong)):
			t.Errorf("%q: %q, want %q", c.typed, wrong, c.wrong)
		}
	}
}

func TestCompare(t *testing.T) {
	b64 := func(s string) string { return EncodeBase64([]byte(s)) }
	plain, _ := begin(t, "PLAIN", account("ann", "geheim")).Start()
	cram := begin(t, "CRAM-MD5", account("ann", "geheim"))
	cram.Start()
	challenge := "<1.2@mail.lab>"
	_, cramRight, _ := cram.Next([]byte(challenge))
	bearer, _ := begin(t, "OAUTHBEARER", everything()).Start()
	xoauth, _ := begin(t, "XOAUTH2", everything()).Start()
	external, _ := begin(t, "EXTERNAL", Credentials{}).Start()
	login := Response{Data: []byte("ann"), Values: []Value{text("username", "ann", "", "")}}
	scramFirst, _ := begin(t, "SCRAM-SHA-256", everything(), withNonce(clientNonce)).Start()
	scram := begin(t, "SCRAM-SHA-256", everything(), withNonce(clientNonce))
	scram.Start()
	_, scramFinal, _ := scram.Next([]byte("r=" + clientNonce + "xyz,s=QSXCR+Q6sek8bf92,i=4096"))
	digest := begin(t, "DIGEST-MD5", everything(), withNonce("c"))
	digest.Start()
	_, digestRight, _ := digest.Next([]byte(`nonce="n",algorithm=md5-sess`))

	for _, c := range []struct {
		mechanism, typed string
		right            Response
		says             string
	}{
		{"PLAIN", b64("\x00ann\x00geheim"), plain, ""},
		{"PLAIN", b64("\x00ann\x00geheim") + "\r\n", plain, ""},
		{"PLAIN", "\x00ann\x00geheim", plain, "the message before base64"},
		{"PLAIN", "", plain, "the line is empty"},
		{"PLAIN", "=", plain, "the line is empty"},
		{"PLAIN", "*", plain, "cancels"},
		{"PLAIN", strings.TrimRight(b64("\x00ann\x00geheim"), "="), plain, "it has 1 = too few at its end"},
		{"PLAIN", b64(b64("\x00ann\x00geheim")), plain, "base64 twice"},
		{"PLAIN", b64("\x00ann\x00geheim\n"), plain, "line ending inside"},
		{"PLAIN", b64("\x00ann\x00geheim "), plain, "the message ends with a space"},
		{"PLAIN", b64("\x00ann\x00geheim\x00"), plain, "the message ends with a space"},
		{"PLAIN", b64("ann\x00geheim"), plain, "leading NUL is missing"},
		{"PLAIN", b64("anngeheim"), plain, "no NUL"},
		{"PLAIN", b64(`\0ann\0geheim`), plain, "written as the characters"},
		{"PLAIN", b64("\x00geheim\x00ann"), plain, "swapped"},
		{"PLAIN", b64("ann\x00geheim\x00"), plain, "wrong places"},
		{"PLAIN", b64("ann\x00ann\x00geheim"), plain, "authzid should be empty"},
		{"PLAIN", b64("\x00anne\x00geheim"), plain, "authcid has a different value"},
		{"PLAIN", b64("\x00 ann\x00geheim"), plain, "authcid has white space around it"},
		{"PLAIN", b64("\x00ann\x00Geheim!"), plain, "passwd has a different value"},
		{"PLAIN", b64("\x00ANN\x00geheim"), plain, "upper and lower case"},
		{"PLAIN", b64("\x00ANN\x00geheim!"), plain, "authcid differs in upper and lower case"},
		{"PLAIN", b64("a\x00b\x00c\x00d"), plain, "more than two NULs"},
		{"PLAIN", b64("\x00\x00"), plain, "does not have the form"},
		{"LOGIN", b64("bob"), login, "not the username that was given"},
		{"LOGIN", "ann", login, "the message before base64"},
		{"CRAM-MD5", b64("ann " + HMACMD5("geheim", []byte(challenge))), cramRight, ""},
		{"CRAM-MD5", b64("ann " + strings.ToUpper(HMACMD5("geheim", []byte(challenge)))), cramRight, "upper and lower case"},
		{"CRAM-MD5", b64("ann " + HMACMD5("geheim", []byte(b64(challenge)))), cramRight, "must be decoded first"},
		{"CRAM-MD5", b64("ann " + HMACMD5(challenge, []byte("geheim"))), cramRight, "swapped"},
		{"CRAM-MD5", b64("ann " + HMACMD5("geheim", []byte(challenge+"\n"))), cramRight, "line ending"},
		{"CRAM-MD5", b64("ann " + HMACMD5("geheim\n", []byte(challenge))), cramRight, "line ending"},
		{"CRAM-MD5", b64("ann " + HMACMD5("geheim", []byte("1.2@mail.lab"))), cramRight, "angle brackets"},
		{"CRAM-MD5", b64("ann " + hexMD5([]byte(challenge+"geheim"))), cramRight, "plain MD5"},
		{"CRAM-MD5", b64("ann " + HMACMD5("falsch", []byte(challenge))), cramRight, "another password"},
		{"CRAM-MD5", b64("bob " + HMACMD5("geheim", []byte(challenge))), cramRight, "username has a different value"},
		{"CRAM-MD5", b64("ann xyz"), cramRight, "32 hexadecimal digits"},
		{"CRAM-MD5", b64("ann"), cramRight, "no space"},
		{"XOAUTH2", b64("user=ann^Aauth=Bearer t0k3n^A^A"), xoauth, "written as text"},
		{"XOAUTH2", b64("user=ann\x01auth=Bearer t0k3n\x01"), xoauth, "last 0x01 is missing"},
		{"XOAUTH2", b64("user=ann\x01auth=t0k3n\x01\x01"), xoauth, "the word Bearer"},
		{"XOAUTH2", b64("user=bob\x01auth=Bearer t0k3n\x01\x01"), xoauth, "user has a different value"},
		{"XOAUTH2", b64("user=ann\x01auth=Bearer other\x01\x01"), xoauth, "auth has a different value"},
		{"OAUTHBEARER", b64("user=ann\x01auth=Bearer t0k3n\x01\x01"), bearer, "gs2-header"},
		{"OAUTHBEARER", b64("n,a=ann,\x01auth=Bearer t0k3n\x01\x01"), bearer, "host is missing"},
		{"OAUTHBEARER", b64("n,a=ann,\x01host=mail.lab\x01port=25\x01auth=Bearer t0k3n\x01\x01"), bearer, "port has a different value"},
		{"EXTERNAL", "=", external, ""},
		{"EXTERNAL", "", external, ""},
		{"EXTERNAL", b64("ann"), external, "nothing to send"},
		{"SCRAM-SHA-256", b64("n,,n=ann,r=mine"), scramFirst, "c-nonce has a different value"},
		{"SCRAM-SHA-256", b64("y,,n=ann,r=" + clientNonce), scramFirst, "gs2-cbind-flag has a different value"},
		{"SCRAM-SHA-256", b64("n=ann,r=" + clientNonce), scramFirst, "does not have the form"},
		{"SCRAM-SHA-256", b64("c=biws,r=" + clientNonce + "xyz,p=AAAA"), scramFinal, "the length of a digest of SHA-256"},
		{"SCRAM-SHA-256", b64("c=biws,r=" + clientNonce + "xyz,p=" + b64(strings.Repeat("x", 32))), scramFinal, "ClientProof is wrong"},
		{"SCRAM-SHA-256", b64("c=eSws,r=" + clientNonce + "xyz,p=AAAA"), scramFinal, "cbind-input has a different value"},
		{"DIGEST-MD5", b64(strings.Replace(string(digestRight.Data), "nc=00000001", "nc=00000002", 1)), digestRight, "nc has a different value"},
		{"DIGEST-MD5", b64(strings.Replace(string(digestRight.Data), ",nc=", ", nc=", 1)), digestRight, "written differently"},
	} {
		said := strings.Join(Compare(c.mechanism, c.typed, c.right), "; ")
		if c.says == "" && said != "" || !strings.Contains(said, c.says) {
			t.Errorf("%s %q: %q, want %q", c.mechanism, c.typed, said, c.says)
		}
		for _, secret := range []string{"geheim", "t0k3n"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s %q: %q shows a secret", c.mechanism, c.typed, said)
			}
		}
	}
}

func TestOpenResponse(t *testing.T) {
	for _, c := range []struct{ mechanism, data, values, hides, code string }{
		{"PLAIN", "a\x00ann\x00geheim", "authzid=a separator=00 authcid=ann separator=00 passwd=•••••• message=••••••", HidesPassword, ""},
		{"PLAIN", "ann geheim", "message=••••••", HidesPassword, CodeMalformed},
		{"LOGIN", "geheim", "answer=••••••", HidesPassword, ""},
		{"CRAM-MD5", "ann m b913a602c7eda7a495b4e6e7334d3890", "username=ann m digest=••••••", HidesDigest, ""},
		{"CRAM-MD5", "b913a602c7eda7a495b4e6e7334d3890", "message=••••••", HidesDigest, CodeMalformed},
		{"DIGEST-MD5", `username="ann",nc=1,response=abc`, "username=ann nc=1 response=••••••", HidesDigest, ""},
		{"SCRAM-SHA-256", "n,a=bob,n=a=2Cb,r=xyz", "gs2-cbind-flag=n authzid=bob username=a,b c-nonce=xyz", "", ""},
		{"SCRAM-SHA-1-PLUS", "p=tls-unique,,n=ann,r=xyz", "gs2-cbind-flag=p=tls-unique username=ann c-nonce=xyz", "", ""},
		{"SCRAM-SHA-1", "c=biws,r=xyz,p=AAAA", "cbind-input=6e2c2c nonce=xyz ClientProof=••••••", HidesProof, ""},
		{"SCRAM-SHA-1", "c=biws,r=x z,p=AAAA", "message=••••••", HidesProof, CodeMalformed},
		{"SCRAM-SHA-1", "c=biws,r=xz,more,p=AAAA", "message=••••••", HidesProof, CodeMalformed},
		{"SCRAM-SHA-1", "n,,n=a=2,r=xyz", "message=••••••", HidesProof, CodeMalformed},
		{"OAUTHBEARER", "n,a=ann,\x01host=h\x01auth=Bearer t\x01\x01", "gs2-cbind-flag=n authzid=ann host=h auth=••••••", HidesToken, ""},
		{"OAUTHBEARER", "\x01", "dummy response=01", "", ""},
		{"XOAUTH2", "user=ann\x01auth=Bearer t\x01\x01", "user=ann auth=••••••", HidesToken, ""},
		{"EXTERNAL", "ann", "message=ann", "", ""},
		{"NTLM", "NTLMSSP", "message=••••••", HidesDigest, CodeMalformed},
	} {
		r, err := OpenResponse(c.mechanism, []byte(EncodeBase64([]byte(c.data))+"\r\n"))
		if c.code != "" {
			wantCode(t, err, c.code)
		} else if err != nil {
			t.Errorf("%s: %v", c.mechanism, err)
		}
		if got := shown(r.Values); got != c.values || r.Hides != c.hides {
			t.Errorf("%s %q: %s hides %q; want %s hides %q", c.mechanism, c.data, got, r.Hides, c.values, c.hides)
		}
	}
	for _, line := range []string{"*", "=", ""} {
		if r, err := OpenResponse("PLAIN", []byte(line)); err != nil || len(r.Values) != 1 || r.Hides != "" {
			t.Errorf("%q: %v, %v", line, r, err)
		}
	}
}

func shown(values []Value) string {
	var s []string
	for _, v := range values {
		s = append(s, v.Name+"="+v.Display(false))
	}
	return strings.Join(s, " ")
}

func TestRecognizeAndOpenChallenge(t *testing.T) {
	for _, c := range []struct {
		data, mechanism string
		server          bool
		values          string
	}{
		{"\x00ann\x00geheim", "PLAIN", false, ""},
		{"user=ann\x01auth=Bearer t\x01\x01", "XOAUTH2", false, ""},
		{"n,a=ann,\x01auth=Bearer t\x01\x01", "OAUTHBEARER", false, ""},
		{"n,,n=ann,r=xyz", "SCRAM-SHA-256", false, ""},
		{"c=biws,r=xyz,p=AAAA", "SCRAM-SHA-256", false, ""},
		{"r=xyz,s=AAAA,i=4096", "SCRAM-SHA-256", true, "nonce=xyz salt=000000 iteration-count=4096"},
		{"v=AAAA", "SCRAM-SHA-256", true, "ServerSignature=••••••"},
		{"e=invalid-proof", "SCRAM-SHA-256", true, "server-error-value=invalid-proof"},
		{"tim b913a602c7eda7a495b4e6e7334d3890", "CRAM-MD5", false, ""},
		{"<1896.697170952@postoffice.reston.mci.net>", "CRAM-MD5", true, "challenge=<1896.697170952@postoffice.reston.mci.net>"},
		{`nonce="n",algorithm=md5-sess`, "DIGEST-MD5", true, "nonce=n algorithm=md5-sess"},
		{`username="chris",response=abc`, "DIGEST-MD5", false, ""},
		{"rspauth=abc", "DIGEST-MD5", true, "rspauth=••••••"},
		{`{"status":"invalid_token"}`, "OAUTHBEARER", true, "status=invalid_token"},
		{"Username:", "LOGIN", true, "prompt=Username:"},
		{"Password\x00", "LOGIN", true, "prompt=50617373776f726400"},
		{"hello", "", false, ""},
		{"", "", false, ""},
	} {
		m, server := Recognize([]byte(c.data))
		if m != c.mechanism || server != c.server {
			t.Errorf("%q: %s server=%t, want %s server=%t", c.data, m, server, c.mechanism, c.server)
		}
		if !c.server {
			continue
		}
		opened, err := OpenChallenge(m, []byte(EncodeBase64([]byte(c.data))))
		if got := shown(opened.Values); err != nil || got != c.values {
			t.Errorf("%q: %s, %v; want %s", c.data, got, err, c.values)
		}
	}
}

func TestWorkbench(t *testing.T) {
	if got := PlainString("", "tim", "tanstaaftanstaaf"); !bytes.Equal(got, []byte("\x00tim\x00tanstaaftanstaaf")) {
		t.Errorf("%q", got)
	}
	for _, c := range []struct{ key, message, digest string }{ // RFC 2104 appendix
		{strings.Repeat("\x0b", 16), "Hi There", "9294727a3638bb1c13f48ef8158bfc9d"},
		{"Jefe", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"},
	} {
		if got := HMACMD5(c.key, []byte(c.message)); got != c.digest {
			t.Errorf("HMAC-MD5 %s, want %s", got, c.digest)
		}
	}
	if got := EncodeBase64([]byte("Username:")); got != "VXNlcm5hbWU6" {
		t.Error(got)
	}
}

func TestRank(t *testing.T) {
	all := strings.Fields("LOGIN PLAIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER EXTERNAL ANONYMOUS NTLM GSSAPI X-OWN")
	for _, c := range []struct {
		what          string
		offered       []string
		tls, verified bool
		have          []Needs
		want          string // usable, then those with a guard in brackets, then what is missing
	}{
		{"password, TLS verified", all, true, true, []Needs{NeedsPassword},
			"SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN CRAM-MD5 DIGEST-MD5 ANONYMOUS-on request " +
				"EXTERNAL-client certificate OAUTHBEARER-token XOAUTH2-token GSSAPI-not supported here NTLM-not supported here X-OWN-not supported here"},
		{"password, certificate not verified", all, true, false, []Needs{NeedsPassword},
			"SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 DIGEST-MD5 (PLAIN) (LOGIN) ANONYMOUS-on request " +
				"EXTERNAL-client certificate OAUTHBEARER-token XOAUTH2-token GSSAPI-not supported here NTLM-not supported here X-OWN-not supported here"},
		{"password, no TLS", all, false, false, []Needs{NeedsPassword},
			"SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 DIGEST-MD5 (PLAIN) (LOGIN) ANONYMOUS-on request " +
				"EXTERNAL-client certificate SCRAM-SHA-256-PLUS-TLS OAUTHBEARER-token XOAUTH2-token GSSAPI-not supported here NTLM-not supported here X-OWN-not supported here"},
		{"token", []string{"PLAIN", "xoauth2", "OAUTHBEARER"}, true, true, []Needs{NeedsToken}, "OAUTHBEARER XOAUTH2 PLAIN-password"},
		{"token, no TLS", []string{"XOAUTH2"}, false, false, []Needs{NeedsToken}, "(XOAUTH2)"},
		{"certificate", []string{"EXTERNAL", "PLAIN"}, true, true, []Needs{NeedsCertificate, NeedsPassword}, "EXTERNAL PLAIN"},
		{"certificate, no TLS", []string{"EXTERNAL"}, false, false, []Needs{NeedsCertificate}, "EXTERNAL-TLS"},
		{"offered twice", []string{"PLAIN", "plain"}, true, true, nil, "PLAIN-password"},
		{"ANONYMOUS before what is missing a password, and never usable by itself", []string{"ANONYMOUS", "PLAIN"}, true, true, []Needs{NeedsNothing},
			"ANONYMOUS-on request PLAIN-password"},
		{"nothing", nil, true, true, nil, ""},
	} {
		var got []string
		for _, choice := range Rank(c.offered, c.tls, c.verified, c.have...) {
			switch {
			case choice.Why == "":
				t.Errorf("%s: no reason for %s", c.what, choice.Name)
			case choice.OnRequest:
				got = append(got, choice.Name+"-on request")
			case !choice.Usable:
				got = append(got, choice.Name+"-"+choice.Missing)
			case choice.Guard != "":
				got = append(got, "("+choice.Name+")")
			default:
				got = append(got, choice.Name)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, s, c.want)
		}
	}
}

func TestMechanismTable(t *testing.T) {
	for i, info := range Mechanisms() {
		if info.Rank != i+1 || info.Summary == "" || info.Status == "" || info.Eavesdropper == "" || info.Ref == "" || info.Needs == "" {
			t.Errorf("%d: %+v", i, info)
		}
		if found, ok := Lookup(strings.ToLower(info.Name)); !ok || found != info {
			t.Errorf("%s is not found", info.Name)
		}
		if !info.Supported {
			continue
		}
		m, err := New(info.Name, everything(), Binding{TLSVersion: 0x304, Exporter: []byte("x")}, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		r, err := m.Start()
		if err != nil || (r.Data != nil) != info.ClientFirst {
			t.Errorf("%s: initial response %t, %v", info.Name, r.Data != nil, err)
		}
		if r.Data != nil && !slices.Contains([]string{"EXTERNAL", "ANONYMOUS"}, info.Name) && len(r.Data) == 0 {
			t.Errorf("%s sends nothing", info.Name)
		}
	}
}

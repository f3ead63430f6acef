package sasl

// serverDigest is the server of DIGEST-MD5 with qop=auth (RFC 2831 §2.1).
type serverDigest struct {
	s        *Server
	nonce    string
	verified bool
}

func (m *serverDigest) next(response []byte) ([]byte, bool, error) {
	switch {
	case m.verified:
		return nil, true, nil
	case m.nonce == "":
		nonce, err := m.s.nonce()
		m.nonce = nonce
		return []byte("realm=" + quote(m.s.cfg.Host) + ",nonce=" + quote(nonce) +
			`,qop="auth",algorithm=md5-sess,charset=utf-8`), err != nil, err
	}
	return m.check(response)
}

func (m *serverDigest) check(response []byte) ([]byte, bool, error) {
	d, err := parseDirectives(response)
	get := func(name string) string { v, _ := d.only(name); return v }
	if err != nil || get("nonce") != m.nonce || get("nc") != nonceCount || get("cnonce") == "" || get("digest-uri") == "" ||
		get("charset") != "utf-8" {
		return nil, true, ErrSyntax
	}
	h := digestInputs{username: get("username"), realm: get("realm"), authzid: get("authzid"), nonce: m.nonce,
		cnonce: get("cnonce"), uri: get("digest-uri")}
	err = m.s.verify(h.username, h.authzid, func(password string) bool {
		h.password = password
		for _, h.utf8 = range [...]bool{true, false} { // clients hash names beyond ASCII in either way
			if same(get("response"), h.responseValue("AUTHENTICATE")) {
				return true
			}
		}
		return false
	})
	m.verified = err == nil
	return []byte("rspauth=" + h.responseValue("")), err != nil, err
}

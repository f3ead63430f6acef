package sasl

import (
	"encoding/json"
	"strconv"
	"time"
)

// serverLogin is the server of LOGIN.
type serverLogin struct {
	s        *Server
	username string
	prompted bool
	known    bool
}

func (m *serverLogin) next(response []byte) ([]byte, bool, error) {
	switch {
	case response == nil && !m.prompted:
		m.prompted = true
		return []byte("Username:"), false, nil
	case !m.known:
		m.username, m.known = string(response), true
		return []byte("Password:"), false, nil
	}
	return nil, true, m.s.verifyPassword(m.username, "", string(response))
}

// serverCram is the server of CRAM-MD5 (RFC 2195 §2).
type serverCram struct {
	s         *Server
	challenge string
}

func (m *serverCram) next(response []byte) ([]byte, bool, error) {
	if m.challenge == "" {
		nonce, err := m.s.nonce()
		m.challenge = "<" + nonce + "." + strconv.FormatInt(time.Now().Unix(), 10) + "@" + m.s.cfg.Host + ">"
		return []byte(m.challenge), err != nil, err
	}
	username, digest, ok := parseCram(response)
	if !ok {
		return nil, true, ErrSyntax
	}
	return nil, true, m.s.verify(username, "", func(password string) bool {
		return same(digest, HMACMD5(password, []byte(m.challenge)))
	})
}

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
		return same(get("response"), h.responseValue("AUTHENTICATE"))
	})
	m.verified = err == nil
	return []byte("rspauth=" + h.responseValue("")), err != nil, err
}

// serverBearer is the server of OAUTHBEARER and XOAUTH2.
type serverBearer struct {
	s       *Server
	refused error
}

func (m *serverBearer) next(response []byte) ([]byte, bool, error) {
	if m.refused != nil {
		return nil, true, m.refused // whatever the dummy response is
	}
	username, token, ok := m.read(response)
	if !ok {
		return m.refuse("invalid_request", ErrSyntax)
	}
	account, known := m.s.cfg.Accounts.Account(username)
	switch {
	case !known || account.Token.IsZero() || !same(account.Token.Reveal(), token):
		return m.refuse(m.invalidToken(), ErrCredentials)
	case account.TokenStatus != "":
		return m.refuse(account.TokenStatus, ErrCredentials)
	}
	return nil, true, m.s.accept(username, "", ByToken)
}

// invalidToken is the status for a wrong token: Google sends an HTTP status in XOAUTH2.
func (m *serverBearer) invalidToken() string {
	if m.s.info.Name == "XOAUTH2" {
		return "400"
	}
	return "invalid_token"
}

func (m *serverBearer) read(response []byte) (username, token string, ok bool) {
	if m.s.info.Name == "XOAUTH2" {
		return parseXOAuth2(response)
	}
	c, ok := parseBearer(response)
	return c.gs2.authzid, c.token, ok && c.gs2.flag != "p"
}

// refuse sends the failure as JSON, which the client answers before it is told 535 (RFC 7628 §3.2.2).
func (m *serverBearer) refuse(status string, why error) ([]byte, bool, error) {
	m.refused = why
	failure, err := json.Marshal(struct {
		Status  string `json:"status"`
		Schemes string `json:"schemes"`
		Scope   string `json:"scope"`
	}{status, "bearer", "mail"})
	return failure, err != nil, err
}

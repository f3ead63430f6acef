package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// serverScram is the server of SCRAM (RFC 5802 §5).
type serverScram struct {
	s          *Server
	hash       scramHash
	first      clientFirst
	message    string // server-first-message
	nonce      string
	salt       []byte
	iterations int
	verdict    error // what the exchange ends in after the client's last line
	state      int
}

func (m *serverScram) next(response []byte) ([]byte, bool, error) {
	m.state++
	switch m.state {
	case 1:
		return m.serverFirst(response)
	case 2:
		return m.serverFinal(response)
	}
	if m.verdict == nil && len(response) > 0 {
		return nil, true, ErrSyntax
	}
	return nil, true, m.verdict
}

func (m *serverScram) serverFirst(response []byte) ([]byte, bool, error) {
	first, ok := parseClientFirst(response)
	switch {
	case mandatory(response):
		return m.refuse("extensions-not-supported", ErrSyntax)
	case !ok:
		return m.refuse("invalid-encoding", ErrSyntax)
	}
	m.first = first
	if value := m.checkFlag(); value != "" {
		return m.refuse(value, ErrBinding)
	}
	nonce, err := m.s.nonce()
	if err != nil {
		return nil, true, err
	}
	m.nonce = first.nonce + nonce
	m.factors()
	m.message = "r=" + m.nonce + ",s=" + base64.StdEncoding.EncodeToString(m.salt) + ",i=" + strconv.Itoa(m.iterations)
	return []byte(m.message), false, nil
}

// checkFlag gives the server-error-value for a gs2 flag that does not fit, or "" (RFC 5802 §6).
func (m *serverScram) checkFlag() string {
	plus := m.s.info.Bound
	switch {
	case plus && m.first.gs2.flag != "p":
		return "channel-binding-not-supported"
	case !plus && m.first.gs2.flag == "p":
		return "channel-binding-not-supported"
	case m.first.gs2.flag == "p" && m.bindingData() == nil:
		return "unsupported-channel-binding-type"
	case m.first.gs2.flag == "y" && m.offersPlus():
		return "server-does-support-channel-binding"
	}
	return ""
}

func (m *serverScram) bindingData() []byte {
	if m.first.gs2.flag != "p" {
		return nil
	}
	_, data := m.s.cfg.Binding.choose(m.first.gs2.binding)
	return data
}

// factors sets salt and iteration count. An unknown user gets a salt as well, so that it cannot be told from a
// known one.
func (m *serverScram) factors() {
	account, _ := m.s.cfg.Accounts.Account(m.first.username)
	m.salt, m.iterations = account.Salt, account.Iterations
	if m.salt == nil {
		sum := sha256.Sum256([]byte("salt of " + m.first.username))
		m.salt = sum[:16]
	}
	if m.iterations == 0 {
		m.iterations = DefaultFloor
	}
}

func (m *serverScram) serverFinal(response []byte) ([]byte, bool, error) {
	final, ok := parseClientFinal(response)
	switch {
	case mandatory(response):
		return m.refuse("extensions-not-supported", ErrSyntax)
	case !ok:
		return m.refuse("invalid-encoding", ErrSyntax)
	case final.nonce != m.nonce:
		return m.refuse("other-error", ErrSyntax)
	case !bytes.Equal(final.cbind, append([]byte(m.first.gs2.header), m.bindingData()...)):
		return m.refuse("channel-bindings-dont-match", ErrBinding)
	}
	var signature []byte
	err := m.s.verify(m.first.username, m.first.gs2.authzid, func(password string) bool {
		signature, ok = m.check(password, final)
		return ok
	})
	if err != nil {
		return m.refuse("invalid-proof", err)
	}
	return []byte("v=" + base64.StdEncoding.EncodeToString(signature)), false, nil
}

// check recovers ClientKey from the proof and compares its hash with StoredKey (RFC 5802 §3).
func (m *serverScram) check(password string, final clientFinal) (serverSignature []byte, ok bool) {
	prepared, err := saslprep(password)
	if err != nil {
		return nil, false
	}
	keys, err := deriveKeys(m.hash, prepared, m.salt, m.iterations, m.first.bare+","+m.message+","+final.withoutProof)
	if err != nil || len(final.proof) != len(keys.clientSignature) {
		return nil, false
	}
	clientKey := make([]byte, len(final.proof))
	subtle.XORBytes(clientKey, final.proof, keys.clientSignature)
	return keys.serverSignature, hmac.Equal(m.hash.sum(clientKey), keys.storedKey)
}

// refuse ends the exchange, or sends e= first and then ends it.
func (m *serverScram) refuse(value string, why error) ([]byte, bool, error) {
	err := fmt.Errorf("%w: %s", why, value)
	if !m.s.cfg.Explain {
		return nil, true, err
	}
	m.verdict, m.state = err, 2
	return []byte("e=" + value), false, nil
}

// offersPlus reports whether the client was told of -PLUS for the same hash function.
func (m *serverScram) offersPlus() bool {
	return slices.ContainsFunc(m.s.cfg.Offered, func(name string) bool {
		return strings.EqualFold(name, "SCRAM-"+m.hash.name+"-PLUS")
	})
}

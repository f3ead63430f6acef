package sasl

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/subtle"
	"strconv"
)

// scramKeys is everything that RFC 5802 §3 derives from the password, under its names there.
type scramKeys struct {
	saltedPassword, clientKey, storedKey, serverKey []byte
	clientSignature, clientProof, serverSignature   []byte
}

// deriveKeys computes them. The iteration count must have been checked.
func deriveKeys(h scramHash, password string, salt []byte, iterations int, authMessage string) (scramKeys, error) {
	salted, err := pbkdf2.Key(h.new, password, salt, iterations, h.new().Size())
	if err != nil { // only where the Go runtime is restricted to FIPS 140 and the salt is short
		return scramKeys{}, &Error{Code: CodeMalformed, Text: "the keys cannot be computed: " + err.Error(), Ref: scramRef}
	}
	k := scramKeys{saltedPassword: salted, clientKey: h.hmac(salted, "Client Key"), serverKey: h.hmac(salted, "Server Key")}
	k.storedKey = h.sum(k.clientKey)
	k.clientSignature = h.hmac(k.storedKey, authMessage)
	k.serverSignature = h.hmac(k.serverKey, authMessage)
	k.clientProof = make([]byte, len(k.clientKey))
	subtle.XORBytes(k.clientProof, k.clientKey, k.clientSignature)
	return k, nil
}

func (h scramHash) hmac(key []byte, message string) []byte {
	mac := hmac.New(h.new, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

func (h scramHash) sum(data []byte) []byte {
	d := h.new()
	d.Write(data)
	return d.Sum(nil)
}

// values shows the derivation in its order.
func (k scramKeys) values(h scramHash, password string, first serverFirst) []Value {
	pbkdf2 := "PBKDF2 with HMAC-" + h.name + "(Normalize(password), salt, " + strconv.Itoa(first.iterations) + ")"
	mac := "HMAC-" + h.name
	return []Value{
		text("Normalize(password)", password, "SASLprep of the password", "RFC 5802 §2.2").hide(HidesPassword),
		raw("SaltedPassword", k.saltedPassword, pbkdf2, scramRef).hide(HidesKey),
		raw("ClientKey", k.clientKey, mac+`(SaltedPassword, "Client Key")`, scramRef).hide(HidesKey),
		raw("StoredKey", k.storedKey, h.name+"(ClientKey); the server stores it", scramRef).hide(HidesKey),
		raw("ClientSignature", k.clientSignature, mac+"(StoredKey, AuthMessage)", scramRef).hide(HidesProof),
		raw("ClientProof", k.clientProof, "ClientKey XOR ClientSignature", scramRef).hide(HidesProof),
		raw("ServerKey", k.serverKey, mac+`(SaltedPassword, "Server Key"); the server stores it too`, scramRef).hide(HidesKey),
		raw("ServerSignature", k.serverSignature, mac+"(ServerKey, AuthMessage); the server has to send it next",
			scramRef).hide(HidesProof),
	}
}

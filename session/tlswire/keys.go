package tlswire

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// The labels of the key log that open records (RFC 9850 §2.1, §2.2). The others
// (exporter secrets, ECH) are passed over.
const (
	labelMaster          = "CLIENT_RANDOM" // TLS 1.2 and older: the master secret
	labelClientEarly     = "CLIENT_EARLY_TRAFFIC_SECRET"
	labelClientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
	labelServerHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
	labelClientTraffic   = "CLIENT_TRAFFIC_SECRET_0"
	labelServerTraffic   = "SERVER_TRAFFIC_SECRET_0"
)

// maxKeys and maxKeyLine bound what a key log may make us keep: five secrets
// a handshake, and room for renegotiations. One without 0-RTT has four.
const (
	usualKeys  = 4
	maxKeys    = 64
	maxKeyLine = 512
)

// keyStore holds the secrets of one connection.
type keyStore struct {
	secrets []loggedSecret
	room    [usualKeys]loggedSecret // for the first of them
	line    []byte                  // an incomplete line
}

type loggedSecret struct {
	label  string
	random [32]byte
	value  []byte
}

// keyLog is the io.Writer of a Decoder.
type keyLog struct{ d *Decoder }

// Write takes key log lines and opens what waited for them. It never fails: a
// log that makes no sense must not end the handshake it comes from.
func (k keyLog) Write(p []byte) (int, error) {
	k.d.mu.Lock()
	defer k.d.mu.Unlock()
	if !k.d.finished && k.d.keys.add(p) {
		k.d.drain()
	}
	return len(p), nil
}

// add takes bytes of the log and reports whether they brought a secret.
func (k *keyStore) add(p []byte) (found bool) {
	for {
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		if whole && len(k.line) == 0 && len(line) <= maxKeyLine {
			found, p = k.addLine(line) || found, rest
			continue
		}
		if room := maxKeyLine - len(k.line); len(line) > room {
			line = line[:room]
		}
		k.line = append(k.line, line...)
		if !whole {
			return found
		}
		found = k.addLine(k.line) || found
		clear(k.line)
		k.line, p = k.line[:0], rest
	}
}

func (k *keyStore) addLine(line []byte) bool {
	label, rest, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
	random, secret, _ := bytes.Cut(rest, []byte(" "))
	s := loggedSecret{label: keptLabel(string(label))}
	if s.label == "" || len(random) != hex.EncodedLen(len(s.random)) || len(secret) == 0 {
		return false
	}
	s.value = make([]byte, hex.DecodedLen(len(secret)))
	if _, err := hex.Decode(s.random[:], random); err != nil {
		return false
	}
	if _, err := hex.Decode(s.value, secret); err != nil {
		clear(s.value)
		return false
	}
	switch len(k.secrets) {
	case 0:
		k.secrets = k.room[:0]
	case maxKeys:
		k.secrets = slices.Delete(k.secrets, 0, 1)
	}
	k.secrets = append(k.secrets, s)
	return true
}

// keptLabel returns the label as one of ours, so that no line is kept alive.
func keptLabel(label string) string {
	for _, known := range [...]string{labelMaster, labelClientEarly, labelClientHandshake, labelServerHandshake, labelClientTraffic, labelServerTraffic} {
		if label == known {
			return known
		}
	}
	return ""
}

// find returns the secret last logged under that label for that handshake.
func (k *keyStore) find(label string, random [32]byte) []byte {
	return k.last(func(s loggedSecret) bool { return s.label == label && s.random == random })
}

func (k *keyStore) last(match func(loggedSecret) bool) []byte {
	for _, s := range slices.Backward(k.secrets) {
		if match(s) {
			return s.value
		}
	}
	return nil
}

// secret returns the secret of this connection under that label. With ECH the
// log names the random of the hidden ClientHello, which nobody outside sees
// (RFC 9849 §6.1), so any random will do: a wrong secret opens nothing.
func (d *Decoder) secret(label string) []byte {
	found := d.keys.find(label, d.conn.clientRandom)
	if found == nil && d.conn.hidden {
		found = d.keys.last(func(s loggedSecret) bool { return s.label == label })
	}
	return found
}

// forget wipes the secrets.
func (k *keyStore) forget() {
	for _, s := range k.secrets {
		clear(s.value)
	}
	clear(k.line)
	*k = keyStore{}
}

package sasl

import (
	"cmp"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// GeneralTools are those that belong to no mechanism, and the messages of the mechanisms whose response is a single one.
func GeneralTools() []Tool {
	md5Hash, sha1Hash, sha256Hash := scramHash{name: "MD5", new: md5.New}, scramHash{name: "SHA-1", new: sha1.New}, scramHash{name: "SHA-256", new: sha256.New}
	var tools []Tool
	for _, h := range []scramHash{md5Hash, sha1Hash, sha256Hash} {
		tools = append(tools, hashTool(h))
	}
	for _, h := range []scramHash{md5Hash, sha1Hash, sha256Hash} {
		tools = append(tools, hmacTool(h))
	}
	tools = append(tools, pbkdf2Tool(sha1Hash), pbkdf2Tool(sha256Hash), xorTool(), joinTool(), recodeTool(), textTool("text"))
	alone := slices.DeleteFunc(slices.Clone(table.Get()), func(m *mechanism) bool { return m.alone == 0 })
	slices.SortFunc(alone, func(a, b *mechanism) int { return cmp.Compare(a.alone, b.alone) })
	for _, m := range alone {
		tools = append(tools, renamed(m.Name, m.tools()[0]))
	}
	return tools
}

func hashTool(h scramHash) Tool {
	return Tool{Name: h.name, Does: h.name + "(data)", Form: FormHex, Hides: HidesKey, Inputs: []Input{anything("data")},
		make: func(in [][]byte) ([]byte, error) { return h.sum(in[0]), nil }}
}

func hmacTool(h scramHash) Tool {
	return Tool{Name: "HMAC-" + h.name, Does: "HMAC-" + h.name + "(key, message)", Ref: "RFC 2104 §2", Form: FormHex, Hides: HidesKey,
		Inputs: []Input{anything("key"), anything("message")},
		make:   func(in [][]byte) ([]byte, error) { return h.hmac(in[0], string(in[1])), nil }}
}

// pbkdf2Tool is Hi of RFC 5802 §2.2.
func pbkdf2Tool(h scramHash) Tool {
	t := saltedTool(h)
	t.Name, t.Does, t.Ref = "PBKDF2-"+h.name, "PBKDF2 with HMAC-"+h.name+"(password, salt, iterations), as long as the hash", "RFC 8018 §5.2"
	return t
}

func xorTool() Tool {
	return Tool{Name: "XOR", Does: "a XOR b, byte by byte; both must have the same length", Form: FormHex, Hides: HidesKey,
		Inputs: []Input{hexInput("a"), hexInput("b")}, make: xor}
}

func xor(in [][]byte) ([]byte, error) {
	if len(in[0]) != len(in[1]) {
		return nil, fmt.Errorf("one has %d bytes, the other %d; XOR requires the same number", len(in[0]), len(in[1]))
	}
	out := make([]byte, len(in[0]))
	subtle.XORBytes(out, in[0], in[1])
	return out, nil
}

func joinTool() Tool {
	return Tool{Name: "join", Does: "a and then b", Form: FormText, Hides: HidesKey, Inputs: []Input{anything("a"), anything("b")},
		make: func(in [][]byte) ([]byte, error) { return slices.Concat(in...), nil }}
}

func recodeTool() Tool {
	return Tool{Name: "base64", Does: "the same bytes in another form: decoded from base64, encoded in base64, or in hexadecimal", Ref: "RFC 4648 §4",
		Form: FormBase64, Hides: HidesKey, Inputs: []Input{anything("data")},
		make: func(in [][]byte) ([]byte, error) { return in[0], nil }}
}

// textTool sends what is typed.
func textTool(name string) Tool {
	return Tool{Name: name, Does: "a message as you type it, before base64", Form: FormText, Hides: HidesPassword, Message: true,
		Inputs: []Input{{Name: "text", Help: `the message before base64; \0 is NUL, \x01 any byte, \\ a backslash`, Hides: HidesPassword, Optional: true}},
		make:   func(in [][]byte) ([]byte, error) { return in[0], nil }}
}

// anything is an input for whatever octets, a secret perhaps.
func anything(name string) Input {
	return Input{Name: name, Help: `text, with \0, \x01 and \\ for characters that you cannot type; or hexadecimal, or base64`, Hides: HidesKey, Optional: name == "data"}
}

func hexInput(name string) Input {
	return Input{Name: name, Form: FormHex, Hides: HidesKey, Help: "the output of an earlier tool"}
}

// publicInput is text that is no secret.
func publicInput(name, help string) Input { return Input{Name: name, Help: help} }

func passwordInput(name, help string) Input {
	return Input{Name: name, Help: help, Hides: HidesPassword}
}

func (in Input) from(source string) Input { in.From = source; return in }

func (in Input) with(value string) Input { in.Value = value; return in }

func (in Input) optional() Input { in.Optional = true; return in }

func renamed(name string, t Tool) Tool { t.Name = name; return t }

// iterationsOf reads an iteration count and holds it against what is computed at most.
func iterationsOf(b []byte) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	switch {
	case err != nil || n < 1:
		return 0, errors.New("the iteration count must be 1 or more")
	case n > DefaultCeiling:
		return 0, fmt.Errorf("more than %d iterations are not computed: a server can stall clients this way (RFC 5802 §9)", DefaultCeiling)
	}
	return n, nil
}

// hi is Hi of RFC 5802 §2.2.
func hi(h func() hash.Hash, in [][]byte) ([]byte, error) {
	n, err := iterationsOf(in[2])
	if err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(h, string(in[0]), in[1], n, h().Size())
	if err != nil { // only where the Go runtime is restricted to FIPS 140
		return nil, errors.New("PBKDF2 refuses these inputs; the salt may be too short")
	}
	return key, nil
}

// emptyTool is an answer without content.
func emptyTool(name, does string) Tool {
	return Tool{Name: name, Does: does, Ref: "RFC 4954 §4", Message: true, make: func([][]byte) ([]byte, error) { return nil, nil }}
}

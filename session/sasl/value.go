package sasl

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// What a masked span hides: the Hides field of [Value], [Response] and [Challenge] holds one of these, or "" when
// nothing needs hiding.
const (
	HidesPassword = "password"
	HidesToken    = "token"
	HidesKey      = "key"    // derived from the password and good enough to log in with, or to guess it offline
	HidesProof    = "proof"  // SCRAM proof or signature: the password can be guessed from it offline
	HidesDigest   = "digest" // CRAM-MD5 or DIGEST-MD5 digest: the password can be guessed from it offline
)

// Value is one named part of a message, or one step of the computation behind it.
//
// A Value that hides something prints and marshals without its content; use [Value.Display] to show it.
type Value struct {
	Name  string `json:"name"`            // as the RFC names it: "SaltedPassword", "nonce"
	Text  string `json:"text,omitempty"`  // the value when it is text
	Bytes []byte `json:"bytes,omitempty"` // the value when it is bytes
	Hides string `json:"hides,omitempty"` // what must be masked, "" if nothing
	How   string `json:"how,omitempty"`   // how it was computed or where it came from; never holds the secret
	Ref   string `json:"ref,omitempty"`   // RFC and section
}

// Display gives the value for a screen: text as it is, bytes in hexadecimal, [Mask] for what hides something
// unless reveal is set. Text from a server is not made safe for a terminal here.
func (v Value) Display(reveal bool) string {
	switch {
	case v.Hides != "" && !reveal:
		return Mask
	case v.Bytes != nil:
		return hex.EncodeToString(v.Bytes)
	}
	return v.Text
}

// Revealed gives a copy that no longer hides anything: for a person who asked for exactly that, or for an account
// of the practice server.
func (v Value) Revealed() Value {
	v.Hides = ""
	return v
}

// masked gives a copy without the content it hides.
func (v Value) masked() Value {
	if v.Hides != "" {
		v.Text, v.Bytes = "", nil
	}
	return v
}

// String gives "name = value", masked.
func (v Value) String() string { return v.Name + " = " + v.Display(false) }

// Format writes [Value.String] whatever the verb.
func (v Value) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// JSONForm leaves text and bytes out when the value hides something.
func (v Value) JSONForm() any {
	type plain Value
	return plain(v.masked())
}

// MarshalJSON writes the form.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.JSONForm()) }

// text makes a value that may be shown.
func text(name, s, how, ref string) Value {
	return Value{Name: name, Text: s, How: how, Ref: ref}
}

// raw makes a value of bytes that may be shown.
func raw(name string, b []byte, how, ref string) Value {
	return Value{Name: name, Bytes: b, How: how, Ref: ref}
}

// hide marks a value.
func (v Value) hide(kind string) Value {
	v.Hides = kind
	return v
}

// printable gives s as text when it is short, valid UTF-8 without control characters, else as bytes.
func printable(name string, b []byte, how, ref string) Value {
	if utf8.Valid(b) && strings.IndexFunc(string(b), control) < 0 {
		return text(name, string(b), how, ref)
	}
	return raw(name, b, how, ref)
}

func control(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }

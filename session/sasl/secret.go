package sasl

import (
	"fmt"
	"io"
)

// Mask stands for anything hidden. It has one width whatever it stands for, so that it does not tell a length.
const Mask = "••••••"

// Secret holds a password or a token. Every way of printing or marshalling it gives [Mask]; only Reveal gives
// what it holds. The value sits behind a pointer because fmt calls no methods on unexported fields but prints
// nested pointers as addresses.
type Secret struct{ value *string }

// NewSecret keeps s; an empty s gives the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{value: &s}
}

// Reveal gives the secret itself, for the computation or the line that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == nil }

// String gives [Mask], for an empty secret too.
func (s Secret) String() string { return Mask }

// GoString gives [Mask].
func (s Secret) GoString() string { return Mask }

// Format writes [Mask] whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, Mask) }

// MarshalText gives [Mask].
func (s Secret) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON gives [Mask] as a string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + Mask + `"`), nil }

package record

import (
	"fmt"
	"strings"

	"ehlo/session/sasl"
)

// AuthSettings is what a person may choose about an exchange of AUTH beside its mechanism and credentials. The zero
// value is what a good client does. None of it is secret.
type AuthSettings struct {
	// Initial says whether the first response goes with the AUTH command: "yes", "no", or "" for what the mechanism
	// does by itself, which is yes where the client speaks first (RFC 4954 §4).
	Initial string `json:"initial-response,omitempty"`
	// Binding is the type of channel binding for a mechanism with -PLUS, one of [Bindings]; empty takes the default of
	// the TLS version (RFC 9266 §3, RFC 5802 §6.1).
	Binding string `json:"channel-binding,omitempty"`
	// MinIterations and MaxIterations are the bounds outside which SCRAM gives up; 0 is no floor, only a finding below
	// [sasl.DefaultFloor], and [sasl.DefaultCeiling].
	MinIterations int `json:"min-iterations,omitempty"`
	MaxIterations int `json:"max-iterations,omitempty"`
}

// The values of [AuthSettings.Initial].
const (
	InitialYes = "yes"
	InitialNo  = "no"
)

// Bindings lists the types of channel binding.
func Bindings() []string {
	return []string{sasl.BindingExporter, sasl.BindingUnique, sasl.BindingEndPoint}
}

// Options are the settings as the mechanism takes them.
func (a AuthSettings) Options() []sasl.Option {
	var o []sasl.Option
	switch a.Initial {
	case InitialNo:
		o = append(o, sasl.WithoutInitialResponse())
	case InitialYes: // LOGIN alone has to be told
		o = append(o, sasl.WithInitialUsername())
	}
	if a.Binding != "" {
		o = append(o, sasl.WithBinding(a.Binding))
	}
	if a.MinIterations > 0 {
		o = append(o, sasl.WithFloor(a.MinIterations))
	}
	if a.MaxIterations > 0 {
		o = append(o, sasl.WithCeiling(a.MaxIterations))
	}
	return o
}

// Typed are the settings that a typed command follows: whether there is an initial response is seen in it.
func (a AuthSettings) Typed(words []string) AuthSettings {
	a.Initial = InitialNo
	if len(words) > 2 {
		a.Initial = InitialYes
	}
	return a
}

// Of leaves out what means nothing to a mechanism.
func (a AuthSettings) Of(mechanism string) AuthSettings {
	info, _ := sasl.Lookup(mechanism)
	if !info.ClientFirst && !info.UsernameFirst || info.UsernameFirst && a.Initial == InitialNo { // it does so by itself
		a.Initial = ""
	}
	if !info.Bound {
		a.Binding = ""
	}
	if !info.Iterated {
		a.MinIterations, a.MaxIterations = 0, 0
	}
	return a
}

// Words say what was chosen for a mechanism, and whom it acts as; empty for nothing.
func (a AuthSettings) Words(mechanism, authzid string) string {
	var said []string
	a = a.Of(mechanism)
	if info, _ := sasl.Lookup(mechanism); authzid != "" && info.Authzid {
		said = append(said, "acting as "+authzid)
	}
	switch a.Initial {
	case InitialNo:
		said = append(said, "the initial response waits until the server asks")
	case InitialYes:
		said = append(said, "the initial response is sent with the command")
	}
	if a.Binding != "" {
		said = append(said, "bound by "+a.Binding)
	}
	if a.MinIterations > 0 {
		said = append(said, fmt.Sprintf("at least %d iterations", a.MinIterations))
	}
	if a.MaxIterations > 0 {
		said = append(said, fmt.Sprintf("at most %d iterations", a.MaxIterations))
	}
	return strings.Join(said, ", ")
}

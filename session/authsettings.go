package session

import (
	"errors"
	"fmt"
	"slices"
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

// A SettingError says which of the settings of AUTH is wrong.
type SettingError struct {
	Setting string // as in the JSON of [AuthSettings], or "authzid"
	Text    string
}

func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// CheckAuth refuses settings that mean nothing: values that do not exist, and choices for a mechanism that has none.
// Without a mechanism only the values count. The error joins [*SettingError]s.
func (g Goal) CheckAuth() error {
	a := g.Auth
	info, named := sasl.Lookup(g.Mechanism)
	known := named && info.Supported
	var wrong []error
	refuse := func(bad bool, setting, text string) {
		if bad {
			wrong = append(wrong, &SettingError{setting, text})
		}
	}
	refuse(!slices.Contains([]string{"", InitialYes, InitialNo}, a.Initial), "initial-response", "want yes or no")
	refuse(a.Initial == InitialYes && known && !info.ClientFirst && info.Name != "LOGIN", "initial-response",
		"in "+info.Name+" the server speaks first, and there is nothing to send with the command")
	refuse(a.Binding != "" && !slices.Contains(Bindings(), a.Binding), "channel-binding", "want "+orList(Bindings()))
	refuse(a.Binding != "" && known && !bound(info.Name), "channel-binding", info.Name+" has none: it goes with a mechanism ending in -PLUS")
	refuse(a.MinIterations < 0, "min-iterations", "want a count, 1 or more")
	refuse(a.MaxIterations < 0, "max-iterations", "want a count, 1 or more")
	refuse(a.MaxIterations > 0 && a.MinIterations > a.MaxIterations, "min-iterations", fmt.Sprintf("%d is above the most, %d", a.MinIterations, a.MaxIterations))
	refuse(a.MinIterations > sasl.DefaultCeiling && a.MaxIterations == 0, "min-iterations", fmt.Sprintf("%d is above the most, %d unless it is set", a.MinIterations, sasl.DefaultCeiling))
	refuse((a.MinIterations > 0 || a.MaxIterations > 0) && known && !scram(info.Name), iterationSetting(a), info.Name+" has no iterations: they belong to SCRAM")
	refuse(g.Credentials.Authzid != "" && known && !info.Authzid, "authzid", info.Name+" has no place for an identity to act as")
	refuse(strings.ContainsFunc(g.Credentials.Authzid, func(r rune) bool { return r < ' ' || r == 0x7f }), "authzid", "it has a control character in it")
	return errors.Join(wrong...)
}

func iterationSetting(a AuthSettings) string {
	if a.MinIterations > 0 {
		return "min-iterations"
	}
	return "max-iterations"
}

func bound(mechanism string) bool { return strings.HasSuffix(mechanism, "-PLUS") }

func scram(mechanism string) bool { return strings.HasPrefix(mechanism, "SCRAM-") }

// orList joins words as in "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// options are the settings as the mechanism takes them.
func (a AuthSettings) options() []sasl.Option {
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

// typed are the settings that a typed command follows: whether there is an initial response is seen in it.
func (a AuthSettings) typed(words []string) AuthSettings {
	a.Initial = InitialNo
	if len(words) > 2 {
		a.Initial = InitialYes
	}
	return a
}

// of leaves out what means nothing to a mechanism.
func (a AuthSettings) of(mechanism string) AuthSettings {
	info, _ := sasl.Lookup(mechanism)
	if !info.ClientFirst && (info.Name != "LOGIN" || a.Initial == InitialNo) {
		a.Initial = ""
	}
	if !bound(info.Name) {
		a.Binding = ""
	}
	if !scram(info.Name) {
		a.MinIterations, a.MaxIterations = 0, 0
	}
	return a
}

// words say what was chosen for a mechanism, and whom it acts as; empty for nothing.
func (a AuthSettings) words(mechanism, authzid string) string {
	var said []string
	a = a.of(mechanism)
	if info, _ := sasl.Lookup(mechanism); authzid != "" && info.Authzid {
		said = append(said, "acting as "+authzid)
	}
	switch a.Initial {
	case InitialNo:
		said = append(said, "the first response waits until the server asks")
	case InitialYes:
		said = append(said, "the first response goes with the command")
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

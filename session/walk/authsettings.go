package walk

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ehlo/session/lazy"
	"ehlo/session/record"
	"ehlo/session/sasl"
)

// AuthSetting is one thing that a person may choose about AUTH. The faces make a flag, a field of a form and a question
// of it; none of them knows what it means.
type AuthSetting struct {
	// Name is the word for it in the JSON of [record.AuthSettings] and in a [SettingError], as in "channel-binding".
	Name string
	// Label is the same in at most 9 characters.
	Label string
	Kind  SettingKind
	// Values are what a choice may be, and Says the same in words.
	Values, Says []string
	// Help says what it decides, and Default what holds where nothing is chosen.
	Help, Default string
	// concerns reports whether it means anything to a mechanism, not why it does not. at is its place in a goal.
	concerns func(sasl.Info) bool
	not      string
	harmless string // the value that says nothing where it does not concern a mechanism
	at       func(*Goal) any
}

// SettingKind is how a setting is chosen.
type SettingKind int

// The kinds of settings.
const (
	SettingText   SettingKind = iota // any text without control characters
	SettingChoice                    // one of Values
	SettingCount                     // a number, 1 or more
	SettingSwitch                    // "yes" or nothing
)

// authSettings is all there is to choose, in the order in which it is asked for: the floor of the iterations is held
// against their ceiling.
var authSettings = lazy.Value[[]AuthSetting]{Make: func() []AuthSetting {
	return []AuthSetting{
		{Name: "authzid", Label: "act as", Help: "the identity to act as after the login (authzid)", Default: "the user's own",
			concerns: func(i sasl.Info) bool { return i.Authzid }, not: "%s cannot carry an identity to act as",
			at: func(g *Goal) any { return &g.Credentials.Authzid }},
		{Name: "initial-response", Label: "initial", Kind: SettingChoice, Values: []string{record.InitialYes, record.InitialNo}, Says: []string{"with the command", "when asked"},
			Help:    "whether the client sends the initial response with the AUTH command, or waits for the server to ask",
			Default: "as the mechanism defines it", harmless: record.InitialNo,
			concerns: func(i sasl.Info) bool { return i.ClientFirst || i.UsernameFirst },
			not:      "in %s the server sends first, so there is nothing to send with the command",
			at:       func(g *Goal) any { return &g.Auth.Initial }},
		{Name: "channel-binding", Label: "binding", Kind: SettingChoice, Values: record.Bindings(), Says: record.Bindings(),
			Help:    "what ties the exchange to the TLS connection",
			Default: "by TLS version", concerns: func(i sasl.Info) bool { return i.Bound },
			not: "%s has no channel binding: only mechanisms ending in -PLUS have it",
			at:  func(g *Goal) any { return &g.Auth.Binding }},
		{Name: "max-iterations", Label: "iter. max", Kind: SettingCount, Help: "the highest iteration count that this client accepts",
			Default: strconv.Itoa(sasl.DefaultCeiling), concerns: iterated, not: notIterated, at: func(g *Goal) any { return &g.Auth.MaxIterations }},
		{Name: "min-iterations", Label: "iter. min", Kind: SettingCount,
			Help:    "the lowest iteration count that this client accepts; below " + strconv.Itoa(sasl.DefaultFloor) + " there is a warning in any case",
			Default: "any", concerns: iterated, not: notIterated, at: func(g *Goal) any { return &g.Auth.MinIterations }},
		{Name: "realm", Label: "realm", Help: "the realm of the account, if the server names several", Default: "the server's first",
			concerns: func(i sasl.Info) bool { return i.Realm }, not: "%s has no realm: only DIGEST-MD5 has one", at: func(g *Goal) any { return &g.Credentials.Realm }},
		{Name: "anonymous-trace", Label: "trace", Help: "trace information, such as an address; it proves nothing", Default: "the user",
			concerns: func(i sasl.Info) bool { return i.Trace }, not: "%s sends no trace information: only ANONYMOUS does", at: func(g *Goal) any { return &g.Credentials.Trace }},
		{Name: "insist", Label: "insist", Kind: SettingSwitch, Help: "try the mechanism although the server does not offer it, to see its reply", Default: "no",
			concerns: func(sasl.Info) bool { return true }, at: func(g *Goal) any { return &g.Insist }},
	}
}}

// AuthSettingList lists what a person may choose about AUTH, in the order in which it is asked for.
func AuthSettingList() []AuthSetting { return slices.Clone(authSettings.Get()) }

const notIterated = "%s has no iterations: only SCRAM has them"

func iterated(i sasl.Info) bool { return i.Iterated }

// Scope names the mechanisms that the setting is for, or those that it is not for where these are fewer; "" if it is for
// all. A family that agrees goes by its own name.
func (s AuthSetting) Scope() string { return scopes.Get()[s.Name] }

var scopes = lazy.Value[map[string]string]{Make: func() map[string]string {
	var spoken []sasl.Info
	for _, info := range sasl.Mechanisms() {
		if info.Supported && !info.Rare {
			spoken = append(spoken, info)
		}
	}
	all := map[string]string{}
	for _, s := range authSettings.Get() {
		all[s.Name] = s.scopeAmong(spoken)
	}
	return all
}}

func (s AuthSetting) scopeAmong(spoken []sasl.Info) string {
	said := map[bool][]string{}
	for _, info := range spoken {
		concerned, name := s.concerns(info), info.Family
		if slices.ContainsFunc(spoken, func(i sasl.Info) bool { return i.Family == info.Family && s.concerns(i) != concerned }) {
			name = info.Name
		}
		if !slices.Contains(said[concerned], name) {
			said[concerned] = append(said[concerned], name)
		}
	}
	switch with, without := said[true], said[false]; {
	case len(without) == 0:
		return ""
	case len(with) <= len(without):
		return "for " + strings.Join(with, ", ")
	default:
		return "not for " + strings.Join(without, ", ")
	}
}

// Value is what is chosen, "" for nothing.
func (s AuthSetting) Value(g Goal) string { return s.value(&g) }

func (s AuthSetting) value(g *Goal) string {
	switch at := s.at(g).(type) {
	case *string:
		return *at
	case *int:
		if *at != 0 {
			return strconv.Itoa(*at)
		}
	case *bool:
		if *at {
			return record.InitialYes
		}
	}
	return ""
}

// Set chooses a value; "" takes the choice back. The error is a [*SettingError] for a count that is none; whether a
// value means anything is for [Goal.CheckAuth] to say.
func (s AuthSetting) Set(g *Goal, value string) error {
	switch at := s.at(g).(type) {
	case *string:
		*at = value
	case *bool:
		*at = value != ""
	case *int:
		n, err := strconv.Atoi(value)
		if value != "" && (err != nil || n < 1) {
			return &SettingError{s.Name, "want a count, 1 or more"}
		}
		*at = n
	}
	return nil
}

// A SettingError says which of the settings of AUTH is wrong.
type SettingError struct {
	Setting string // as in [AuthSetting]
	Text    string
}

func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// CheckAuth refuses settings that mean nothing: values that do not exist, and choices for a mechanism that has none.
// Without a mechanism only the values count. The error joins [*SettingError]s.
func (g Goal) CheckAuth() error {
	info, _ := sasl.Lookup(g.Mechanism)
	var wrong []error
	for _, s := range authSettings.Get() {
		if text := s.wrong(&g, info); text != "" {
			wrong = append(wrong, &SettingError{s.Name, text})
		}
	}
	if text := crossed(g.Auth); text != "" {
		wrong = append(wrong, &SettingError{"min-iterations", text})
	}
	return errors.Join(wrong...)
}

// Wrong says what is wrong with one setting of a goal, "" for nothing.
func (s AuthSetting) Wrong(g Goal) string {
	joined, _ := g.CheckAuth().(interface{ Unwrap() []error })
	if joined == nil {
		return ""
	}
	for _, err := range joined.Unwrap() {
		if e, ok := err.(*SettingError); ok && e.Setting == s.Name {
			return e.Text
		}
	}
	return ""
}

func (s AuthSetting) wrong(g *Goal, info sasl.Info) string {
	value := s.value(g)
	switch {
	case value == "":
		return ""
	case s.Kind == SettingChoice && !slices.Contains(s.Values, value):
		return "want " + orList(s.Values)
	case s.Kind == SettingCount && *s.at(g).(*int) < 0:
		return "want a count, 1 or more"
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "it contains a control character"
	case info.Supported && !s.concerns(info) && value != s.harmless:
		return fmt.Sprintf(s.not, info.Name)
	}
	return ""
}

// crossed says that the bounds of the iterations leave nothing between them.
func crossed(a record.AuthSettings) string {
	switch {
	case a.MaxIterations > 0 && a.MinIterations > a.MaxIterations:
		return fmt.Sprintf("%d is above the maximum, %d", a.MinIterations, a.MaxIterations)
	case a.MaxIterations == 0 && a.MinIterations > sasl.DefaultCeiling:
		return fmt.Sprintf("%d is above the default maximum, %d", a.MinIterations, sasl.DefaultCeiling)
	}
	return ""
}

// isBound reports whether a mechanism is bound to the TLS connection.
func isBound(mechanism string) bool {
	info, known := sasl.Lookup(mechanism)
	return known && info.Bound
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

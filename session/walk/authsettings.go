package walk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
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
	refuse(!slices.Contains([]string{"", record.InitialYes, record.InitialNo}, a.Initial), "initial-response", "want yes or no")
	refuse(a.Initial == record.InitialYes && known && !info.ClientFirst && info.Name != "LOGIN", "initial-response",
		"in "+info.Name+" the server speaks first, and there is nothing to send with the command")
	refuse(a.Binding != "" && !slices.Contains(Bindings(), a.Binding), "channel-binding", "want "+orList(Bindings()))
	refuse(a.Binding != "" && known && !record.Bound(info.Name), "channel-binding", info.Name+" has none: it goes with a mechanism ending in -PLUS")
	refuse(a.MinIterations < 0, "min-iterations", "want a count, 1 or more")
	refuse(a.MaxIterations < 0, "max-iterations", "want a count, 1 or more")
	refuse(a.MaxIterations > 0 && a.MinIterations > a.MaxIterations, "min-iterations", fmt.Sprintf("%d is above the most, %d", a.MinIterations, a.MaxIterations))
	refuse(a.MinIterations > sasl.DefaultCeiling && a.MaxIterations == 0, "min-iterations", fmt.Sprintf("%d is above the most, %d unless it is set", a.MinIterations, sasl.DefaultCeiling))
	refuse((a.MinIterations > 0 || a.MaxIterations > 0) && known && !record.Scram(info.Name), iterationSetting(a), info.Name+" has no iterations: they belong to SCRAM")
	refuse(g.Credentials.Authzid != "" && known && !info.Authzid, "authzid", info.Name+" has no place for an identity to act as")
	refuse(strings.ContainsFunc(g.Credentials.Authzid, func(r rune) bool { return r < ' ' || r == 0x7f }), "authzid", "it has a control character in it")
	return errors.Join(wrong...)
}

func iterationSetting(a record.AuthSettings) string {
	if a.MinIterations > 0 {
		return "min-iterations"
	}
	return "max-iterations"
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

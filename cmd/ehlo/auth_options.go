package main

import (
	"errors"
	"fmt"
	"strings"

	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// checkAuth refuses what no mechanism can mean.
func (o *options) checkAuth() error {
	_, known := sasl.Lookup(o.mechanism)
	switch {
	case o.login.Insist && o.mechanism == "":
		return errors.New("--insist goes with --auth and the mechanism to insist on")
	case o.login.Insist && !mechanismName(o.mechanism):
		return fmt.Errorf("--auth %s: a mechanism has 1 to 20 letters, digits, - and _ in its name", quote(o.mechanism)) // RFC 4422 §3.1
	case o.mechanism != "" && !known && !o.login.Insist:
		return fmt.Errorf("--auth %s: want one of %s; --insist tries any name", quote(o.mechanism), strings.Join(mechanismNames(), ", "))
	}
	return o.checkSettings()
}

// checkSettings refuses choices about AUTH that mean nothing to the mechanism.
func (o *options) checkSettings() error {
	var wrong *walk.SettingError
	if err := o.loginGoal().CheckAuth(); errors.As(err, &wrong) {
		return errors.New("--" + wrong.Error())
	}
	return nil
}

// loginGoal is what the flags ask of AUTH, without a secret.
func (o *options) loginGoal() walk.Goal {
	g := o.login
	g.Mechanism, g.Credentials.Username = o.mechanism, o.user
	return g
}

// logsIn reports whether the flags ask for AUTH.
func (o *options) logsIn() bool { return o.user != "" || o.mechanism != "" }

// mechanismName reports whether a name can be that of a mechanism (RFC 4422 §3.1).
func mechanismName(name string) bool {
	foreign := func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	return name != "" && len(name) <= 20 && !strings.ContainsFunc(name, foreign)
}

func mechanismNames() []string {
	var names []string
	for _, m := range sasl.Mechanisms() {
		if m.Supported {
			names = append(names, m.Name)
		}
	}
	return names
}

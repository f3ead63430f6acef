package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/sasl"
	"ehlo/session/walk"
)

// checkAuth refuses what no mechanism can mean.
func (o *options) checkAuth(c *cobra.Command) error {
	_, known := sasl.Lookup(o.mechanism)
	switch {
	case o.insist && o.mechanism == "":
		return errors.New("--insist goes with --auth and the mechanism to insist on")
	case o.insist && !mechanismName(o.mechanism):
		return fmt.Errorf("--auth %s: a mechanism has 1 to 20 letters, digits, - and _ in its name", quote(o.mechanism)) // RFC 4422 §3.1
	case o.mechanism != "" && !known && !o.insist:
		return fmt.Errorf("--auth %s: want one of %s; --insist tries any name", quote(o.mechanism), strings.Join(mechanismNames(), ", "))
	}
	for _, count := range []string{"min-iterations", "max-iterations"} {
		if f := c.Flags().Lookup(count); f.Changed && f.Value.String() == "0" {
			return fmt.Errorf("--%s: want a count, 1 or more", count)
		}
	}
	if err := o.checkSettings(); err != nil {
		return err
	}
	return o.checkNames()
}

// checkSettings refuses choices about AUTH that mean nothing to the mechanism.
func (o *options) checkSettings() error {
	var wrong *walk.SettingError
	if err := o.loginGoal().CheckAuth(); errors.As(err, &wrong) {
		return errors.New("--" + wrong.Error())
	}
	return nil
}

// checkNames refuses names that belong to another mechanism, or that none can carry.
func (o *options) checkNames() error {
	for _, only := range []struct{ flag, value, mechanism string }{{"realm", o.realm, "DIGEST-MD5"}, {"anonymous-trace", o.trace, "ANONYMOUS"}} {
		switch {
		case only.value == "":
		case o.mechanism != "" && !strings.EqualFold(o.mechanism, only.mechanism):
			return fmt.Errorf("--%s: it belongs to %s", only.flag, only.mechanism)
		case strings.ContainsFunc(only.value, func(r rune) bool { return r < ' ' || r == 0x7f }):
			return fmt.Errorf("--%s: it has a control character in it", only.flag)
		}
	}
	return nil
}

// loginGoal is what the flags ask of AUTH, without a secret.
func (o *options) loginGoal() walk.Goal {
	return walk.Goal{Mechanism: o.mechanism, Insist: o.insist, Auth: o.auth,
		Credentials: sasl.Credentials{Username: o.user, Authzid: o.authzid, Realm: o.realm, Trace: o.trace}}
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

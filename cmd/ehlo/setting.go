package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ehlo/session/walk"
)

// settingFlag is a setting of AUTH as a flag: pflag.Value.
type settingFlag struct {
	walk.AuthSetting
	goal *walk.Goal
}

// registerSetting adds the flag of a setting, with its completion.
func registerSetting(c *cobra.Command, s walk.AuthSetting, goal *walk.Goal) {
	f := c.Flags().VarPF(settingFlag{s, goal}, s.Name, "", s.Help)
	if s.Kind == walk.SettingSwitch {
		f.NoOptDefVal = "true"
		return
	}
	complete(c, s.Name, s.Values...)
}

// describeSettings completes the usage of the settings among the flags of a command, before somebody reads it. Which mechanisms
// a setting is for is worked out from all of them, and a session that is only run needs none of that.
func describeSettings(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if s, ok := f.Value.(settingFlag); ok {
			f.Usage = settingUsage(s.AuthSetting)
		}
	})
}

// settingUsage is what the help says: what may be given, what it does, for which mechanisms, and what holds without it.
func settingUsage(s walk.AuthSetting) string {
	usage := s.Help
	if len(s.Values) > 0 {
		usage = strings.Join(s.Values, ", ") + ": " + usage
	}
	if scope := s.Scope(); scope != "" {
		usage += "; " + scope
	}
	if s.Kind == walk.SettingSwitch {
		return usage
	}
	return usage + " (default: " + s.Default + ")"
}

func (f settingFlag) String() string {
	if f.goal == nil { // the zero value, which pflag may ask
		return ""
	}
	return f.Value(*f.goal)
}

func (f settingFlag) Set(value string) error {
	if f.Kind != walk.SettingSwitch {
		return f.AuthSetting.Set(f.goal, value)
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("want true or false")
	}
	if !on {
		value = ""
	}
	return f.AuthSetting.Set(f.goal, value)
}

// Type is the word behind the flag in the help.
func (f settingFlag) Type() string {
	return [...]string{walk.SettingText: "string", walk.SettingChoice: "string", walk.SettingCount: "int", walk.SettingSwitch: "bool"}[f.Kind]
}

package main

import (
	"github.com/spf13/cobra"
)

const connectLong = `Opens the explorer on a server. Nothing is sent before you press Enter, no password
is sent in cleartext or to a server whose identity is not verified unless you
confirm it, and the proposed walk stops before a message is sent.

The session is kept as a transcript; its path is printed at the end.`

func newConnect(std streams) *cobra.Command {
	o := &options{}
	c := &cobra.Command{
		Use: "connect TARGET", Short: "explore a real server", Long: connectLong,
		Example: "  ehlo connect mail.example.org:587\n  ehlo connect submissions://mail.example.org --user ann@example.org\n  ehlo connect mx.example.org -4 --tls off",
		Args:    exactArgs("TARGET"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := exclusive(c, "present", "plain"); err != nil {
				return err
			}
			return explore(untilTold(c), std, o, args[0])
		},
	}
	o.register(c)
	o.registerEveryMechanism(c)
	plainFlag(c, o)
	teachingFlags(c, o)
	return c
}

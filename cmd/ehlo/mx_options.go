package main

import (
	"errors"

	"github.com/spf13/cobra"

	"ehlo/session/setup"
)

// mxOptions are the flags about a target that is a domain, and about who is asked for it.
type mxOptions struct {
	on       bool
	resolver string
	private  bool
}

func (m *mxOptions) register(c *cobra.Command) {
	c.Flags().BoolVar(&m.on, "mx", false, "the target is a domain: look up its MX records as a sending server does, and try their hosts in order, as ehlo route shows them")
	resolverFlags(c, &m.resolver, &m.private)
}

// use has a session look names up as was asked for. The address of a host that a person named is theirs to choose; those to which MX
// records lead are not.
func (m *mxOptions) use(s *setup.Setup) error {
	switch {
	case !m.on && m.resolver == "":
		if m.private {
			return usage(errors.New("--private is for --mx"))
		}
		return nil
	case s.IsPractice():
		return usage(errors.New("--mx and --resolver are for real domains: the practice server has a name server of its own, see ehlo lab mx-order"))
	case s.Via != "":
		return usage(errors.New("--mx and --resolver cannot be used with --proxy, --socket, --pipe or $ALL_PROXY: the name is not looked up here"))
	case m.on && s.Address != "":
		return usage(errors.New("--mx and --address cannot be given together: one looks up the address, the other names it"))
	}
	asked, err := resolverOf(m.resolver)
	if err != nil {
		return err
	}
	asked.Private = m.private || !m.on
	s.Config.Resolver, s.MX = asked, m.on
	return nil
}

package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// identityOptions are the flags by which another client's identity is stated, as far as they are not read into the goal at once. Those about
// the PROXY header have the names that swaks gives them.
type identityOptions struct {
	header                    record.ProxyHeader
	family, protocol, command string
	raw                       string
}

func (o *options) registerIdentity(c *cobra.Command) {
	f, g, i := c.Flags(), &o.asked.Goal, &o.identity
	f.Var((*texts)(&g.XCLIENT), "xclient", "state another client's identity with XCLIENT: attribute=value, several separated by spaces; after it the session starts over; repeated, another command")
	f.Var((*texts)(&g.XFORWARD), "xforward", "state it for the server's log with XFORWARD before the message: attribute=value, several separated by spaces")
	f.IntVar(&i.header.Version, "proxy-version", 1, "send a PROXY header of version 1 or 2 before anything else, as a load balancer does; any of the --proxy- flags sends one")
	f.StringVar(&i.header.Source, "proxy-source", "", "address of the client in the PROXY header (default: that of the connection)")
	f.IntVar(&i.header.SourcePort, "proxy-source-port", 0, "port of the client in the PROXY header (default: that of the connection)")
	f.StringVar(&i.header.Dest, "proxy-dest", "", "address that this client connected to, in the PROXY header (default: that of the connection)")
	f.IntVar(&i.header.DestPort, "proxy-dest-port", 0, "port that this client connected to, in the PROXY header (default: that of the connection)")
	f.StringVar(&i.family, "proxy-family", "", "address family in the PROXY header: tcp4, tcp6 or unknown (default: that of its addresses)")
	f.StringVar(&i.protocol, "proxy-protocol", "", "transport in a PROXY header of version 2: stream or dgram (default stream)")
	f.StringVar(&i.command, "proxy-command", "", "command in a PROXY header of version 2: proxy, or local for a connection of the proxy's own (default proxy)")
	f.StringVar(&i.raw, "proxy-header", "", "send this after the word PROXY, or after the signature of version 2, instead of what the other --proxy- flags say; base64:… for bytes")
	complete(c, "proxy-version", "1", "2")
	complete(c, "proxy-family", "tcp4", "tcp6", "unknown")
	complete(c, "proxy-protocol", "stream", "dgram")
	complete(c, "proxy-command", "proxy", "local")
}

// headerFlags are those that ask for a PROXY header.
var headerFlags = []string{"proxy-version", "proxy-source", "proxy-source-port", "proxy-dest", "proxy-dest-port", "proxy-family", "proxy-protocol", "proxy-command", "proxy-header"}

// readIdentity puts the PROXY header that was asked for where the session finds it.
func (o *options) readIdentity(c *cobra.Command) error {
	var given []string
	for _, name := range headerFlags {
		if c.Flags().Changed(name) {
			given = append(given, name)
		}
	}
	if len(given) == 0 {
		return nil
	}
	h, err := o.identity.read()
	if err == nil && h.Raw != nil && len(given) > 1 && (len(given) > 2 || given[0] != "proxy-version") {
		err = errors.New("--proxy-header can be combined with --proxy-version only: it stands in the place of what the others say")
	}
	if err != nil {
		return usage(err)
	}
	o.asked.Goal.Proxy = &h
	return nil
}

// read is the header of the flags.
func (i *identityOptions) read() (h record.ProxyHeader, err error) {
	h = i.header
	family, protocol, command := familyOf(i.family), strings.ToLower(i.protocol), strings.ToLower(i.command)
	h.Unknown, h.Datagram, h.Local = family == "unknown", protocol == "dgram", command == "local"
	switch {
	case h.Version != 1 && h.Version != 2:
		return h, errors.New("--proxy-version: want 1 or 2")
	case !slices.Contains([]string{"", "tcp4", "tcp6", "unknown"}, family):
		return h, fmt.Errorf("--proxy-family %s: want tcp4, tcp6 or unknown", quote(i.family))
	case !slices.Contains([]string{"", "stream", "dgram"}, protocol):
		return h, fmt.Errorf("--proxy-protocol %s: want stream or dgram", quote(i.protocol))
	case !slices.Contains([]string{"", "proxy", "local"}, command):
		return h, fmt.Errorf("--proxy-command %s: want proxy or local", quote(i.command))
	case h.Version == 1 && (h.Datagram || h.Local):
		return h, errors.New("version 1 of the PROXY header has no transport and no command: use --proxy-version 2")
	}
	if h.Raw, err = i.rawBytes(); err != nil {
		return h, err
	}
	return h, i.sameFamily(family)
}

// familyOf is a family as version 1 calls it; version 2 has the names of the system's sockets.
func familyOf(name string) string {
	name = strings.ToLower(name)
	if known := map[string]string{"af_inet": "tcp4", "af_inet6": "tcp6", "af_unspec": "unknown"}[name]; known != "" {
		return known
	}
	return name
}

// sameFamily refuses a family that the addresses are not of.
func (i *identityOptions) sameFamily(family string) error {
	for _, address := range []string{i.header.Source, i.header.Dest} {
		if strings.HasPrefix(family, "tcp") && address != "" && strings.Contains(address, ":") != (family == "tcp6") {
			return fmt.Errorf("--proxy-family %s: %s is an address of another family", quote(i.family), quote(address))
		}
	}
	return nil
}

// rawBytes are those of --proxy-header; nil without it.
func (i *identityOptions) rawBytes() (wire.Raw, error) {
	if i.raw == "" {
		return nil, nil
	}
	encoded, is := strings.CutPrefix(i.raw, "base64:")
	if !is {
		return wire.Raw(i.raw), nil
	}
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("--proxy-header: what stands after base64: is not base64")
	}
	return b, nil
}

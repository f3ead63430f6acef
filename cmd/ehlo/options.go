package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehlo/session/engine"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/session/wire"
)

// options are the flags of every command that talks to a server.
type options struct {
	limits wire.Limits
	plain  bool

	tls, until, user, mechanism, passwordFile       string
	from, data, subject                             string
	to                                              []string
	ca, serverName, ehloName, cert, key             string
	tlsMin, tlsMax                                  string
	alpn                                            []string
	port                                            int
	keylog, passwordCommand                         string
	tokenFile, tokenCommand                         string
	login                                           walk.Goal // the settings of AUTH in it
	domain                                          string    // of users whose name has none, on the practice server
	practice                                        bool      // the scenario's own account: the environment's secrets are for others
	reveal                                          bool
	timeout                                         time.Duration
	ipv4, ipv6, allowUnverified, allowCleartextAuth bool
	output                                          string
	kept                                            *kept
}

// register adds the flags to a command.
func (o *options) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false // flags that belong together stand together
	f.StringVar(&o.tls, "tls", "", "require, opportunistic, off or implicit (default: implicit on 465, require on 587 and with --user or --auth, else opportunistic)")
	f.IntVar(&o.port, "port", 0, "connect to this port instead of the target's")
	f.StringVar(&o.user, "user", "", "authenticate as this user")
	f.StringVar(&o.mechanism, "auth", "", "SASL mechanism (default: the best that is offered)")
	for _, s := range walk.AuthSettingList() {
		registerSetting(c, s, &o.login)
	}
	f.StringVar(&o.passwordFile, "password-file", "", "read the password from the first line of this file, at most 64 KiB, - is standard input (else $EHLO_PASSWORD, else a prompt, which may be left empty)")
	f.StringVar(&o.passwordCommand, "password-command", "", "read the password from the first line that this shell command prints, at most 64 KiB in all; it may ask a person, so --timeout does not bound it, and it does not get $EHLO_PASSWORD and $EHLO_TOKEN")
	f.StringVar(&o.tokenFile, "token-file", "", "read an OAuth access token from the first line of this file, at most 64 KiB, - is standard input (else $EHLO_TOKEN)")
	f.StringVar(&o.tokenCommand, "token-command", "", "read the access token from the first line that this shell command prints, as --password-command does")
	f.BoolVar(&o.reveal, "reveal", false, "show and keep passwords, tokens and proofs as they are, in the transcript too")
	f.StringVar(&o.from, "from", "", "envelope sender (default: --user where that is an address)")
	f.StringArrayVar(&o.to, "to", nil, "envelope recipient, may be repeated")
	f.StringVar(&o.data, "data", "", "send this file as the message, header fields included, at most 64 MiB, - is standard input")
	f.StringVar(&o.subject, "subject", "", "subject of the message that is composed without --data")
	f.StringVar(&o.ca, "ca", "", "trust the certificates in this PEM file, at most 4 MiB, instead of the system's")
	f.StringVar(&o.serverName, "server-name", "", "name for SNI and for the certificate (default: the target's host)")
	f.StringVar(&o.ehloName, "ehlo-name", "", "name to give in EHLO (default: this host's full name, else its address)")
	f.StringVar(&o.cert, "cert", "", "client certificate, PEM, at most 4 MiB")
	f.StringVar(&o.key, "key", "", "key of the client certificate, PEM, at most 4 MiB")
	f.StringVar(&o.tlsMin, "tls-min", "", "lowest TLS version to offer: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	f.StringVar(&o.tlsMax, "tls-max", "", "highest TLS version to offer (default 1.3); below 1.2 it lowers --tls-min to the same, where that is not given")
	f.StringSliceVar(&o.alpn, "alpn", nil, "protocol names to offer in ALPN, separated by commas")
	f.StringVar(&o.keylog, "keylog", "", "append the TLS secrets to this file (SSLKEYLOGFILE, RFC 9850): anyone who has it can read a recording of the session, so a new file is for its owner alone, and one that others can read is refused")
	f.DurationVar(&o.timeout, "timeout", 0, "limit for each step, such as 10s (default: RFC 5321 §4.5.3.2, minutes)")
	f.IntVar(&o.limits.Line, "max-line", 0, "longest reply line to read, in bytes (default 65536)")
	f.IntVar(&o.limits.Reply, "max-reply", 0, "longest reply to read, in bytes (default 1048576)")
	f.IntVar(&o.limits.Lines, "max-lines", 0, "most lines of a reply to read (default 10000)")
	f.BoolVarP(&o.ipv4, "ipv4", "4", false, "use IPv4 only")
	f.BoolVarP(&o.ipv6, "ipv6", "6", false, "use IPv6 only")
	f.BoolVar(&o.allowUnverified, "allow-unverified", false, "go on, and log in, although the certificate failed verification")
	f.BoolVar(&o.allowCleartextAuth, "allow-cleartext-auth", false, "let a password cross the network in cleartext")
	c.PreRunE = func(c *cobra.Command, _ []string) error { return o.check(c) }
	complete(c, "tls", "require", "opportunistic", "off", "implicit")
	complete(c, "tls-min", versionNames...)
	complete(c, "tls-max", versionNames...)
	complete(c, "auth", mechanismNames()...)
	complete(c, "user")
}

// check refuses what no server has to be asked about.
func (o *options) check(c *cobra.Command) error {
	if err := o.checkAuth(); err != nil {
		return usage(err)
	}
	switch {
	case (o.cert == "") != (o.key == ""):
		return usage(errors.New("--cert and --key belong together"))
	case o.timeout < 0:
		return usage(errors.New("--timeout is negative"))
	case min(o.limits.Line, o.limits.Reply, o.limits.Lines) < 0:
		return usage(errors.New("--max-line, --max-reply and --max-lines are counts: 0 or more"))
	}
	for flag, name := range map[string]string{"--server-name": o.serverName, "--ehlo-name": o.ehloName} {
		if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return usage(fmt.Errorf("%s %s has a space or a control character in it", flag, quote(name)))
		}
	}
	if f := c.Flags().Lookup("port"); f.Changed && (o.port < 1 || o.port > 65535) {
		return usage(errors.New("--port: want a number from 1 to 65535"))
	}
	for _, name := range o.alpn {
		if name == "" || len(name) > 255 { // RFC 7301 §3.1
			return usage(errors.New("--alpn: a protocol name has 1 to 255 bytes"))
		}
	}
	return errors.Join(exclusive(c, "ipv4", "ipv6"), exclusive(c, "password-file", "password-command"), exclusive(c, "token-file", "token-command"))
}

func complete(c *cobra.Command, flag string, values ...string) {
	c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// target reads the target, and the port that goes before its own. A scheme decides when TLS starts; without one the port does.
func (o *options) target(s string) (record.Target, error) {
	t, err := record.ParseTarget(s, o.logsIn())
	if errors.Is(err, record.ErrCredentials) {
		return t, fmt.Errorf("%w: use --user and a password prompt, a file or $EHLO_PASSWORD", err)
	}
	if err != nil || o.port == 0 {
		return t, err
	}
	if t.Port = o.port; !strings.Contains(s, "://") {
		t.Implicit = t.Port == record.PortSubmissions
	}
	return t, nil
}

// config is what the flags say about the connection.
func (o *options) config(ctx context.Context, target record.Target) (engine.Config, error) {
	cfg := engine.Config{Target: target, Network: o.network(), Timeout: o.timeout, Limits: o.limits, Program: program()}
	var err error
	if cfg.Policy, err = record.ParsePolicy(o.tls, target, o.logsIn()); err != nil {
		return cfg, usage(fmt.Errorf("--tls %w", err))
	}
	cfg.Policy.AllowUnverified, cfg.Policy.AllowCleartextAuth = o.allowUnverified, o.allowCleartextAuth
	cfg.TLS, err = o.tlsConfig(ctx)
	return cfg, err
}

func (o *options) network() string {
	switch {
	case o.ipv4:
		return "ip4"
	case o.ipv6:
		return "ip6"
	}
	return "ip"
}

// goal is what the flags ask of the session.
func (o *options) goal(ctx context.Context, std streams, prompt bool) (walk.Goal, error) {
	g := o.loginGoal()
	g.EHLOName, g.From, g.To, g.Subject, g.Domain = o.ehloNameOrHost(), o.from, o.to, o.subject, o.domain
	if err := o.checkAddresses(); err != nil {
		return g, err
	}
	var err error
	if o.data != "" {
		if g.Message, err = o.message(ctx, std); err != nil {
			return g, err
		}
	}
	if g.Credentials.Token, err = o.token(ctx, std, prompt && o.needs(sasl.NeedsToken)); err != nil {
		return g, err
	}
	g.Credentials.Password, err = o.password(ctx, std, prompt && g.Credentials.Token.IsZero() && o.needs(sasl.NeedsPassword))
	return g, err
}

// ehloNameOrHost is a name worth giving: a host name without a domain says nothing to a server, and then the engine
// gives the address (RFC 5321 §4.1.1.1).
func (o *options) ehloNameOrHost() string {
	if o.ehloName != "" {
		return o.ehloName
	}
	if host, err := os.Hostname(); err == nil && strings.Contains(host, ".") {
		return host
	}
	return ""
}

package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/course"
	"ehlo/session/setup"
	"ehlo/session/walk"
	"ehlo/transcripts/capture"
)

// options are the flags of every command that talks to a server: what is asked for, and where to read what that takes.
type options struct {
	asked      setup.Request
	plain      bool
	predict    bool   // a question comes before each step
	present    bool   // the screen shows a session to a class
	save       string // the name to save the target under
	name       string // of the saved target that is met
	byForm     bool   // a form named the files, and calls them by its labels
	askSecrets bool   // no secret that lies ready is taken: a transcript named the server, and someone else may have written it
	output     string

	ca, cert, key, keylog         string // files
	capture                       string
	captureKeys                   bool
	recorder                      *capture.Recorder // writes the capture; nil where none is asked for
	mail                          mailOptions
	ways                          wayOptions
	identity                      identityOptions
	mx                            mxOptions
	passwordFile, passwordCommand string
	tokenFile, tokenCommand       string
	ipv4, ipv6                    bool
	scenarios                     string           // a file
	own                           []course.Station // what it holds, once it is read
	kept                          *kept
}

// register adds the flags to a command.
func (o *options) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false // flags that belong together stand together
	f.StringVar(&o.asked.TLS, "tls", "", "require, opportunistic, if-offered (continue in cleartext if STARTTLS is not offered, but not if it fails), off or implicit (default: as the scheme says; without one implicit on 465, require on 587; require with --user or --auth; else opportunistic)")
	f.StringVar(&o.asked.Protocol, "protocol", "", "smtp or lmtp (RFC 2033), whatever the target says (default: as the scheme says; without one smtp)")
	f.IntVar(&o.asked.Port, "port", 0, "connect to this port instead of the target's")
	f.StringVar(&o.asked.Address, "address", "", "connect to this IP address instead of those that the target's name resolves to; the name is still sent in TLS (SNI) and verified")
	o.ways.register(c)
	o.registerIdentity(c)
	f.StringVar(&o.asked.Goal.Credentials.Username, "user", "", "authenticate as this user")
	f.StringVar(&o.asked.Goal.Mechanism, "auth", "", "SASL mechanism (default: the best one offered)")
	for _, s := range walk.AuthSettingList() {
		registerSetting(c, s, &o.asked.Goal)
	}
	f.StringVar(&o.passwordFile, "password-file", "", "read the password from the first line of this file, at most 64 KiB, - is standard input (else $EHLO_PASSWORD, else a prompt, which may be left empty)")
	f.StringVar(&o.passwordCommand, "password-command", "", "read the password from the first line that this shell command prints, at most 64 KiB in all; it may prompt, so --timeout does not limit it, and $EHLO_PASSWORD and $EHLO_TOKEN are not in its environment")
	f.StringVar(&o.tokenFile, "token-file", "", "read an OAuth access token from the first line of this file, at most 64 KiB, - is standard input (else $EHLO_TOKEN)")
	f.StringVar(&o.tokenCommand, "token-command", "", "read the access token from the first line that this shell command prints, as --password-command does")
	f.BoolVar(&o.asked.Mask, "mask", false, "mask the secrets of the practice accounts too")
	f.BoolVar(&o.asked.Reveal, "reveal", false, "show and record passwords, tokens and proofs unmasked, in the transcript too")
	o.registerMail(c)
	o.registerHost(c)
	o.registerExperiment(c)
	f.StringVar(&o.asked.ServerName, "server-name", "", "name to send in SNI and to look for in the certificate (default: the target's host)")
	f.StringVar(&o.asked.SNI, "sni", "", "name to send in SNI, if it is not the one to look for in the certificate")
	listFlag(f, &o.asked.Ciphers, "ciphers", "cipher suites to offer up to TLS 1.2, by their IANA names, separated by commas")
	f.BoolVar(&o.asked.Goal.HELO, "helo-only", false, "greet with HELO, and so without extensions")
	f.StringVar(&o.cert, "cert", "", "client certificate, PEM, at most 4 MiB")
	f.StringVar(&o.key, "key", "", "key of the client certificate, PEM, at most 4 MiB")
	f.StringVar(&o.asked.TLSMin, "tls-min", "", "lowest TLS version to offer: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	f.StringVar(&o.asked.TLSMax, "tls-max", "", "highest TLS version to offer (default 1.3); a value below 1.2 also lowers --tls-min, unless that is given")
	f.BoolVar(&o.asked.LegacyTLS, "legacy", false, "offer obsolete TLS too, to examine an old server: TLS 1.0 and 1.1, RSA key exchange, CBC and 3DES, and signatures with SHA-1 (these for the whole program); never with a password that matters")
	listFlag(f, &o.asked.ALPN, "alpn", "protocol names to offer in ALPN, separated by commas")
	f.StringVar(&o.keylog, "keylog", "", "append the TLS secrets to this file (SSLKEYLOGFILE, RFC 9850): anyone who has it can read a recording of the session, so only its owner can read a new file, and a file that others can read is refused")
	f.StringVar(&o.capture, "capture", "", "write all bytes on the wire to this new file (pcapng, for Wireshark and tshark), readable only by its owner, with comments; nothing in it is masked, not even a password sent in cleartext")
	f.BoolVar(&o.captureKeys, "capture-keys", false, "put the TLS secrets into the capture too: anyone who has it can read the session")
	f.DurationVar(&o.asked.Timeout, "timeout", 0, "limit for each step, such as 10s (default: RFC 5321 §4.5.3.2, minutes)")
	f.IntVar(&o.asked.Limits.Line, "max-line", 0, "maximum length of a reply line to read, in bytes (default 65536)")
	f.IntVar(&o.asked.Limits.Reply, "max-reply", 0, "maximum length of a reply to read, in bytes (default 1048576)")
	f.IntVar(&o.asked.Limits.Lines, "max-lines", 0, "maximum number of lines of a reply to read (default 10000)")
	f.BoolVar(&o.asked.AllowUnverified, "allow-unverified", false, "continue although the certificate failed verification, without a login: that needs --allow-unverified-auth")
	f.BoolVar(&o.asked.AllowUnverifiedAuth, "allow-unverified-auth", false, "log in although the certificate failed verification: an attacker may receive the password or token, or a proof computed from it (implies --allow-unverified)")
	f.BoolVar(&o.asked.AllowCleartextAuth, "allow-cleartext-auth", false, "allow sending a password in cleartext")
	f.BoolVar(&o.asked.AllowObsoleteAuth, "allow-obsolete-auth", false, "log in although --legacy has led to TLS 1.0 or 1.1, which must not be used: an attacker on the path may read the password or token")
	scenariosFlag(c, o)
	f.StringVar(&o.save, "save", "", "save the target under this name, for use as @NAME instead of TARGET: server, --tls, --user, --ehlo-name, --server-name, --ca, --cert and --key as paths, and never a secret")
	c.PreRunE = func(c *cobra.Command, _ []string) error { return o.check(c) }
	complete(c, "tls", "require", "opportunistic", "if-offered", "off", "implicit")
	complete(c, "protocol", "smtp", "lmtp")
	complete(c, "tls-min", setup.TLSVersions()...)
	complete(c, "tls-max", setup.TLSVersions()...)
	c.RegisterFlagCompletionFunc("auth", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return setup.Mechanisms(), cobra.ShellCompDirectiveNoFileComp
	})
	complete(c, "user")
}

// registerHost adds the flags of all commands that connect to a host.
func (o *options) registerHost(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.ca, "ca", "", "trust the certificates in this PEM file, at most 4 MiB, or in the PEM files of this folder, instead of the system's")
	f.StringVar(&o.asked.Goal.EHLOName, "ehlo-name", "", "name to give in EHLO (default: this host's full name, else its address)")
	f.BoolVarP(&o.ipv4, "ipv4", "4", false, "contact IPv4 addresses only")
	f.BoolVarP(&o.ipv6, "ipv6", "6", false, "contact IPv6 addresses only")
}

// check refuses what is wrong with the flags themselves; what they ask for is looked at when the session is set up.
func (o *options) check(c *cobra.Command) error {
	stdin := 0
	for _, path := range []string{o.passwordFile, o.tokenFile, o.mail.data, o.mail.body} {
		if path == "-" {
			stdin++
		}
	}
	switch {
	case (o.cert == "") != (o.key == ""):
		return usage(errors.New("--cert and --key must be given together"))
	case c.Flags().Changed("port") && o.asked.Port == 0: // which stands for a flag that is not given
		return usage(errors.New("--port: want a number from 1 to 65535"))
	case o.captureKeys && o.capture == "":
		return usage(errors.New("--capture-keys needs --capture"))
	case stdin > 1:
		return usage(errors.New("standard input can be only one of --password-file, --token-file, --data and --body"))
	}
	o.readEnvelope(c)
	return errors.Join(o.readIdentity(c), exclusive(c, "ipv4", "ipv6"), exclusive(c, "socket", "pipe", "proxy", "local-interface"), exclusive(c, "socket", "pipe", "proxy", "local-port"), exclusive(c, "password-file", "password-command"), exclusive(c, "token-file", "token-command"))
}

func complete(c *cobra.Command, flag string, values ...string) {
	c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// request is what the flags ask for, of a target.
func (o *options) request(target string) setup.Request {
	r := o.asked
	r.Target, r.Program = target, program()
	r.Goal.Body = o.mail.body // what a file holds of it is read later
	r.Given, r.Attached = o.mail.data != "", len(o.mail.files) > 0
	r.Hostname, _ = os.Hostname() // without one the server gets the address
	switch {
	case o.ipv4:
		r.Network = "ip4"
	case o.ipv6:
		r.Network = "ip6"
	}
	return r
}

// texts is the flag of a list to which each use adds one: pflag.Value. That of pflag sets up a writer of CSV for each such flag, at every
// start, to tell that nothing was given.
type texts []string

func (t *texts) String() string { return strings.Join(*t, " ") }
func (t *texts) Type() string   { return "stringArray" }

// Set implements pflag.Value.
func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

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
	keylog, passwordCommand                         string
	tokenFile, tokenCommand                         string
	insist                                          bool
	authzid, realm, trace                           string
	auth                                            record.AuthSettings
	domain                                          string // of users whose name has none, on the practice server
	practice                                        bool   // the scenario's own account: the environment's secrets are for others
	reveal                                          bool
	timeout                                         time.Duration
	ipv4, ipv6, allowUnverified, allowCleartextAuth bool
	output                                          string
}

// register adds the flags to a command.
func (o *options) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false // flags that belong together stand together
	f.StringVar(&o.tls, "tls", "", "require, opportunistic, off or implicit (default: implicit on 465, require on 587 and with --user or --auth, else opportunistic)")
	f.StringVar(&o.user, "user", "", "authenticate as this user")
	f.StringVar(&o.mechanism, "auth", "", "SASL mechanism (default: the best that is offered)")
	f.BoolVar(&o.insist, "insist", false, "try the mechanism of --auth although the server does not offer it, to see what it says")
	f.StringVar(&o.authzid, "authzid", "", "act as this user after logging in as --user")
	f.StringVar(&o.auth.Initial, "initial-response", "", "yes or no: whether the first response goes with the AUTH command (default: yes, no for LOGIN)")
	f.StringVar(&o.auth.Binding, "channel-binding", "", "type for -PLUS: "+strings.Join(walk.Bindings(), ", ")+" (default: by TLS version)")
	f.IntVar(&o.auth.MinIterations, "min-iterations", 0, fmt.Sprintf("give SCRAM up below this iteration count (default: a finding below %d)", sasl.DefaultFloor))
	f.IntVar(&o.auth.MaxIterations, "max-iterations", 0, fmt.Sprintf("give SCRAM up above this iteration count (default %d)", sasl.DefaultCeiling))
	f.StringVar(&o.realm, "realm", "", "realm for DIGEST-MD5 (default: the first that the server names)")
	f.StringVar(&o.trace, "anonymous-trace", "", "what ANONYMOUS leaves to be found by, such as an address (default: --user)")
	f.StringVar(&o.passwordFile, "password-file", "", "read the password from the first line of this file, - is standard input (else $EHLO_PASSWORD, else a prompt, which may be left empty)")
	f.StringVar(&o.passwordCommand, "password-command", "", "read the password from the first line that this shell command prints; it may ask a person, so --timeout does not bound it")
	f.StringVar(&o.tokenFile, "token-file", "", "read an OAuth access token from the first line of this file, - is standard input (else $EHLO_TOKEN)")
	f.StringVar(&o.tokenCommand, "token-command", "", "read the access token from the first line that this shell command prints; --timeout does not bound it")
	f.BoolVar(&o.reveal, "reveal", false, "show and keep passwords, tokens and proofs as they are, in the transcript too")
	f.StringVar(&o.from, "from", "", "envelope sender (default: --user where that is an address)")
	f.StringArrayVar(&o.to, "to", nil, "envelope recipient, may be repeated")
	f.StringVar(&o.data, "data", "", "send this file as the message, header fields included, - is standard input")
	f.StringVar(&o.subject, "subject", "", "subject of the message that is composed without --data")
	f.StringVar(&o.ca, "ca", "", "trust the certificates in this PEM file instead of the system's")
	f.StringVar(&o.serverName, "server-name", "", "name for SNI and for the certificate (default: the target's host)")
	f.StringVar(&o.ehloName, "ehlo-name", "", "name to give in EHLO (default: this host's full name, else its address)")
	f.StringVar(&o.cert, "cert", "", "client certificate, PEM")
	f.StringVar(&o.key, "key", "", "key of the client certificate, PEM")
	f.StringVar(&o.tlsMin, "tls-min", "", "lowest TLS version to offer: 1.0, 1.1, 1.2 or 1.3 (default 1.2)")
	f.StringVar(&o.tlsMax, "tls-max", "", "highest TLS version to offer (default 1.3); below 1.2 it lowers --tls-min to the same, where that is not given")
	f.StringSliceVar(&o.alpn, "alpn", nil, "protocol names to offer in ALPN, separated by commas")
	f.StringVar(&o.keylog, "keylog", "", "append the TLS secrets to this file (SSLKEYLOGFILE, RFC 9850): whoever has it can read a recording of the session")
	f.DurationVar(&o.timeout, "timeout", 0, "limit for each step, such as 10s (default: RFC 5321 §4.5.3.2, minutes)")
	f.IntVar(&o.limits.Line, "max-line", 0, "longest reply line to read, in bytes (default 65536)")
	f.IntVar(&o.limits.Reply, "max-reply", 0, "longest reply to read, in bytes (default 1048576)")
	f.IntVar(&o.limits.Lines, "max-lines", 0, "most lines of a reply to read (default 10000)")
	f.BoolVarP(&o.ipv4, "ipv4", "4", false, "use IPv4 only")
	f.BoolVarP(&o.ipv6, "ipv6", "6", false, "use IPv6 only")
	f.BoolVar(&o.allowUnverified, "allow-unverified", false, "go on, and log in, although the certificate does not hold")
	f.BoolVar(&o.allowCleartextAuth, "allow-cleartext-auth", false, "let a password cross the network in clear text")
	c.PreRunE = func(c *cobra.Command, _ []string) error { return o.check(c) }
	complete(c, "tls", "require", "opportunistic", "off", "implicit")
	complete(c, "tls-min", versionNames...)
	complete(c, "tls-max", versionNames...)
	complete(c, "auth", mechanismNames()...)
	complete(c, "initial-response", record.InitialYes, record.InitialNo)
	complete(c, "channel-binding", walk.Bindings()...)
	for _, free := range []string{"user", "authzid", "realm", "anonymous-trace", "min-iterations", "max-iterations"} {
		complete(c, free)
	}
}

// check refuses what no server has to be asked about.
func (o *options) check(c *cobra.Command) error {
	if err := o.checkAuth(c); err != nil {
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
	for _, name := range o.alpn {
		if name == "" || len(name) > 255 { // RFC 7301 §3.1
			return usage(errors.New("--alpn: a protocol name has 1 to 255 bytes"))
		}
	}
	return errors.Join(exclusive(c, "ipv4", "ipv6"), exclusive(c, "password-file", "password-command"), exclusive(c, "token-file", "token-command"))
}

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

func complete(c *cobra.Command, flag string, values ...string) {
	c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
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

// config is what the flags say about the connection.
func (o *options) config(target record.Target) (engine.Config, error) {
	cfg := engine.Config{Target: target, Network: o.network(), Timeout: o.timeout, Limits: o.limits, Program: program()}
	var err error
	if cfg.Policy, err = record.ParsePolicy(o.tls, target, o.logsIn()); err != nil {
		return cfg, usage(err)
	}
	cfg.Policy.AllowUnverified, cfg.Policy.AllowCleartextAuth = o.allowUnverified, o.allowCleartextAuth
	cfg.TLS, err = o.tlsConfig()
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

func (o *options) tlsConfig() (cfg engine.TLSConfig, err error) {
	cfg.ServerName, cfg.ALPN = o.serverName, o.alpn
	if cfg.MinVersion, err = tlsVersion("--tls-min", o.tlsMin); err != nil {
		return cfg, err
	}
	if cfg.MaxVersion, err = tlsVersion("--tls-max", o.tlsMax); err != nil {
		return cfg, err
	}
	if cfg.MinVersion == 0 && cfg.MaxVersion != 0 && cfg.MaxVersion < tls.VersionTLS12 {
		cfg.MinVersion = cfg.MaxVersion // crypto/tls begins at 1.2, and a person asked for less
	}
	if cfg.MinVersion > cfg.MaxVersion && cfg.MaxVersion != 0 {
		return cfg, usage(fmt.Errorf("--tls-min %s is above --tls-max %s", o.tlsMin, o.tlsMax))
	}
	if cfg.RootCAs, err = readCA(o.ca); err != nil {
		return cfg, err
	}
	cfg.RootsFrom = "in the file of --ca"
	if cfg.Certificates, err = readCertificate(o.cert, o.key); err != nil || o.keylog == "" {
		return cfg, err
	}
	cfg.KeyLog, err = openKeyLog(o.keylog)
	return cfg, err
}

var versionNames = []string{"1.0", "1.1", "1.2", "1.3"}

func tlsVersion(flag, s string) (uint16, error) {
	if s == "" {
		return 0, nil
	}
	for i, name := range versionNames {
		if name == s {
			return tls.VersionTLS10 + uint16(i), nil
		}
	}
	return 0, usage(fmt.Errorf("%s %s: want %s", flag, quote(s), strings.Join(versionNames, ", ")))
}

func readCA(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := readFile("--ca", path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, &failure{record.ExitUsage, "--ca " + quote(path) + " holds no certificate", "the file must be PEM: -----BEGIN CERTIFICATE-----"}
	}
	return pool, nil
}

// openKeyLog opens a file for its owner alone. It stays open as long as the program runs: a key log line is a whole
// write, and nothing is buffered.
func openKeyLog(path string) (io.Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usage(fmt.Errorf("--keylog: %w", err))
	}
	return f, nil
}

func readCertificate(cert, key string) ([]tls.Certificate, error) {
	if cert == "" {
		return nil, nil
	}
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, &failure{record.ExitUsage, "--cert and --key: " + err.Error(), "both must be PEM files and belong together"}
	}
	return []tls.Certificate{c}, nil
}

// largest bounds what is read from a file named on the command line.
const largest = 64 << 20

func readFile(flag, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", flag, err))
	}
	defer f.Close()
	return readAll(flag, f)
}

func readAll(flag string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", flag, err))
	}
	if len(data) > largest {
		return nil, usage(fmt.Errorf("%s: more than %d MiB", flag, largest>>20))
	}
	return data, nil
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
		if g.Message, err = o.message(std); err != nil {
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

func (o *options) checkAddresses() error {
	stdin := 0
	for _, path := range []string{o.passwordFile, o.tokenFile, o.data} {
		if path == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return usage(errors.New("standard input can be only one of --password-file, --token-file and --data"))
	}
	if len(o.to) > 0 && o.from == "" && o.domain == "" && !strings.Contains(o.user, "@") {
		return usage(errors.New("--to needs --from, or a --user that is an address"))
	}
	for _, a := range append(o.to[:len(o.to):len(o.to)], o.from) {
		if a != "" && a != "<>" && strings.ContainsAny(a, "<>\r\n \t,") {
			return usage(fmt.Errorf("address %s: want user@domain without brackets, commas or spaces; --to may be repeated", quote(a)))
		}
	}
	if o.from == "<>" {
		o.from = ""
	}
	return nil
}

func (o *options) message(std streams) ([]byte, error) {
	data, err := o.content(std)
	if err != nil {
		return nil, err
	}
	if _, err := mail.ReadMessage(strings.NewReader(string(data))); err != nil {
		return nil, &failure{record.ExitUsage, "--data does not begin with header fields", "a message is header fields, an empty line and a body; for plain text use a file with at least a Subject line and an empty line on top"}
	}
	return data, nil
}

func (o *options) content(std streams) ([]byte, error) {
	if o.data == "-" {
		return readAll("--data", std.in)
	}
	return readFile("--data", o.data)
}

// password finds the password where secrets may be: a file, a command, the environment, a prompt. Never the command
// line, which every user of the machine can read.
func (o *options) password(ctx context.Context, std streams, prompt bool) (sasl.Secret, error) {
	switch {
	case o.passwordFile != "":
		return secretFile("--password-file", o.passwordFile, std)
	case o.passwordCommand != "":
		return secretCommand(ctx, std, "--password-command", o.passwordCommand)
	case o.practice:
		return sasl.Secret{}, nil
	case o.user != "" && emptyEnv("EHLO_PASSWORD"):
		return sasl.Secret{}, usage(errors.New("EHLO_PASSWORD is set, and empty"))
	case os.Getenv("EHLO_PASSWORD") != "":
		return sasl.NewSecret(os.Getenv("EHLO_PASSWORD")), nil
	case o.user != "" && prompt && term.IsTerminal(int(std.in.Fd())):
		return askSecret(ctx, std, "password", o.user)
	}
	return sasl.Secret{}, nil
}

func emptyEnv(name string) bool {
	value, set := os.LookupEnv(name)
	return set && value == ""
}

// needs reports whether the mechanism that was named takes such a secret. Where none is named a password is what
// people have.
func (o *options) needs(kind sasl.Needs) bool {
	info, ok := sasl.Lookup(o.mechanism)
	if !ok {
		return kind == sasl.NeedsPassword
	}
	return info.Needs == kind
}

func (o *options) token(ctx context.Context, std streams, prompt bool) (sasl.Secret, error) {
	switch {
	case o.tokenFile != "":
		return secretFile("--token-file", o.tokenFile, std)
	case o.tokenCommand != "":
		return secretCommand(ctx, std, "--token-command", o.tokenCommand)
	case o.practice:
		return sasl.Secret{}, nil
	case os.Getenv("EHLO_TOKEN") != "":
		return sasl.NewSecret(os.Getenv("EHLO_TOKEN")), nil
	case o.user != "" && prompt && term.IsTerminal(int(std.in.Fd())):
		return askSecret(ctx, std, "access token", o.user)
	}
	return sasl.Secret{}, nil
}

func secretFile(flag, path string, std streams) (sasl.Secret, error) {
	if path == "-" {
		return firstLine(flag, std.in)
	}
	f, err := os.Open(path)
	if err != nil {
		return sasl.Secret{}, usage(fmt.Errorf("%s: %w", flag, err))
	}
	defer f.Close()
	return firstLine(flag, f)
}

// secretCommand runs a password manager's command line, which may ask its own questions on the terminal.
func secretCommand(ctx context.Context, std streams, flag, line string) (sasl.Secret, error) {
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c"}
	}
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], line)...)
	cmd.Stdin, cmd.Stderr = std.in, std.err
	cmd.WaitDelay = time.Second // what it started may hold its output open
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return sasl.Secret{}, record.ErrCancelled
	}
	if err != nil {
		return sasl.Secret{}, &failure{record.ExitUsage, flag + " failed: " + err.Error(), "run the command by hand to see what it says"}
	}
	return firstLine(flag, bytes.NewReader(out))
}

func firstLine(flag string, r io.Reader) (sasl.Secret, error) {
	data, err := readAll(flag, r)
	if err != nil {
		return sasl.Secret{}, err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return sasl.Secret{}, usage(fmt.Errorf("%s: the first line is empty", flag))
	}
	return sasl.NewSecret(line), nil
}

// askSecret asks on the terminal, without an echo, until ctx ends. Nothing is an answer too: what the server offers can be
// seen without a secret, and the explorer asks again where one is needed.
func askSecret(ctx context.Context, std streams, what, user string) (sasl.Secret, error) {
	fd := int(std.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return sasl.Secret{}, usage(errors.New("no " + what + " was read"))
	}
	fmt.Fprintf(std.err, "%s of %s (not shown; empty goes on without): ", what, wire.VisibleString(quote(user)))
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // reading a terminal cannot be cancelled: the process ends with it
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		term.Restore(fd, before)
		fmt.Fprintln(std.err)
		return sasl.Secret{}, record.ErrCancelled
	case a := <-answers:
		fmt.Fprintln(std.err)
		if a.err != nil {
			return sasl.Secret{}, usage(errors.New("no " + what + " was read"))
		}
		return sasl.NewSecret(string(a.line)), nil
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ehlo/session/lab"
	"ehlo/session/sasl"
)

const serveLong = `Runs the practice server alone, for telnet, openssl, swaks or a mail client, until
it is interrupted. It binds loopback addresses only and delivers nothing.`

func newLabServe(std streams) *cobra.Command {
	o, ports := &options{}, map[string]int{}
	var ca string
	var given [5]int
	c := &cobra.Command{
		Use: "serve [SCENARIO]", Short: "run the practice server alone and print its ports", Long: serveLong,
		Example: "  ehlo lab serve\n  ehlo lab serve greylist --submission 1587",
		Args:    scenarioArg, ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			for i, role := range roles {
				ports[role] = given[i]
			}
			return serveLab(untilTold(c), std, o, strings.Join(args, ""), ports, ca)
		},
	}
	for i, role := range roles {
		c.Flags().IntVar(&given[i], role, 0, "port for "+role+" (default: a free one)")
	}
	scenariosFlag(c, o)
	c.Flags().StringVar(&ca, "ca-file", "", "write the server's CA certificate here (default: a temporary file)")
	return c
}

// roles are what has a port of its own; names is the name server.
var roles = []string{"relay", "submission", "submissions", "alternate", "names"}

func serveLab(ctx context.Context, std streams, o *options, name string, ports map[string]int, ca string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	name, err := o.chosen(ctx, name)
	if err != nil {
		return err
	}
	sc, err := o.scenario(name)
	if err != nil {
		return err
	}
	l, err := lab.Start(sc, lab.Options{Ports: ports, Log: std.out})
	if err != nil {
		return usage(err)
	}
	defer l.Close()
	ca, remove, err := writeCA(l.CAPEM(), ca)
	if err != nil {
		return err
	}
	defer remove()
	printGuide(std.out, l, ca)
	<-ctx.Done()
	return nil
}

// writeCA puts the certificate where other programs can read it; a temporary one goes when the server does.
func writeCA(pem []byte, path string) (string, func(), error) {
	if path != "" {
		if err := noFolder("--ca-file", filepath.Dir(path)); err != nil {
			return "", nil, err
		}
		if err := os.WriteFile(path, pem, 0o644); err != nil {
			return "", nil, usage(fmt.Errorf("--ca-file: %s: %w", quote(path), cause(err)))
		}
		return path, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "ehlo-lab-")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "ca.pem")
	return path, func() { os.RemoveAll(dir) }, os.WriteFile(path, pem, 0o644)
}

func printGuide(w io.Writer, l *lab.Lab, ca string) {
	sc := l.Scenario()
	fmt.Fprintf(w, "practice server: %s\n%s\n\n", sc.Title, sc.Story)
	for _, p := range l.Listeners() {
		if p.Down {
			fmt.Fprintf(w, "  %-12s %s:%d is down in this scenario\n", p.Role, p.Host, p.Port)
			continue
		}
		fmt.Fprintf(w, "  %-12s %-16s plays %s:%d%s\n", p.Role, p.Addr, p.Host, p.Port, implicitly(p))
	}
	fmt.Fprintf(w, "  %-12s %-16s answers for the practice domains, over UDP and TCP\n", "names", l.NameServer())
	fmt.Fprintf(w, "\naccounts (practice only)\n")
	for _, a := range l.Accounts() {
		fmt.Fprintf(w, "  %-8s %-14s %s\n", a.User, a.Password, a.Story)
	}
	printCommands(w, l, ca)
}

func implicitly(p lab.Listener) string {
	if p.Implicit {
		return ", TLS from the first byte"
	}
	return ""
}

// printCommands gives lines to paste into another terminal.
func printCommands(w io.Writer, l *lab.Lab, ca string) {
	fmt.Fprintf(w, "\nits CA certificate: %s\n\ntry, in another terminal:\n", ca)
	for _, p := range l.Listeners() {
		switch {
		case p.Down:
		case p.Implicit:
			fmt.Fprintf(w, "  openssl s_client -connect %s -servername %s -CAfile %s -crlf -quiet\n", p.Addr, p.Host, ca)
		case p.Role == "submission":
			host, port, _ := strings.Cut(p.Addr, ":")
			fmt.Fprintf(w, "  telnet %s %s\n", host, port)
			fmt.Fprintf(w, "  openssl s_client -connect %s -starttls smtp -servername %s -CAfile %s -crlf -quiet\n", p.Addr, p.Host, ca)
			fmt.Fprintf(w, "  ehlo connect submission://%s --server-name %s --ca %s --user ann\n", p.Addr, p.Host, ca)
			fmt.Fprintf(w, "  ehlo explain %s\n", sasl.EncodeResponse(sasl.PlainString("", "ann", "tulip-42"), true))
		}
	}
	host, port, _ := net.SplitHostPort(l.NameServer())
	fmt.Fprintf(w, "  dig @%s -p %s lab.test MX\n", host, port)
	fmt.Fprintf(w, "\nwhat the server sees (ctrl-c stops it):\n")
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ehlo/session/engine"
	"ehlo/session/lab"
	"ehlo/session/record"
	"ehlo/session/route"
	roads "ehlo/session/route/ask"
	"ehlo/session/setup"
	surveys "ehlo/session/survey/ask"
	"ehlo/session/wire"
	"ehlo/ui/routes"
)

const routeLong = `Looks at what DNS says about the way of a message to a domain, as a sending server does: MX records
in order, null MX, the domain's own address where there is none, aliases, hosts that do not exist,
addresses and their PTR records. Each mail server is then contacted at port 25 and walked to TLS,
and held against what the domain publishes: the MTA-STS policy, which is fetched over HTTPS, and TLSA
records (DANE). --no-connect contacts no mail server and no web server. Nobody is logged in and no
message is sent. What the domain says about mail from it is looked at too: SPF with its limits
(--client evaluates it for one server), DMARC, found by the tree walk of RFC 9989, and the DKIM keys
of the selectors that --selector names; and what mail clients find: SRV records, and the files of
autoconfig, held against these records and the usual ports. Autodiscover of Exchange is asked whether
it answers. All this is asked without a mail address and without a login, and no redirect is followed.
--dnsbl asks a block list about the addresses, after a question.

DOMAIN is the part of a mail address after the @, or the whole address. lab: is the domain of the
practice server, lab:SCENARIO the one of that scenario, and lab:DOMAIN another of its practice
domains, such as lab:alias.example or lab:settings.example: they need no network.

For each finding there is what is wrong, where it is written that it should be otherwise, what it
stops, and who mends it. danger: mail does not arrive. warning: some mail does not arrive, arrives
late or unprotected. note: worth knowing.

The resolvers of this system are asked. --resolver names another one: an address, or tls://ADDRESS
for DNS over TLS. DNSSEC counts as checked only if the resolver says so and is on this machine or
asked over TLS: anyone on the path could change its answer otherwise. Addresses that are not of the
public Internet are named and not contacted, unless --private is given.

The verdict is about mail that arrives: a host that fails counts where no other one works. At most
10 hosts are looked at, and 4 addresses of each contacted. Ctrl-c ends the route, and prints what is
known by then.

Exit codes:
`

// router is one route.
type router struct {
	o         options
	resolver  string
	noConnect bool
	private   bool
	client    string
	selectors []string
	lists     []string
	yes       bool
	json      bool
	quiet     bool
	all       bool
	screen    bool
}

func newRoute(std streams) *cobra.Command {
	r := &router{}
	c := &cobra.Command{
		Use: "route DOMAIN", Short: "follow the MX records of a domain", Args: exactArgs("DOMAIN"), Long: routeLong,
		Example: "  ehlo route lab:\n  ehlo route lab:alias.example\n  ehlo route example.org\n  ehlo route example.org --resolver tls://9.9.9.9\n  ehlo route example.org --no-connect --json | jq .verdict",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(exclusive(c, "json", "quiet"), exclusive(c, "json", "verbose"), exclusive(c, "quiet", "verbose"), exclusive(c, "ipv4", "ipv6"), screenAlone(c, "json", "quiet", "verbose", "dnsbl")); err != nil {
				return err
			}
			if r.screen {
				return r.explore(untilTold(c), std, args[0])
			}
			return r.run(untilTold(c), std, args[0])
		},
	}
	f := c.Flags()
	f.SortFlags = false
	resolverFlags(c, &r.resolver, &r.private)
	f.BoolVar(&r.noConnect, "no-connect", false, "contact no mail server and no web server")
	f.StringVar(&r.client, "client", "", "evaluate SPF for a server with this IP address (default: look at the whole record)")
	listFlag(f, &r.selectors, "selector", "look at the DKIM key of this selector, as s= names it in a DKIM-Signature field; may be repeated")
	listFlag(f, &r.lists, "dnsbl", "ask this DNS block list about the addresses; it learns them, so this asks before it begins; may be repeated")
	f.BoolVar(&r.yes, "yes", false, "do not ask before the block lists are asked")
	f.BoolVar(&r.json, "json", false, "print the route as one JSON object")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "print only the verdict")
	screenFlags(c, &r.o, &r.screen)
	f.BoolVarP(&r.all, "verbose", "v", false, "print each question to the resolver, with its answer and TTL, and each term of SPF")
	r.o.registerHost(c)
	f.DurationVar(&r.o.asked.Timeout, "timeout", 0, "limit for each step of a session; an address is abandoned after six times as long (default 10s, 8s for the practice server)")
	scenariosFlag(c, &r.o)
	return c
}

// resolverFlags say who is asked, and where what it says may lead.
func resolverFlags(c *cobra.Command, resolver *string, private *bool) {
	c.Flags().StringVar(resolver, "resolver", "", "ask this resolver: ADDRESS, ADDRESS:PORT, or tls://ADDRESS for DNS over TLS (default: those of this system)")
	c.Flags().BoolVar(private, "private", false, "contact private addresses too, if MX records lead there")
}

func (r *router) run(ctx context.Context, std streams, named string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	domain, scenario, practice, err := r.domainOf(ctx, named)
	if err != nil {
		return err
	}
	p, err := r.setUp(ctx, domain, scenario, practice)
	if err != nil {
		return err
	}
	defer p.Close()
	o, err := r.options(p)
	if err == nil {
		err = r.agree(ctx, std, p, domain)
	}
	if err != nil {
		return err
	}
	progress := &progressLine{out: std.err}
	if term.IsTerminal(int(std.err.Fd())) {
		o.Told = progress.met
	}
	found := route.Route(ctx, domain, o)
	progress.clear()
	if err := r.print(std.out, found); err != nil || found.Verdict.Exit == record.ExitOK {
		return err
	}
	r.howToLook(std.err, scenario, found)
	return &ended{found.Verdict.Exit}
}

// howToLook tells a person who reads of servers that fail how to go through that session.
func (r *router) howToLook(w io.Writer, scenario string, found *route.Report) {
	switch f := found.Verdict.Finding; {
	case r.json || r.quiet || f == "" || !slices.ContainsFunc(found.Hosts, func(h route.Host) bool { return len(h.Addresses) > 0 }):
	case scenario != "":
		fmt.Fprintf(w, "hint: ehlo run lab:%s shows a session step by step\n", scenario)
	default:
		fmt.Fprintf(w, "hint: ehlo run %s --mx%s shows that session step by step\n", name(found.Domain, "DOMAIN"), sameRecords(r.resolver, r.private))
	}
}

// domainOf is the domain that is meant, and the scenario of the practice server that has it.
func (r *router) domainOf(ctx context.Context, named string) (domain, scenario string, practice bool, err error) {
	name, practice := strings.CutPrefix(named, "lab:")
	if err := r.o.useOwn(ctx); err != nil {
		return "", "", practice, err
	}
	if practice && !strings.Contains(name, "@") && !r.o.isPracticeDomain(name) {
		return r.domainIn(name)
	}
	if user, after, ok := strings.Cut(name, "@"); ok && user != "" {
		name = after
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return "", "", false, &failure{record.ExitUsage, quote(named) + " is an address, and not a domain", "ehlo survey looks at the ports of an address"}
	}
	if domain, err = record.HostName(name); err == nil && !record.IsDomain(domain) {
		err = fmt.Errorf("%s is not a domain: want a name such as example.org", quote(named))
	}
	if err != nil {
		return "", "", false, usage(err)
	}
	if practice {
		scenario = scenarioServing(domain)
	}
	return domain, scenario, practice, nil
}

// isPracticeDomain reports whether a name after lab: is that of a domain: it has a dot, and no scenario has it.
func (o *options) isPracticeDomain(name string) bool {
	_, err := o.scenario(name)
	return strings.Contains(name, ".") && err != nil
}

// domainIn is the domain that a scenario is about.
func (r *router) domainIn(name string) (domain, scenario string, practice bool, err error) {
	sc, err := r.o.scenario(name)
	if err != nil {
		return "", "", true, err
	}
	domain = lab.Domain
	if t, err := record.ParseTarget(sc.Target, false); err == nil && sc.MX {
		domain = t.Host
	}
	return domain, sc.Name, true, nil
}

// scenarioServing is the scenario whose server accepts mail for a practice domain, the usual one for those that no scenario is about.
func scenarioServing(domain string) string {
	for _, sc := range lab.Scenarios() {
		if sc.Knobs.Serves == domain {
			return sc.Name
		}
	}
	return "relay"
}

// setUp makes what the sessions have in common. Nobody is logged in, so no secret is read.
func (r *router) setUp(ctx context.Context, domain, scenario string, practice bool) (*setup.Setup, error) {
	r.o.keep()
	if err := r.o.useOwn(ctx); err != nil {
		return nil, err
	}
	target := "smtp://" + domain
	if practice {
		target = "lab:" + scenario
	}
	asked := r.o.request(target)
	asked.Unwatched = true
	p, err := setup.New(asked)
	if err != nil {
		return nil, err
	}
	if p.Config.Timeout == 0 {
		p.Config.Timeout = surveyStep
	}
	if err := r.o.readTLS(ctx, &p.Config.TLS); err != nil {
		return nil, err
	}
	return p, p.Start()
}

// options are what the route asks, and whom.
func (r *router) options(p *setup.Setup) (o route.Options, err error) {
	switch practice, ok := p.Config.Resolver.(engine.RecordResolver); {
	case ok && p.IsPractice() && r.resolver != "":
		return o, usage(errors.New("--resolver is for real domains: the practice server has a name server of its own"))
	case ok && p.IsPractice():
		o.Resolver, o.Server, o.Proves, o.Private, o.Fetch = practice, "the practice name server", true, true, roads.Practice
	default:
		asked, err := resolverOf(r.resolver)
		if err != nil {
			return o, err
		}
		asked.Private = r.private
		o.Resolver, o.Server, o.Proves, o.Private = asked, asked.String(), asked.Proves(), r.private
		if !r.noConnect {
			o.Fetch = roads.Fetcher{Resolver: asked, Network: p.Config.Network, Roots: p.Config.TLS.RootCAs}.Get
		}
	}
	if r.client != "" {
		if o.Client, err = netip.ParseAddr(r.client); err != nil {
			return o, usage(fmt.Errorf("--client %s: want an IP address", quote(r.client)))
		}
	}
	for _, name := range slices.Concat(r.selectors, r.lists) {
		if !record.IsDomain(name) {
			return o, usage(fmt.Errorf("%s is not a name of DNS", quote(name)))
		}
	}
	o.Selectors, o.Lists = r.selectors, r.lists
	if !r.noConnect {
		o.Meet = roads.Meet(surveys.Config{Session: p.Config, EHLOName: p.Goal.EHLOName, Limit: stepsPerPort * p.Config.Timeout})
	}
	return o, nil
}

// agree asks before a block list learns which addresses are looked at. Those of the practice server are nobody's.
func (r *router) agree(ctx context.Context, std streams, p *setup.Setup, domain string) error {
	if len(r.lists) == 0 || r.yes || p.IsPractice() {
		return nil
	}
	if !term.IsTerminal(int(std.in.Fd())) {
		return &failure{record.ExitUsage, "--dnsbl asks before it begins, and standard input is no terminal", "add --yes if the operators of the lists may learn the addresses"}
	}
	return yes(ctx, std, fmt.Sprintf("The operators of %s learn the addresses of the mail servers of %s, and from which resolver they are asked.", strings.Join(r.lists, ", "), domain))
}

// resolverOf is the resolver that --resolver names.
func resolverOf(named string) (*roads.Resolver, error) {
	r, err := roads.NewResolver(named)
	switch {
	case err != nil && named == "":
		return nil, &failure{record.ExitUsage, err.Error(), "name one with --resolver"}
	case err != nil:
		return nil, usage(fmt.Errorf("--resolver %s: %w", quote(named), err))
	}
	return r, nil
}

// print writes the route to standard output.
func (r *router) print(out *os.File, found *route.Report) error {
	if r.json {
		text, err := json.MarshalIndent(found, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
	lines := routes.Lines(found, widthOf(out), r.all)
	if r.quiet {
		lines = routes.Verdict(found, widthOf(out))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

func (p *progressLine) met(done, all int, host string) {
	p.shown = true
	fmt.Fprintf(p.out, "\r\x1b[K%d of %d: %s", done, all, wire.VisibleString(host))
}

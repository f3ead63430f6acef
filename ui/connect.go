package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"ehlo/session"
	"ehlo/session/sasl"
)

var (
	tlsChoices     = []string{"", "require", "opportunistic", "implicit", "off"}
	networkChoices = []string{"ip", "ip4", "ip6"}
)

// connect asks for everything a connection to a real server needs. Only the server is necessary.
func (h *home) connect() tea.Cmd {
	server := textField("server", "", "mail.example.org:587", "host, host:port, or smtp:// submission:// submissions:// and a host; without a port it is 25, with a user 587")
	user := textField("user", "", "nobody", "the name to log in with; leave it empty to go without AUTH")
	password := secretField("password", "", "none", "never shown and never kept; it goes to the server in AUTH only")
	tls := choiceField("TLS", 0, "when TLS starts, and what happens if it cannot; by itself: at once on 465, required on 587 or with a user, else if it can be had",
		"by port and user", "require STARTTLS", "STARTTLS if offered", "from the first byte", "off")
	network := choiceField("network", 0, "which addresses to use", "IPv4 and IPv6", "IPv4 only", "IPv6 only")
	from := textField("from", "", "nobody", "the envelope's sender")
	to := textField("to", "", "nobody", "the envelope's recipients, with commas between; the walk stops before a message is sent")
	ca := textField("CA file", "", "the system's", "a PEM file with the certificate authorities to trust")
	name := textField("server name", "", "the server", "the name the certificate has to be for, if it is not the server's")
	ehlo := textField("EHLO name", "", "by address", "the name this client gives itself")
	f := &form{name: "connect to a server", verb: "connect", fields: []*field{server, user, password, tls, network, from, to, ca, name, ehlo}}
	f.submit = func() (tea.Cmd, error) {
		req := Request{Target: strings.TrimSpace(server.value()), TLS: tlsChoices[tls.picked], Network: networkChoices[network.picked],
			User: user.value(), Password: sasl.NewSecret(password.value()), From: from.value(), To: addresses(to.value()),
			CAFile: ca.value(), ServerName: name.value(), EHLOName: ehlo.value()}
		if _, err := session.ParseTarget(req.Target, req.User != ""); err != nil {
			return nil, &fieldError{server, err.Error()}
		}
		return func() tea.Msg { return requestMsg(req) }, nil
	}
	h.sheet = f
	return nil
}

package main

import (
	"net"
	"strings"
	"testing"
)

// The MX records of a domain lead to its servers in order, and into no private network unless that was agreed to.
func TestRunMX(t *testing.T) {
	t.Parallel()
	s := serve(t, "mx-order")
	at := func(role string) string { return s.Servers[0].Addresses[role][0] }
	_, port, err := net.SplitHostPort(at("relay"))
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "backup.example", "--mx", "--resolver", at("names"), "--port", port, "--ca", s.CA, "--until", "handshake", "-4"}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{append(args, "--private"), []string{"MX backup.example: 10 mx1.backup.example, 20 mx.lab", "no connection to mx1.backup.example, 127.0.0.11:" + port, "certificate verified for mx.lab", "exit code 0"}},
		{args, []string{"Mail for backup.example leads to no public address: mx1.backup.example has the address 127.0.0.11, which is not one of the public Internet. It was not contacted.", "recipient's side", "--mx --private", "exit code 4"}},
		{[]string{"route", "backup.example", "--resolver", at("names")}, []string{"has no address of the public Internet: 127.0.0.11 (loopback). It was not contacted.", "exit code 4"}},
	} {
		out, _ := ehloCommand(t, c.args...).Output()
		text := strings.Join(strings.Fields(string(out)), " ")
		for _, words := range c.want {
			if !strings.Contains(text, words) {
				t.Errorf("%q: %q is not in\n%s", c.args, words, out)
			}
		}
	}
	s.stop(t)
}

package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
)

// serve speaks as much SMTP as it takes to be told a secret.
func (p parrot) serve(c net.Conn) {
	defer c.Close()
	lines := bufio.NewScanner(c)
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	ask := func(challenge string) string {
		say("334 " + base64.StdEncoding.EncodeToString([]byte(challenge)))
		lines.Scan()
		return lines.Text()
	}
	say("220 parrot.test ESMTP")
	told := ""
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch verb := strings.ToUpper(words[0]); {
		case verb == "EHLO":
			say("250-parrot.test\r\n250 AUTH PLAIN LOGIN CRAM-MD5")
		case verb == "AUTH":
			switch words[1] {
			case "PLAIN":
				told = words[2]
			case "LOGIN":
				ask("Username:")
				told = ask("Password:")
			default:
				told = ask("<1@parrot.test>")
			}
			if p.later {
				say("535 5.7.8 no")
				continue
			}
			say(p.echo(told))
		case verb == "QUIT" && p.later:
			say(strings.ReplaceAll(p.echo(told), "535", "221"))
			return
		default:
			say("221 2.0.0 bye")
			return
		}
	}
}

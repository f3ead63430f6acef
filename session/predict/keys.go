package predict

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

func choice(n int) string { return strconv.Itoa(n) }

func keyDigit(c came) string {
	if d := c.digit(); d > 0 {
		return choice(d)
	}
	return choice(1)
}

func keyCode(c came) string {
	if c.digit() == 0 {
		return none
	}
	return strconv.Itoa(c.reply().Reply.Code)
}

func keyAccept(c came) string {
	switch c.digit() {
	case 2, 3:
		return choice(1)
	case 4, 5:
		return choice(2)
	}
	return choice(3)
}

func keyWire(c came) string {
	switch crossed, tls := c.crossed(); {
	case !crossed:
		return choice(3)
	case tls:
		return choice(2)
	}
	return choice(1)
}

func saidWire(c came) (string, []explain.Ref) {
	refs := []explain.Ref{{Doc: "RFC 3207", Section: "6"}, {Doc: "RFC 8314", Section: "3"}}
	switch crossed, tls := c.crossed(); {
	case !crossed:
		return saidFinding(c, "Nothing was sent.")
	case tls && c.after.State.Security.Unverified():
		return "TLS encrypted it. But the certificate failed verification: an attacker may be the one who decrypts it.", refs
	case tls:
		return "TLS encrypted it: an observer sees records, their sizes and times, and not what is in them.", refs
	}
	return "No TLS was active: every byte crossed the wire as it is shown.", refs
}

func (c came) sent() *record.Send {
	if e := c.last(record.KindSend); e != nil {
		return e.Send
	}
	return nil
}

func keySecret(c came) string {
	switch sent := c.sent(); {
	case sent == nil || sent.Error != "":
		return ""
	case sent.TLS:
		return choice(3)
	case sent.Gives == sasl.HidesPassword || sent.Gives == sasl.HidesToken:
		return choice(1)
	case sent.Gives == sasl.HidesProof || sent.Gives == sasl.HidesDigest || sent.Gives == sasl.HidesKey:
		return choice(2)
	case sent.Gives == "":
		return choice(4)
	}
	return "" // a person typed what nobody can tell
}

func saidSecret(c came) (string, []explain.Ref) {
	refs := []explain.Ref{{Doc: "RFC 4954", Section: "9"}}
	switch keySecret(c) {
	case choice(1):
		return "The line crossed the wire in cleartext. Base64 is an encoding: anyone can decode it.", refs
	case choice(2):
		return "The line crossed the wire in cleartext. It holds no password, but an observer can try passwords until one gives the same proof.", refs
	case choice(3):
		return "TLS was active, so the line crossed the wire encrypted, whatever the mechanism sends.", refs
	}
	return "The line crossed the wire in cleartext, and holds nothing secret: the secret comes later, or not at all.", refs
}

func keyAddress(c came) string {
	e := c.last(record.KindResolve)
	switch {
	case e == nil:
		return ""
	case e.Resolve.Trouble == "" && len(e.Resolve.Addresses) > 0:
		return choice(1)
	case e.Resolve.Trouble == record.TroubleNotFound, e.Resolve.Trouble == record.TroubleNullMX:
		return choice(2)
	}
	return choice(3)
}

func saidAddress(c came) (string, []explain.Ref) {
	refs := []explain.Ref{{Doc: "RFC 5321", Section: "5.1"}}
	r := c.last(record.KindResolve).Resolve
	if keyAddress(c) != choice(1) {
		why, _ := saidFinding(c, "The lookup led to no address.")
		return why, refs
	}
	return wire.VisibleString(fmt.Sprintf("The lookup of %s gave %s.", c.before.Start.Target.Called(), strings.Join(r.Addresses[:min(len(r.Addresses), 3)], ", "))), refs
}

func keySYN(c came) string {
	e := c.last(record.KindConnect)
	switch {
	case e == nil:
		return ""
	case e.Connect.Error == "":
		return choice(1)
	case e.Connect.Trouble == record.TroubleRefused:
		return choice(2)
	case e.Connect.Trouble.Waited():
		return choice(3)
	}
	return choice(4)
}

func saidSYN(c came) (string, []explain.Ref) {
	refs := []explain.Ref{{Doc: "RFC 9293", Section: "3.5"}}
	if keySYN(c) != choice(1) {
		why, _ := saidFinding(c, "There is no connection.")
		return why, refs
	}
	return "The three-way handshake is complete: SYN, SYN-ACK, ACK. A program listens on the port.", refs
}

func keyOffer(c came) string {
	e := c.last(record.KindCapabilities)
	switch {
	case e == nil:
		return choice(3)
	case e.Capabilities.Has(offered(c.before)):
		return choice(1)
	}
	return choice(2)
}

func saidOffer(c came) (string, []explain.Ref) {
	e := c.last(record.KindCapabilities)
	if e == nil {
		return saidReply(c)
	}
	return fmt.Sprintf("The list has: %s.", keywords(e.Capabilities)), []explain.Ref{{Doc: "RFC 5321", Section: "4.1.1.1"}, {Doc: "RFC 3207", Section: "4"}}
}

// keywords are those of a list, no more than one reads.
func keywords(c *record.Capabilities) string {
	const most = 12
	var names []string
	for _, k := range c.Keywords[:min(len(c.Keywords), most)] {
		names = append(names, wire.VisibleString(k.Keyword))
	}
	return cmp.Or(strings.Join(names, ", "), "nothing")
}

func keyList(c came) string {
	e := c.last(record.KindCapabilities)
	switch {
	case e == nil:
		return choice(4)
	case e.Capabilities.Has("STARTTLS"):
		return choice(3)
	case e.Capabilities.Has("AUTH") && !c.before.Forgotten.Has("AUTH"):
		return choice(1)
	}
	return choice(2)
}

func saidList(c came) (string, []explain.Ref) {
	e := c.last(record.KindCapabilities)
	if e == nil {
		return saidReply(c)
	}
	return fmt.Sprintf("The list inside TLS has: %s. What was said before TLS is forgotten, because an attacker could have changed it.", keywords(e.Capabilities)),
		[]explain.Ref{{Doc: "RFC 3207", Section: "4.2"}}
}

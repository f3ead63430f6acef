package lab

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"ehlo/session/record"
)

// device sits between one client and the server, as a middlebox or an attacker
// would. What it can read it carries one command and one reply at a time, and
// bends by its rules; once TLS runs through it, it only carries bytes, unless
// it intercepts. What the server says unasked, as the 421 of an idle timeout,
// waits for the client's next command.
type device struct {
	lab     *Lab
	service *service
	rules   []rule

	socket         net.Conn // the client's, as accepted
	client, server net.Conn
	fromClient     *bufio.Reader
	fromServer     *bufio.Reader
	inside         bool // both halves of the path have TLS that ends here
	tunnels        atomic.Bool
}

func newDevice(l *Lab, s *service, client net.Conn) *device {
	d := &device{lab: l, service: s, socket: client}
	for _, r := range l.scenario.Knobs.Wire {
		if r.Role == "" || r.Role == s.Role {
			d.rules = append(d.rules, r)
		}
	}
	return d
}

// run carries the conversation until one side or a rule ends it.
func (d *device) run() {
	d.lab.devices.Store(d, nil)
	defer d.lab.forget(&d.lab.devices, d)
	defer d.lab.open.remove(d.socket)
	d.speakTo(d.socket)
	if r, ok := d.rule("greeting", block); ok { // another program stands in the server's place, and nobody on the path did anything
		io.WriteString(d.client, r.Text)
		return
	}
	if _, ok := d.rule("greeting", stall); ok {
		d.did(record.Deed{Did: record.DeedWithheld, From: fromServer, What: "the greeting"})
		d.untilClientLeaves()
		return
	}
	if r, ok := d.rule("ClientHello", block); ok {
		d.answerHello(r.Text)
		return
	}
	if d.connect() {
		defer d.server.Close()
		d.carry()
	}
}

func (d *device) speakTo(client net.Conn) {
	d.client, d.fromClient = client, bufio.NewReaderSize(client, maxLine)
}

func (d *device) listenTo(server net.Conn) {
	d.server, d.fromServer = server, bufio.NewReader(server)
}

func (d *device) carry() {
	switch {
	case !d.service.Implicit:
	case !d.intercepts():
		d.tunnel()
		return
	case !d.intercept():
		return
	}
	if _, ok := d.reply("greeting"); ok {
		for d.exchange() {
		}
	}
	if d.lab.ends() {
		d.reply("")
	}
}

// interrupt ends the wait for the client's next command, once the lab ends.
func (d *device) interrupt() {
	if !d.tunnels.Load() { // else the server's last word comes through as everything does
		d.socket.SetReadDeadline(longAgo())
	}
}

// exchange carries a command, what it asks for, and its replies. It reports
// whether the conversation goes on.
func (d *device) exchange() bool {
	verb, answered, ok := d.command()
	if !ok || answered {
		return ok
	}
	code, ok := d.reply(verb)
	for ok && code[0] == '3' {
		if !d.input(code) {
			return false
		}
		code, ok = d.reply(verb)
	}
	if ok && verb == "STARTTLS" && code == "220" {
		return d.secured()
	}
	return ok && verb != "QUIT" && code != "421"
}

// secured goes on when TLS is about to begin.
func (d *device) secured() bool {
	if d.intercepts() {
		return d.intercept()
	}
	d.tunnel()
	return false
}

// command carries one command line and the chunk after BDAT. The device may
// have answered it, if a rule blocks the verb.
func (d *device) command() (verb string, answered, ok bool) {
	line, err := d.fromClient.ReadSlice('\n')
	if err != nil {
		return "", false, false // a longer line than any server takes ends it here
	}
	verb, arg := split(string(line))
	d.saw(verb, arg, len(line))
	if r, blocked := d.rule(verb, block); blocked {
		d.did(record.Deed{Did: record.DeedAnswered, From: fromClient, What: verb, Became: firstLine(r.Text)})
		_, err := io.WriteString(d.client, r.Text)
		return verb, true, err == nil
	}
	if _, err = d.server.Write(line); err == nil && verb == "BDAT" {
		_, err = io.CopyN(d.server, d.fromClient, chunkSize(arg))
	}
	return verb, false, err == nil
}

// input carries what the client sends after 334, one line, or after 354, text
// up to the line with the dot (RFC 5321 §4.1.1.4).
func (d *device) input(code string) bool {
	size := 0
	for atStart := true; ; {
		piece, err := d.fromClient.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return false
		}
		last := err == nil && (code != "354" || atStart && string(piece) == ".\r\n")
		atStart = bytes.HasSuffix(piece, []byte("\r\n"))
		if size += len(piece); last {
			d.sawInput(code, size)
		}
		if _, err := d.server.Write(piece); err != nil || last {
			return err == nil
		}
	}
}

// reply reads a reply of the server, bends it and passes it on. It reports the
// server's own code, and whether the conversation goes on.
func (d *device) reply(verb string) (code string, ok bool) {
	var reply []byte
	for {
		line, err := d.fromServer.ReadBytes('\n')
		if reply = append(reply, line...); err != nil {
			return "", false
		}
		if len(line) <= 3 || line[3] != ' ' {
			continue
		}
		code = string(line[:3])
		d.sawReply(reply)
		if d.lab.ends() { // no rule holds up the server's last word, and nothing else passes any more
			if code == "421" {
				d.client.Write(reply)
			}
			return code, false
		}
		return code, d.bend(verb, reply)
	}
}

// bend applies the rules to a reply, in order.
func (d *device) bend(verb string, reply []byte) bool {
	goesOn := true
	for _, r := range d.rules {
		if r.On != "" && r.On != verb {
			continue
		}
		var stays bool
		if reply, stays = d.apply(r, reply); reply == nil {
			return false
		}
		goesOn = goesOn && stays
	}
	_, err := d.client.Write(reply)
	return goesOn && err == nil
}

// apply is what a rule makes of a reply, nil where nothing is left to be passed on, and whether the conversation goes on after it.
func (d *device) apply(r rule, reply []byte) (_ []byte, goesOn bool) {
	was := reply
	switch r.Do {
	case strip:
		reply = stripped(reply, r.Text)
	case garble:
		reply = garbled(reply, r.Text)
	case omit:
		reply = omitted(reply, r.Text)
	case inject:
		reply = append(bytes.Clone(reply), r.Text...)
	case replace:
		reply = []byte(r.Text)
	case delay:
		d.did(record.Deed{Did: record.DeedDelayed, From: fromServer, Wait: r.Wait})
		if !d.lab.wait(r.Wait) {
			return nil, false
		}
		return reply, true
	case stall:
		d.did(record.Deed{Did: record.DeedWithheld, From: fromServer, What: firstLine(string(reply))})
		d.untilClientLeaves()
		return nil, false
	case flood:
		d.did(record.Deed{Did: record.DeedFlooded, From: fromServer, What: firstLine(string(reply)), Became: firstLine(r.Text)})
		d.flood(r.Text)
		return nil, false
	case cut:
		reply = reply[:min(len(reply), r.Bytes)]
		d.did(record.Deed{Did: record.DeedCut, From: fromServer, Bytes: len(was), Passed: len(reply)})
		return reply, false
	}
	d.bent(r, was, reply)
	return reply, true
}

func (d *device) rule(on string, do action) (rule, bool) {
	for _, r := range d.rules {
		if r.On == on && r.Do == do {
			return r, true
		}
	}
	return rule{}, false
}

func (d *device) untilClientLeaves() { io.Copy(io.Discard, d.fromClient) }

func (d *device) flood(text string) {
	block := bytes.Repeat([]byte(text), 1+32<<10/max(1, len(text)))
	for {
		if _, err := d.client.Write(block); err != nil {
			return
		}
	}
}

// stripped removes the line of an EHLO reply that offers keyword.
func stripped(reply []byte, keyword string) []byte {
	var kept []string
	for line := range strings.Lines(string(reply)) {
		if !offers(line, keyword) {
			kept = append(kept, line)
		}
	}
	if n := len(kept); n > 0 {
		kept[n-1] = kept[n-1][:3] + " " + kept[n-1][4:]
	}
	return []byte(strings.Join(kept, ""))
}

// garbled overwrites keyword, length unchanged, as some firewalls do with what
// they do not want to see negotiated.
func garbled(reply []byte, keyword string) []byte {
	var out strings.Builder
	for line := range strings.Lines(string(reply)) {
		if offers(line, keyword) {
			line = line[:4] + strings.Repeat("X", len(keyword)-1) + "A" + line[4+len(keyword):]
		}
		out.WriteString(line)
	}
	return []byte(out.String())
}

// omitted takes mechanisms out of the AUTH line, as who wants a client to use a
// weaker one would. The line stays, with what is left.
func omitted(reply []byte, text string) []byte {
	var out strings.Builder
	for line := range strings.Lines(string(reply)) {
		if offers(line, "AUTH ") {
			words := slices.DeleteFunc(strings.Fields(line[4:]), func(w string) bool { return strings.Contains(w, text) })
			line = line[:4] + strings.Join(words, " ") + "\r\n"
		}
		out.WriteString(line)
	}
	return []byte(out.String())
}

func offers(line, keyword string) bool {
	return len(line) > 4 && strings.HasPrefix(line[4:], keyword)
}

package session

import "testing"

func TestWalkPlain(t *testing.T) {
	walk(t, scene{goal: Goal{From: "ann@mail.lab", To: []string{"bob@mail.lab"}}, script: `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 8BITMIME
		C: MAIL FROM:<ann@mail.lab>
		S: 250 2.1.0 ok
		C: RCPT TO:<bob@mail.lab>
		S: 250 2.1.5 ok
		C: DATA
		S: 354 go on
		MESSAGE
		S: 250 2.0.0 queued
		C: QUIT
		S: 221 2.0.0 bye
		CLOSE`}).shows(`x`)
}

func TestWalkTLS(t *testing.T) {
	p := walk(t, scene{policy: "require", goal: Goal{Credentials: ann()}, script: `
		S: 220 mail.lab ESMTP
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go on
		TLS
		C: EHLO [192.0.2.1]
		S: 250-mail.lab
		S: 250 AUTH PLAIN LOGIN
		C: AUTH PLAIN …
		S: 235 2.7.0 ok
		C: QUIT
		S: 221 2.0.0 bye
		CLOSE`})
	p.shows(`x`)
}

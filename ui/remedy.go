package ui

import "strings"

// onScreen gives a hint in the words of the screen: what is a flag on the command line is a key here.
func onScreen(hint string) string { return flagsToKeys.Replace(hint) }

var flagsToKeys = strings.NewReplacer(
	"; --tls opportunistic goes on without", "; tab goes on without",
	"leave --auth out to use the best that is offered", "c takes the best that is offered; tab tries any other, as an experiment",
	"a password comes by $EHLO_PASSWORD or --password-file, a token by $EHLO_TOKEN or --token-file; --auth NAME --insist tries a mechanism without", "c gives what is missing; tab tries a mechanism all the same",
	", or --tls implicit", ", or choose TLS from the first byte in the form for the connection",
	", or --tls require", ", or choose STARTTLS in the form for the connection",
)

package scripttest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"ehlo/session/sasl"
)

// Password is that of every account of a script.
const Password = "practice-42"

type accounts struct{}

func (accounts) Account(string) (sasl.Account, bool) {
	return sasl.Account{Password: sasl.NewSecret(Password)}, true
}

// exchange is an honest server's side of AUTH; one that is early does not wait for the client to take the last challenge.
func (a *actor) exchange(mechanism string, early bool) bool {
	server, err := sasl.NewServer(mechanism, sasl.ServerConfig{Accounts: accounts{}, Host: "mail.example"})
	if err != nil {
		panic(err)
	}
	line, err := a.r.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "AUTH "+mechanism) {
		return false
	}
	var response []byte // nil is none, and not an empty one
	if initial := strings.TrimSpace(strings.TrimPrefix(line, "AUTH "+mechanism)); initial != "" {
		response = decoded(initial)
	}
	for round := 1; ; round++ {
		challenge, done, err := server.Next(response)
		switch text := base64.StdEncoding.EncodeToString(challenge); {
		case err != nil:
			return a.say("535 5.7.8 no")
		case done:
			return a.say("235 2.7.0 welcome")
		case early && round == 2:
			return a.say("235 2.7.0 " + text)
		case !a.say("334 " + text):
			return false
		}
		if line, err = a.r.ReadString('\n'); err != nil {
			return false
		}
		response = decoded(line)
	}
}

func (a *actor) say(line string) bool {
	_, err := fmt.Fprintf(a.conn, "%s\r\n", line)
	return err == nil
}

func decoded(line string) []byte {
	b, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	return b
}

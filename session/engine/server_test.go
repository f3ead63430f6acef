package engine

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"ehlo/session/certificate/pkitest"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"ehlo/session/sasl"
)

// server is one server at its work.
type server struct {
	*stage
	cable   *cable
	conn    net.Conn
	r       *bufio.Reader
	pending bytes.Buffer
}

func (sv *server) use(c net.Conn) { sv.conn, sv.r = c, bufio.NewReader(c) }

// serve plays one server.
func (st *stage) serve(c *cable, lines []string) {
	sv := &server{stage: st, cable: c}
	sv.use(c)
	defer func() { c.Close() }()
	for _, line := range lines {
		if !sv.do(line) {
			return
		}
	}
	sv.flush()
	if rest, _ := io.ReadAll(sv.r); len(rest) > 0 && !closingAlert(rest) {
		st.t.Errorf("after the script the client sent %q", rest)
	}
}

// closingAlert recognizes TLS's good-bye, or its complaint, which may follow a script that ends in a handshake.
func closingAlert(b []byte) bool { return b[0] == 21 }

func (sv *server) flush() {
	if sv.pending.Len() > 0 {
		sv.conn.Write(sv.pending.Bytes())
		sv.pending.Reset()
	}
}

// do plays one line; false when the connection is over.
func (sv *server) do(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	if word != "S:" && word != "R:" {
		sv.flush()
	}
	switch word {
	case "S:":
		sv.pending.WriteString(rest + "\r\n")
	case "R:":
		text, err := strconv.Unquote(rest)
		if err != nil {
			panic(line)
		}
		sv.pending.WriteString(text)
	case "+":
	case "C:":
		return sv.expect(rest)
	case "MESSAGE":
		return sv.message()
	case "BYTES":
		n, _ := strconv.Atoi(rest)
		_, err := io.CopyN(io.Discard, sv.r, int64(n))
		return sv.here(err, line)
	case "TLS":
		return sv.handshake()
	case "HELLO":
		return sv.record()
	case "SASL":
		return sv.exchange(rest)
	case "ASK":
		return sv.ask(strings.Split(rest, " | "), false)
	case "ASKALWAYS":
		return sv.ask(strings.Split(rest, " | "), true)
	case "WAIT":
		d, _ := time.ParseDuration(rest)
		time.Sleep(d)
	case "CLOSE":
		sv.conn.Close()
		return false
	case "CUT":
		sv.cable.Close()
		return false
	default:
		panic("no such line: " + line)
	}
	return true
}

// expect reads the client's line and holds it against the script.
func (sv *server) expect(want string) bool {
	got, err := sv.r.ReadString('\n')
	if !sv.here(err, "C: "+want) {
		return false
	}
	line, ended := strings.CutSuffix(got, "\r\n")
	if begin, open := strings.CutSuffix(want, "…"); !ended || line != want && !(open && strings.HasPrefix(line, begin)) {
		sv.t.Errorf("the client sent %q, want %q", got, want)
	}
	return true
}

func (sv *server) here(err error, line string) bool {
	if err != nil && !sv.scene.hasty {
		sv.t.Errorf("the client left where the script has %q: %v", line, err)
	}
	return err == nil
}

func (sv *server) message() bool {
	for {
		line, err := sv.r.ReadString('\n')
		if !sv.here(err, "MESSAGE") {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

func (sv *server) record() bool {
	head := make([]byte, 5)
	if _, err := io.ReadFull(sv.r, head); !sv.here(err, "HELLO") {
		return false
	}
	_, err := io.CopyN(io.Discard, sv.r, int64(head[3])<<8|int64(head[4]))
	return sv.here(err, "HELLO")
}

// handshake goes on inside TLS. Whether it works is for the client to tell.
func (sv *server) handshake() bool {
	config := sv.scene.server
	if config == nil {
		config = pkitest.Lab().Server("mail.lab")
	}
	conn := tls.Server(&leftover{sv.cable, sv.r}, config)
	if err := conn.Handshake(); err != nil {
		return false
	}
	sv.use(conn)
	return true
}

// leftover reads what a bufio.Reader has taken already.
type leftover struct {
	net.Conn
	r *bufio.Reader
}

func (p *leftover) Read(b []byte) (int, error) { return p.r.Read(b) }

// exchange is an honest server's side of AUTH.
func (sv *server) exchange(mechanism string) bool {
	sasl, err := sasl.NewServer(mechanism, sasl.ServerConfig{Accounts: accounts{}, Host: "mail.lab"})
	if err != nil {
		panic(err)
	}
	line, err := sv.r.ReadString('\n')
	line, named := strings.CutPrefix(strings.TrimSpace(line), "AUTH "+mechanism)
	if !sv.here(err, "AUTH") || !named {
		sv.t.Errorf("no AUTH %s: %q", mechanism, line)
		return false
	}
	var response []byte
	if line != "" {
		response = opened(line)
	}
	for {
		challenge, done, err := sasl.Next(response)
		switch {
		case err != nil:
			fmt.Fprintf(sv.conn, "535 5.7.8 no\r\n")
			return true
		case done:
			fmt.Fprintf(sv.conn, "235 2.7.0 ok\r\n")
			return true
		}
		fmt.Fprintf(sv.conn, "334 %s\r\n", base64.StdEncoding.EncodeToString(challenge))
		if line, err = sv.r.ReadString('\n'); err != nil {
			return sv.here(err, "a response")
		}
		response = opened(line)
	}
}

// ask answers AUTH and what follows with challenges, one after the other; {nonce} is that of SCRAM's first message. Then
// it refuses the login, unless it begins again for ever, whatever the client says.
func (sv *server) ask(challenges []string, always bool) bool {
	nonce := ""
	for i := 0; ; i++ {
		line, err := sv.r.ReadString('\n')
		if err != nil {
			return always || sv.here(err, "a response")
		}
		if _, after, ok := strings.Cut(string(opened(line[strings.LastIndexByte(line, ' ')+1:])), ",r="); ok && nonce == "" {
			nonce = after
		}
		switch {
		case i == 20:
			sv.t.Errorf("the client has answered %d challenges", i)
			return false
		case line == "*\r\n" && !always:
			fmt.Fprintf(sv.conn, "501 5.7.0 cancelled\r\n")
			return true
		case i >= len(challenges) && !always:
			fmt.Fprintf(sv.conn, "535 5.7.8 no\r\n")
			return true
		}
		text := strings.ReplaceAll(challenges[i%len(challenges)], "{nonce}", nonce)
		if raw, ok := strings.CutPrefix(text, "RAW "); ok {
			text = raw
		} else {
			text = base64.StdEncoding.EncodeToString([]byte(text))
		}
		fmt.Fprintf(sv.conn, "334 %s\r\n", text)
	}
}

func opened(line string) []byte {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return []byte("not base64")
	}
	return b
}

type accounts struct{}

func (accounts) Account(name string) (sasl.Account, bool) {
	return sasl.Account{Password: sasl.NewSecret(thePassword)}, name == theUser
}

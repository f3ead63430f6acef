package engine

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"ehlo/session/sasl"
	"ehlo/session/wire"
)

// A reply that repeats what was told loses the words, or all of its text where they are in pieces or in another form.
// One that does not stays as it is.
func TestEchoIsTakenOut(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", "ann", thePassword))
	var heard told
	heard.remember("PLAIN", plain, sasl.HidesPassword)
	words := "535 5.7.8 no such user " + sasl.Mask + " here\r\n"
	blank := "535 5.7.8 " + sasl.Mask + "\r\n"
	for reply, want := range map[string]string{
		"535 5.7.8 no such user " + plain + " here\r\n":                                      words,
		"535 5.7.8 no such user " + thePassword + " here\r\n":                                words,
		"535-5.7.8 " + plain[:7] + "\r\n535 5.7.8 " + plain[7:] + "\r\n":                     "535-5.7.8 " + sasl.Mask + "\r\n" + blank,
		fmt.Sprintf("535 5.7.8 %x\r\n", thePassword):                                         blank,
		fmt.Sprintf("535 5.7.8 [% X]\r\n", thePassword):                                      blank,
		"535 5.7.8 " + base64.StdEncoding.EncodeToString([]byte("to "+thePassword)) + "\r\n": blank,
		"535 5.7.8 " + strings.Join(strings.Split(thePassword, ""), "-") + "\r\n":            blank,
		"535 5.7.8 ann gave another password\r\n":                                            "535 5.7.8 ann gave another password\r\n",
		"nonsense " + plain + "\r\n":                                                         "nonsense " + sasl.Mask + "\r\n",
	} {
		r, _ := wire.NewReader(strings.NewReader(reply), wire.Limits{}).ReadReply()
		if found := heard.hide(&r); string(r.Raw) != want || found == (reply == want) {
			t.Errorf("%q became %q, want %q", reply, r.Raw, want)
		}
		if text := r.Text(); strings.Contains(text, thePassword) || len(r.Lines) > 0 && !strings.Contains(string(r.Lines[0].Raw), r.Lines[0].Text) {
			t.Errorf("%q: text %q of %q", reply, text, r.Raw)
		}
	}
	for _, form := range forms(thePassword) {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", heard, heard, heard), form) {
			t.Errorf("%q is in what is kept", form)
		}
	}
}

// What is short stands in any text: it is not looked for.
func TestShortSecretsAreNoEcho(t *testing.T) {
	var heard told
	heard.remember("LOGIN", sasl.EncodeBase64([]byte("mail")), sasl.HidesPassword)
	r, _ := wire.NewReader(strings.NewReader("221 mail.lab says bye\r\n"), wire.Limits{}).ReadReply()
	if heard.hide(&r) {
		t.Errorf("%q", r.Raw)
	}
}

// The words of the protocol in a line that was masked as a whole are no secret: a list of capabilities that has them
// stays as it is.
func TestProtocolWordsAreNoEcho(t *testing.T) {
	plain := sasl.EncodeBase64(sasl.PlainString("", "ann", thePassword))
	list := "250-mail.lab\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250-AUTH=PLAIN\r\n250 HELP\r\n"
	for _, line := range []string{"AUTHPLAIN " + plain, "AUTH=PLAIN " + plain, "XAUTH PLAIN " + plain, "SIZE HELP " + thePassword} {
		var heard told
		heard.remember("", line, "typed")
		r, _ := wire.NewReader(strings.NewReader(list), wire.Limits{}).ReadReply()
		if heard.hide(&r) || string(r.Raw) != list {
			t.Errorf("after %s: %q", line, r.Raw)
		}
		for _, word := range []string{plain, thePassword} {
			if !strings.Contains(line, word) {
				continue
			}
			r, _ = wire.NewReader(strings.NewReader("500 what is "+word+"\r\n"), wire.Limits{}).ReadReply()
			if !heard.hide(&r) || strings.Contains(string(r.Raw), word) {
				t.Errorf("after %s: %q", line, r.Raw)
			}
		}
	}
}

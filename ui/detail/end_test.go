package detail

import (
	"testing"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

func TestTheEndSumsUp(t *testing.T) {
	st := record.NewState()
	st.Auth, st.User, st.Mechanism, st.Delivered = record.AuthDone, "ann", "PLAIN", 1
	state := record.Event{Kind: record.KindState, State: &st}
	secret := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n"), Masked: []string{sasl.HidesPassword}}}
	danger := record.Event{Kind: record.KindFinding, Finding: &record.Finding{Code: "x", Severity: "danger", Text: "the password went out"}}
	end := record.Event{Kind: record.KindEnd, End: &record.End{Phase: record.PhaseQuit}}
	has(t, page(Explain, 3, secret, danger, danger, state, end), "server      no TLS: not protected",
		"client      authenticated as ann with PLAIN; 1 message", "an eavesdropper could read the password", "‼ the password went out")
	up := record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3", Verified: true, Reference: "mail.lab"}}
	hello := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("EHLO me\r\n"), TLS: true}}
	has(t, page(Explain, 2, up, hello, end), "TLS 1.3, and the certificate proved that it is", "not authenticated; no message delivered", "saw the handshake, then only")
}

func TestAMaskedLineHasNoLength(t *testing.T) {
	raw := record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw("XLOGIN " + sasl.Mask + "\r\n"), Masked: []string{"typed"}}}
	has(t, page(Fields, 0, raw), "length      withheld")
}

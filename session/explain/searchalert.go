package explain

import "strings"

// alertLeads come before the name or number of an alert in the errors of TLS
// libraries: "sslv3 alert handshake failure:… SSL alert number 40" (OpenSSL),
// "remote error: tls: certificate required" (Go), "Received fatal alert:
// bad_certificate" (Java), "A TLS fatal alert has been received: Certificate is
// bad" (GnuTLS), "SSLV3_ALERT_HANDSHAKE_FAILURE" (BoringSSL), "AlertReceived(HandshakeFailure)" (Rustls), "fatal error code is
// 40" (Windows), "{tls_alert,{handshake_failure," (Erlang). OpenSSL leaves "alert" out for the newer ones.
var alertLeads = [...]string{"alert number ", "alert [", "alert: ", "alert ", "alert has been received: ", "alert code is ", "error code is ",
	"alert_", "alertreceived(", "tls_alert,{", "tls_alert,\"", "remote error: ", "tlsv1 ", "tlsv13 ", "tls: "}

// maxAlertWords is the length of the longest name of an alert.
const maxAlertWords = 5

// alerts finds the TLS alert that an error tells of.
func (q *query) alerts() {
	line := squeeze(q.line)
	for _, lead := range alertLeads {
		for rest, found := line, true; found; {
			if _, rest, found = strings.Cut(rest, lead); !found {
				continue
			}
			if e := alertAt(rest); e != nil {
				q.add(*e, rankLine)
				return
			}
		}
	}
}

// alertAt finds the alert with the longest name at the start of text.
func alertAt(text string) *Entry {
	if end := strings.IndexAny(text, ":;,()[]"); end >= 0 {
		text = text[:end]
	}
	words := strings.Fields(text)
	for n := min(len(words), maxAlertWords); n > 0; n-- {
		if e := alertTable.numbered(strings.Trim(strings.Join(words[:n], " "), `."'`)); e != nil {
			return e
		}
	}
	if len(words) > 1 { // Go says "expired certificate"
		return alertTable.find(words[1] + " " + words[0])
	}
	return nil
}

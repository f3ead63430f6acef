package record

import (
	"cmp"
	"time"
)

// What others wrote down or did while a step ran. Only the practice server tells it: on a real path nobody knows what the server
// logged, and who changed something on the way does not say so.

// ServerLog is what the server wrote into its own log during a step, for whoever runs it.
type ServerLog struct {
	Lines []LogLine `json:"lines,omitempty"`
	// More counts the lines that were not kept.
	More int `json:"more,omitempty"`
}

// LogLine is a line of a server's log, in the manner of Postfix.
type LogLine struct {
	Time    time.Time `json:"time"`           // by the server's clock
	Host    string    `json:"host,omitempty"` // whose log it is: two servers may be on the way of a message
	Process string    `json:"process"`        // the program and its number: "lab/submission/smtpd[1]"
	Text    string    `json:"text"`
}

// Syslog is the line as it stands in a file of the system's log.
func (l LogLine) Syslog() string {
	return l.Time.Format(time.Stamp) + " " + cmp.Or(l.Host, "mail") + " " + l.Process + ": " + l.Text
}

// OnPath is what a device between client and server saw and did during a step, in order.
type OnPath struct {
	Deeds []Deed `json:"deeds,omitempty"`
	// More counts those that were not kept.
	More int `json:"more,omitempty"`
}

// Deed is one thing that a device on the path saw or did.
type Deed struct {
	Did DeedKind `json:"did"`
	// From says whose bytes it was about: "C" or "S".
	From string `json:"from,omitempty"`
	// What it was about: the verb of a command without its argument, the line of a reply, or words of one.
	What string `json:"what,omitempty"`
	// Became stands in its place since; empty where nothing does.
	Became string `json:"became,omitempty"`
	// Bytes is how many there were of it, Passed how many of them went on.
	Bytes  int `json:"bytes,omitempty"`
	Passed int `json:"passed,omitempty"`
	// Wait is how long it was held back.
	Wait time.Duration `json:"wait,omitempty"`
	// TLS says that it crossed inside TLS that ends at the device.
	TLS bool `json:"tls,omitempty"`
}

// DeedKind says what a device did.
type DeedKind string

// The kinds of deed. The first two change nothing.
const (
	DeedSaw         DeedKind = "saw"         // it could read What
	DeedCarried     DeedKind = "carried"     // it carried Bytes that it could not read
	DeedRemoved     DeedKind = "removed"     // What no longer stands in the reply
	DeedChanged     DeedKind = "changed"     // What became Became
	DeedAdded       DeedKind = "added"       // Became was added to the reply
	DeedReplaced    DeedKind = "replaced"    // the reply What never arrived, Became did
	DeedAnswered    DeedKind = "answered"    // the device answered What with Became: the server never saw it
	DeedDelayed     DeedKind = "delayed"     // the reply was held back for Wait
	DeedWithheld    DeedKind = "withheld"    // the reply What never arrived
	DeedCut         DeedKind = "cut"         // Passed of the Bytes of the reply arrived, then the device closed the connection
	DeedFlooded     DeedKind = "flooded"     // Became was sent again and again in place of the reply
	DeedIntercepted DeedKind = "intercepted" // it ended TLS with a certificate that What says, and began another to the server
	DeedReset       DeedKind = "reset"       // a ClientHello of Bytes was too large, and the device reset the connection
)

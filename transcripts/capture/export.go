package capture

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"time"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/pcap"
)

// aboutExport is the comment of a file that is made of a transcript.
const aboutExport = "Created from a transcript, which does not contain every byte that was sent. Lines and messages are in cleartext here, even " +
	"those that were sent inside TLS: these are in a separate connection, from a synthesized client port. TLS messages are named in comments " +
	"only. Secrets are masked as in the transcript, and a long message is cut off after its beginning. The IP and TCP headers are synthesized."

// ErrNoConnection says that there is nothing to make packets of.
var ErrNoConnection = errors.New("the session never connected, so there are no packets")

// Write makes a capture of the events of a transcript. notes gives the remarks about an event, by its Seq. It keeps no more than
// a packet.
func Write(w io.Writer, events iter.Seq[*record.Event], notes func(seq int) []*record.Event) error {
	out := bufio.NewWriter(w)
	x := &exporter{}
	for e := range events {
		if e.Start != nil && x.out == nil {
			x.began = e.Start.Time
			x.out, x.err = pcap.NewWriter(out, pcap.Section{Link: pcap.LinkRaw, Name: "ehlo", Program: e.Start.Program, Comment: aboutExport})
		}
		if x.out == nil {
			continue
		}
		x.take(e)
		x.remark(e)
		for _, note := range notes(e.Seq) {
			x.remark(note)
		}
		if x.err != nil {
			return x.err
		}
	}
	x.close()
	if x.last == nil && x.err == nil {
		return ErrNoConnection
	}
	x.flush()
	return cmp.Or(x.err, out.Flush())
}

// exporter makes packets of events.
type exporter struct {
	out     *pcap.Writer
	began   time.Time
	now     time.Duration // of the last event; no packet is older
	target  record.Target
	client  netip.AddrPort
	server  netip.AddrPort
	flow    *Flow
	last    *packet  // waits for what is said about it
	waiting []string // comments that have no packet yet
	err     error
}

func (x *exporter) take(e *record.Event) {
	x.now = max(x.now, e.T)
	switch {
	case e.Start != nil:
		x.target = e.Start.Target
	case e.Change != nil:
		x.target = e.Change.Plan.Target
	case e.Connect != nil && e.Connect.Trouble == "":
		x.connected(e.Connect)
	case e.TLS != nil && e.TLS.Error == "":
		x.inside()
	case e.Send != nil:
		x.said(wire.ClientToServer, e.Send.Raw)
	case e.Reply != nil:
		x.said(wire.ServerToClient, e.Reply.Raw)
		x.lost(e.Reply.Trouble)
	case e.State != nil && (e.State.Stage == record.StageClosed || e.State.Stage == record.StageBroken):
		x.close()
	}
}

// remark puts what is said of an event at the packet before it, or at the first.
func (x *exporter) remark(e *record.Event) {
	text := comment(e)
	switch {
	case text == "":
	case x.last != nil:
		x.last.comments = append(x.last.comments, text)
	default:
		x.waiting = append(x.waiting, text)
	}
}

// The addresses of a session that does not know its own (RFC 5737 §3), and the first port that is made up (RFC 6335 §6).
var (
	someClient = [4]byte{192, 0, 2, 1}
	someServer = [4]byte{192, 0, 2, 2}
)

const firstPort = 49152

// connected begins a flow between the addresses of a connection.
func (x *exporter) connected(c *record.Connect) {
	x.close()
	x.client, x.server = netip.AddrPort{}, netip.AddrPort{}
	if remote, err := netip.ParseAddrPort(c.Remote); err == nil {
		x.server = remote
	}
	if local, err := netip.ParseAddrPort(c.Local); err == nil {
		x.client = local
	}
	switch {
	case !x.server.IsValid(), x.client.IsValid() && x.client.Addr().Unmap().Is4() != x.server.Addr().Unmap().Is4():
		x.client, x.server = netip.AddrPortFrom(netip.AddrFrom4(someClient), firstPort), netip.AddrPortFrom(netip.AddrFrom4(someServer), uint16(x.target.Port))
		x.waiting = append(x.waiting, "The addresses are invented: the transcript does not contain them.")
	case !x.client.IsValid():
		x.client = netip.AddrPortFrom(x.server.Addr(), firstPort)
		x.waiting = append(x.waiting, "The client's address is invented: the transcript does not contain it.")
	}
	if x.target.Lab {
		x.server = netip.AddrPortFrom(x.server.Addr(), uint16(x.target.Port))
	}
	x.begin(min(c.Took, x.now))
}

// begin is a new flow, after a handshake of so long.
func (x *exporter) begin(took time.Duration) {
	x.flow = NewFlow(x.client, x.server)
	x.put(x.flow.shake(x.at().Add(-took), x.at())...)
}

// inside begins a flow for what crosses inside TLS: behind the 220 of STARTTLS programs expect TLS, and on the port of implicit TLS
// from the first byte.
func (x *exporter) inside() {
	if x.flow == nil {
		return
	}
	x.close()
	text := fmt.Sprintf("From here on the lines were sent inside TLS, in the connection from port %d to port %d.", x.client.Port(), x.server.Port())
	x.waiting = append(x.waiting, text)
	x.client = netip.AddrPortFrom(x.client.Addr(), firstPort+(x.client.Port()+1)%(1<<16-firstPort))
	if x.server.Port() == record.PortSubmissions {
		x.server = netip.AddrPortFrom(x.server.Addr(), record.PortSubmission)
	}
	x.begin(0)
}

func (x *exporter) at() time.Time { return x.began.Add(x.now) }

// said adds bytes of one side.
func (x *exporter) said(dir wire.Direction, raw []byte) {
	if x.flow == nil {
		x.connected(&record.Connect{})
	}
	x.put(x.flow.data(dir, raw, x.at())...)
}

// lost ends the server's side where the session saw it end.
func (x *exporter) lost(t record.Trouble) {
	switch t {
	case record.TroubleClosed, record.TroubleCutOff, record.TroubleReset:
		x.put(x.flow.end(wire.ServerToClient, t == record.TroubleReset, x.at())...)
	}
}

// close ends the flow, if there is one. Its last packet still waits.
func (x *exporter) close() {
	if x.flow != nil {
		x.put(x.flow.end(wire.ClientToServer, false, x.at())...)
	}
	x.flow = nil
}

// put writes packets, the one that waits first; the last of them waits.
func (x *exporter) put(list ...framed) {
	for _, f := range list {
		x.flush()
		x.last = &packet{framed: f, comments: x.waiting}
		x.waiting = nil
	}
}

func (x *exporter) flush() {
	if x.last != nil && x.err == nil {
		x.err = x.out.Packet(pcap.Packet{At: x.last.at, Data: x.last.raw, Comments: x.last.comments})
	}
	x.last = nil
}

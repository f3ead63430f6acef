package capture

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/pcap"
)

// exported are the packets that a log makes.
func exported(t *testing.T, log *record.Log) ([]pcap.Packet, error) {
	t.Helper()
	var file bytes.Buffer
	err := Write(&file, func(yield func(*record.Event) bool) {
		for i := range log.Len() {
			if !yield(log.At(i)) {
				return
			}
		}
	}, func(seq int) []*record.Event { return nil })
	if err != nil {
		return nil, err
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return written(t, path), nil
}

func send(line string) record.Event {
	return record.Event{Kind: record.KindSend, Send: &record.Send{Raw: wire.Raw(line + "\r\n")}}
}

func reply(line string) record.Event {
	return record.Event{Kind: record.KindReply, Reply: &record.Reply{Reply: wire.Reply{Raw: wire.Raw(line + "\r\n")}}}
}

func TestExportOfNoConnection(t *testing.T) {
	log := session()
	says(log, 1, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.2:25", Trouble: record.TroubleRefused}})
	if _, err := exported(t, log); !errors.Is(err, ErrNoConnection) {
		t.Error(err)
	}
}

// What a transcript does not have of the addresses is made up: each of them still makes packets.
func TestExportWithoutAddresses(t *testing.T) {
	for _, c := range []record.Connect{{}, {Remote: "server:25"}, {Remote: "[::1]:25", Local: "127.0.0.1:4"}, {Remote: "[::1]:25"}, {Remote: "127.0.0.1:25"},
		{Remote: "[fe80::1%lo]:25", Local: "[fe80::2%lo]:40000"}, {Remote: "192.0.2.2:25", Local: "192.0.2.1:40000"}} {
		log := session()
		says(log, 1, record.Event{Kind: record.KindConnect, Connect: &c})
		says(log, 2, reply("220 hi"))
		list, err := exported(t, log)
		if err != nil || len(list) != 6 {
			t.Errorf("%+v: %d packets, %v", c, len(list), err)
		}
	}
}

// What crossed inside TLS is in a connection of its own, which no program takes for TLS.
func TestExportSeparatesTLS(t *testing.T) {
	log := session()
	log.At(0).Start.Target = record.Target{Host: "mail.lab", Port: 465, Lab: true}
	says(log, 1, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "127.0.0.1:40001", Local: "127.0.0.1:60000"}})
	says(log, 2, record.Event{Kind: record.KindTLS, TLS: &record.TLS{Version: "TLS 1.3"}})
	says(log, 3, reply("220 hi"))
	says(log, 4, send("QUIT"))
	list, err := exported(t, log)
	if err != nil {
		t.Fatal(err)
	}
	ports := func(p pcap.Packet) [2]int {
		return [2]int{int(p.Data[20])<<8 | int(p.Data[21]), int(p.Data[22])<<8 | int(p.Data[23])}
	}
	if first, last := ports(list[0]), ports(list[len(list)-1]); first != [2]int{60000, 465} || last[0] != 587 || last[1] == 60000 {
		t.Errorf("%v … %v", first, last)
	}
}

// A reset that the session saw is one, and an orderly end of the server's side as well.
func TestExportShowsWhoEnded(t *testing.T) {
	for trouble, want := range map[record.Trouble]byte{record.TroubleReset: rst | ack, record.TroubleClosed: fin | ack} {
		log := session()
		says(log, 1, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.2:25", Local: "192.0.2.1:40000"}})
		says(log, 2, record.Event{Kind: record.KindReply, Reply: &record.Reply{Trouble: trouble}})
		list, err := exported(t, log)
		if err != nil {
			t.Fatal(err)
		}
		if p := list[3].Data; p[33] != want || p[20] != 0 || p[21] != 25 {
			t.Errorf("%s: flags %#x from %d", trouble, p[33], p[21])
		}
	}
}

// Times do not run backwards, and comments that come last are kept.
func TestExportKeepsOrder(t *testing.T) {
	log := session()
	says(log, 1, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.2:25", Local: "192.0.2.1:40000"}})
	says(log, 9, reply("220 hi"))
	says(log, 5, send("QUIT"))
	says(log, 5, record.Event{Kind: record.KindState, State: &record.State{Stage: record.StageClosed}})
	says(log, 9, finding("at the end"))
	list, err := exported(t, log)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(list, func(a, b pcap.Packet) int { return a.At.Compare(b.At) }) {
		t.Error("the times run backwards")
	}
	if last := list[len(list)-1]; strings.Join(last.Comments, "") != "warn test: at the end" {
		t.Errorf("%q", last.Comments)
	}
}

// A file that cannot be written is told of.
func TestExportToAFullDisk(t *testing.T) {
	log := session()
	says(log, 1, record.Event{Kind: record.KindConnect, Connect: &record.Connect{Remote: "192.0.2.2:25", Local: "192.0.2.1:40000"}})
	err := Write(&full{}, func(yield func(*record.Event) bool) { _ = yield(log.At(0)) && yield(log.At(1)) }, func(int) []*record.Event { return nil })
	if err == nil || errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

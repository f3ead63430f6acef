package wire

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// What is read in parts is what is written in one piece, wherever the parts and the reads of the source end.
func TestChunkReader(t *testing.T) {
	for _, message := range []string{"", "a", "a\r\nb\r\n", "a\nb\n", "a\r\r\nb\r", ".\r\n..\n", strings.Repeat("long line ", 9000) + "\n"} {
		var want bytes.Buffer
		w := NewChunkWriter(&want)
		io.WriteString(w, message)
		w.Close()
		for name, source := range map[string]io.Reader{"at once": strings.NewReader(message), "by byte": iotest.OneByteReader(strings.NewReader(message)), "with its end": iotest.DataErrReader(strings.NewReader(message))} {
			r := NewChunkReader(source)
			got, err := io.ReadAll(iotest.HalfReader(r))
			if err != nil || !bytes.Equal(got, want.Bytes()) || r.Normalized() != w.Normalized() {
				t.Errorf("%.20q %s: %d bytes, %v, %d normalized; want %d bytes, %d normalized", message, name, len(got), err, r.Normalized(), want.Len(), w.Normalized())
			}
		}
	}
	if _, err := io.ReadAll(NewChunkReader(iotest.ErrReader(io.ErrClosedPipe))); err != io.ErrClosedPipe {
		t.Error(err)
	}
}

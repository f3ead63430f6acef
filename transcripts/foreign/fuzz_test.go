package foreign

import (
	"strings"
	"testing"
)

// Whatever a file holds, reading it ends well: with an error that says why, or with logs that follow from what was observed, in
// which no event is before the one ahead of it.
func fuzzFormat(f *testing.F, name string) {
	for _, text := range dialogues(f) {
		f.Add([]byte(text))
	}
	f.Add([]byte(strings.ReplaceAll(dialogues(f)["swaks-credentials"], "\n", "\r\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Read(data, name)
		if err != nil {
			return
		}
		for i := range list[:min(len(list), 3)] {
			if len(list[i].Pieces) > 400 {
				continue
			}
			got := list[i].Log("test")
			derives(t, got.Log)
			for n := 1; n < got.Log.Len(); n++ {
				if got.Log.At(n).T < got.Log.At(n-1).T {
					t.Fatalf("event %d is before event %d", n+1, n)
				}
			}
			if got.Verdict.Cause == "" {
				t.Fatal("the verdict has no cause")
			}
			_, _ = list[i].When(), list[i].Told()
		}
	})
}

func FuzzSwaks(f *testing.F)   { fuzzFormat(f, "swaks") }
func FuzzOpenSSL(f *testing.F) { fuzzFormat(f, "openssl") }
func FuzzCurl(f *testing.F)    { fuzzFormat(f, "curl") }
func FuzzPostfix(f *testing.F) { fuzzFormat(f, "postfix") }
func FuzzArrows(f *testing.F)  { fuzzFormat(f, "arrows") }
func FuzzTelnet(f *testing.F)  { fuzzFormat(f, "telnet") }

// A text is taken for what it is, whatever it is.
func FuzzDetect(f *testing.F) { fuzzFormat(f, "") }

package explain

import (
	"regexp"
	"strings"
	"testing"
)

// Every RFC that a text cites has a line with a title and a purpose that fits, and each has one.
func TestEveryCitedRFCHasATitle(t *testing.T) {
	cites := regexp.MustCompile(`RFC (\d+)`)
	for _, table := range tables {
		for _, m := range cites.FindAllStringSubmatch(*table.text, -1) {
			if title, purpose := titleOf(m[1]); title == "" || purpose == "" || len([]rune(purpose)) > MaxShort {
				t.Errorf("RFC %s: %q, %q", m[1], title, purpose)
			}
		}
	}
	seen := map[string]bool{}
	for line := range strings.Lines(rfcText) {
		if number, _, _ := strings.Cut(line, " "); regexp.MustCompile(`^\d+$`).MatchString(number) {
			if seen[number] {
				t.Errorf("RFC %s has two lines", number)
			}
			seen[number] = true
		}
	}
}

func TestAnRFCIsExplained(t *testing.T) {
	for line, want := range map[string]string{
		"rfc5321": "Simple Mail Transfer Protocol.", "RFC 8446": "The TLS Protocol Version 1.3. It was replaced by RFC 9846.",
		"rfc 2487": "SMTP Service Extension for Secure SMTP over TLS. It was replaced by RFC 3207.", "RFC  7489": "It was replaced by RFC 9989",
	} {
		found := Search(strings.Fields(line))
		if len(found) == 0 || found[0].Kind != KindRFC || !strings.Contains(found[0].Text, want) {
			t.Errorf("%s: %+v", line, found)
		}
	}
	if found := Search([]string{"rfc3207"}); len(found) == 0 || len(found[0].Related()) == 0 {
		t.Errorf("nothing leads on from %+v", found)
	}
	for _, line := range []string{"rfc", "rfc 99999", "rfc5321 section 4", "5321"} {
		if found := Search(strings.Fields(line)); len(found) > 0 && found[0].Kind == KindRFC {
			t.Errorf("%s: %+v", line, found[0])
		}
	}
}

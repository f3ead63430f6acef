package background

import "testing"

func TestDark(t *testing.T) {
	for _, tt := range []struct {
		own, colorfgbg string
		dark           bool
	}{
		{"", "", true},
		{"light", "", false},
		{"LIGHT", "15;0", false},
		{"dark", "0;15", true},
		{"", "15;0", true},
		{"", "0;15", false},
		{"", "0;default;15", false},
		{"", "7;8", true},
		{"", "0;7", false},
		{"", "15;default", true},
		{"teal", "nonsense", true},
	} {
		env := map[string]string{"EHLO_BACKGROUND": tt.own, "COLORFGBG": tt.colorfgbg}
		if got := Dark(func(name string) string { return env[name] }); got != tt.dark {
			t.Errorf("EHLO_BACKGROUND=%q COLORFGBG=%q: dark %v, want %v", tt.own, tt.colorfgbg, got, tt.dark)
		}
	}
}

package explain

import "testing"

// Entries that a list has side by side differ in what the list says of them: texts of servers and of programs often mean the same.
func TestNoTwoEntriesLookAlike(t *testing.T) {
	seen := map[string]string{}
	for _, e := range All() {
		looks := e.Title() + " | " + e.Gloss() + " | " + e.What()
		if other, twice := seen[looks]; twice {
			t.Errorf("%s and %s look alike: %s", other, e.Name, looks)
		}
		seen[looks] = e.Name
	}
	for name, want := range map[string]string{"postfix-auth-failed": `Postfix: "error: authentication failed"`, "auth-failed": `"authentication failed"`,
		"m365-wrong-credentials": `Microsoft 365: "authentication unsuccessful, the user credentials were incorrect"`} {
		e, ok := ByID(KindPhrase + ":" + name)
		if !ok || e.Gloss() != want {
			t.Errorf("%s: %q, want %q", name, e.Gloss(), want)
		}
	}
}

package explain

import (
	"slices"
	"strings"
)

// proven reports whether a phrase may be told of a reply. One that speaks of a vendor may on evidence alone: the software
// behind the banner, an enhanced code that is the vendor's own, its name in the reply, or a wording that nobody else uses.
func (r row) proven(said *reply) bool {
	e, w := r.entry(), r.conditions()
	switch {
	case !e.namesVendor(), w.fits(said.Software), w.matched(said.text) >= ownWording(e.Vendor):
		return true
	case w.enhanced != "" && !strings.HasPrefix(w.enhanced, "X") && said.Enhanced != [3]int{}:
		return true
	}
	return holdsAny(said.text, brandsOf(e.Vendor))
}

// ownWording is how long a wording is that nobody else has come to use by chance. A mail service puts its own name into nearly
// every reply, so that one without it wants more.
func ownWording(vendors string) int {
	for vendor := range strings.SplitSeq(vendors, ", ") {
		if slices.Contains(services, vendor) {
			return 26
		}
	}
	return 15
}

var services = []string{"Gmail", "Microsoft 365", "Yahoo", "Amazon SES"}

// brands are what vendors are called in replies and in the texts about them, beside their names, in lower case.
var brands = [...]struct {
	vendor string
	names  []string
}{
	{"Gmail", []string{"gsmtp", "google"}},
	{"Microsoft 365", []string{"microsoft", "outlook", "office365", "office.com", "exchangelabs", "hotmail", "postmaster.live.com"}},
	{"Microsoft Exchange", []string{"microsoft", "exchange"}},
	{"Amazon SES", []string{"amazonses"}},
}

func brandsOf(vendors string) (names []string) {
	if vendors == "" {
		return nil
	}
	for vendor := range strings.SplitSeq(vendors, ", ") {
		names = append(names, strings.ToLower(vendor))
		for _, brand := range brands {
			if brand.vendor == vendor {
				names = append(names, brand.names...)
			}
		}
	}
	return names
}

// namesVendor reports whether the text of a phrase speaks of its vendor, and so would be wrong of anyone else.
func (e *Entry) namesVendor() bool {
	return holdsAny(strings.ToLower(e.Short+" "+e.Text), brandsOf(e.Vendor))
}

func holdsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

package export

import (
	"regexp"
	"strings"
	"testing"

	"ehlo/session/record"
)

// What a browser makes of a page: each page is judged in one of its own, and all in one start of it.
func TestChromium(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	t.Run("runs nothing", func(t *testing.T) { runsNothing(t, b) })
	t.Run("keeps the policy", func(t *testing.T) { keepsThePolicy(t, b) })
	t.Run("fields and bytes light up", func(t *testing.T) { fieldsAndBytesLightUp(t, b) })
}

// A browser runs nothing of a hostile page, loads nothing for it, complains of nothing in it, and sees the tree that was written.
func runsNothing(t *testing.T, b *browser) {
	log := &record.Log{}
	for _, text := range hostileTexts {
		session := filled(text)
		for i := range session.Len() {
			log.Append(*session.At(i))
		}
	}
	page := exported(t, "html", sessionOf(log))
	dom, said := b.load(t, page)
	if len(said) > 0 {
		t.Errorf("the browser says\n%s", strings.Join(said, "\n"))
	}
	if got, want := outline(t, dom), outline(t, page); got != want || !strings.Contains(dom, "<title>SMTP session: ") {
		t.Errorf("the browser has another tree:\n%s\nwant\n%s", got, want)
	}
}

// What the policy of the page forbids is forbidden: should markup come into it after all, nothing runs.
func keepsThePolicy(t *testing.T, b *browser) {
	page := exported(t, "html", sessionOf(wholeSession(t)))
	page = strings.Replace(page, "</main>", "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"></main>", 1)
	dom, said := b.load(t, page)
	if strings.Contains(dom, "<title>ran") || !strings.Contains(dom, "<script>document.title=") || len(said) == 0 {
		t.Errorf("the browser says\n%s\nof\n%s", strings.Join(said, "\n"), dom)
	}
}

// A field and its bytes light up together, whichever of them someone reaches, and no other field does.
func fieldsAndBytesLightUp(t *testing.T, b *browser) {
	page := exported(t, "html", sessionOf(practiced(t, "submission")))
	page = regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(page, "") // which would not let the probe run
	page = strings.Replace(page, "</body>", "<script>"+probe+"</script></body>", 1)
	dom, said := b.load(t, page)
	if title := regexp.MustCompile(`<title>.*</title>`).FindString(dom); title != "<title>dark then lit: random random; others 0</title>" {
		t.Errorf("the probe says %s, and the browser\n%s", title, strings.Join(said, "\n"))
	}
}

// probe reaches the random of a ClientHello with the keyboard, and looks at what that does.
const probe = `
const message = document.querySelector('details.m')
message.open = true
const field = [...message.querySelectorAll('.f')].find(f => f.querySelector('a').textContent === 'random')
const bytes = document.getElementById(field.querySelector('a').hash.slice(1))
const lit = e => getComputedStyle(e).outlineStyle === 'solid'
const before = lit(field) || lit(bytes)
field.querySelector('a').focus()
const others = [...message.querySelectorAll('.f, .b')].filter(e => e !== field && e !== bytes && lit(e)).length
document.title = (before ? 'lit' : 'dark') + ' then lit: ' + (lit(field) ? 'random ' : '- ') + (lit(bytes) ? 'random' : '-') + '; others ' + others
`

package export

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehlo/session/record"
)

// A browser runs nothing of a hostile page, loads nothing for it, complains of nothing in it, and sees the tree that was written.
func TestChromiumRunsNothing(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	log := &record.Log{}
	for _, text := range hostileTexts {
		session := filled(text)
		for i := range session.Len() {
			log.Append(*session.At(i))
		}
	}
	page := exported(t, "html", sessionOf(log))
	dom, said := inBrowser(t, browser, page)
	if strings.Contains(said, "CONSOLE") {
		t.Errorf("the browser says\n%s", said)
	}
	if got, want := outline(t, dom), outline(t, page); got != want || !strings.Contains(dom, "<title>SMTP session: ") {
		t.Errorf("the browser has another tree:\n%s\nwant\n%s", got, want)
	}
}

// What the policy of the page forbids is forbidden: should markup come into it after all, nothing runs.
func TestChromiumKeepsThePolicy(t *testing.T) {
	t.Parallel()
	page := exported(t, "html", sessionOf(wholeSession(t)))
	page = strings.Replace(page, "</main>", "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"></main>", 1)
	dom, said := inBrowser(t, chromium(t), page)
	if strings.Contains(dom, "<title>ran") || !strings.Contains(said, "CONSOLE") {
		t.Errorf("the browser says\n%s", said)
	}
}

// chromium is the browser, without which a test is skipped, and fails in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium here")
	}
	t.Skip("no Chromium here")
	return ""
}

// inBrowser loads a page, and gives the tree that the browser has then and what it has said.
func inBrowser(t *testing.T, browser, page string) (dom, said string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	// The sandbox needs what a container does not give; the page is ours.
	c := exec.CommandContext(ctx, browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--virtual-time-budget=1000", "--dump-dom", "file://"+path)
	var out, err bytes.Buffer
	c.Stdout, c.Stderr = &out, &err
	c.WaitDelay = 10 * time.Second
	if failed := c.Run(); failed != nil {
		t.Fatalf("%v: %s", failed, err.String())
	}
	return out.String(), err.String()
}

// A field and its bytes light up together, whichever of them someone reaches, and no other field does.
func TestFieldsAndBytesLightUp(t *testing.T) {
	t.Parallel()
	page := exported(t, "html", sessionOf(practiced(t, "submission")))
	page = regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(page, "") // which would not let the probe run
	page = strings.Replace(page, "</body>", "<script>"+probe+"</script></body>", 1)
	dom, said := inBrowser(t, chromium(t), page)
	if title := regexp.MustCompile(`<title>.*</title>`).FindString(dom); title != "<title>dark then lit: random random; others 0</title>" {
		t.Errorf("the probe says %s, and the browser\n%s", title, said)
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

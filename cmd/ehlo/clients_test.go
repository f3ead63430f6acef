package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// clientProgram is a client that others wrote.
type clientProgram struct {
	name string
	// command makes its command line, and what it reads from standard input. Python's begins with the script.
	command func(m met) (args []string, stdin string)
}

// met is how a client meets a served scenario.
type met struct {
	host, port, ca, password, letter, folder string
	relay                                    bool // without TLS and login
}

const phpMailer = "/usr/share/php/libphp-phpmailer/autoload.php"

// clients are the programs, as a person would use them: TLS required, verified, and a login where there is one.
var clients = []clientProgram{
	{"swaks", func(m met) ([]string, string) {
		args := []string{"--server", "127.0.0.1", "--port", m.port, "--timeout", "10", "--from", "ann@lab.test", "--to", "bob@lab.test"}
		if !m.relay {
			args = append(args, "--tls", "--tls-verify", "--tls-ca-path", m.ca, "--tls-sni", m.host, "--auth", "PLAIN", "--auth-user", "ann", "--auth-password", m.password)
		}
		return args, ""
	}},
	{"curl", func(m met) ([]string, string) {
		args := []string{"-sS", "-m", "15", "--resolve", m.host + ":" + m.port + ":127.0.0.1", "smtp://" + m.host + ":" + m.port + "/laptop",
			"--mail-from", "ann@lab.test", "--mail-rcpt", "bob@lab.test", "-T", m.letter, "-v"}
		if !m.relay {
			args = append(args, "--ssl-reqd", "--cacert", m.ca, "--user", "ann:"+m.password)
		}
		return args, ""
	}},
	{"msmtp", func(m met) ([]string, string) {
		args := []string{"--file=/dev/null", "--host=127.0.0.1", "--port=" + m.port, "--timeout=10", "--from=ann@lab.test", "--debug"}
		if !m.relay {
			args = append(args, "--tls=on", "--tls-starttls=on", "--tls-trust-file="+m.ca, "--tls-host-override="+m.host, "--auth=plain", "--user=ann", "--passwordeval=echo "+m.password)
		}
		return append(args, "bob@lab.test"), "Subject: hello\n\nhello\n"
	}},
	{"python3", func(m met) ([]string, string) {
		return []string{`
import smtplib, ssl, sys
host, port, ca, password, relay = sys.argv[1:6]
class Client(smtplib.SMTP):
    def _get_socket(self, name, port, timeout):
        return super()._get_socket("127.0.0.1", port, timeout)
c = Client(host, int(port), "laptop", 10)
if relay == "no":
    c.starttls(context=ssl.create_default_context(cafile=ca))
    c.login("ann", password)
refused = c.sendmail("ann@lab.test", ["bob@lab.test"], "Subject: hello\r\n\r\nhello\r\n")
c.quit()
`, m.host, m.port, m.ca, m.password, map[bool]string{true: "yes", false: "no"}[m.relay]}, ""
	}},
	{"php", func(m met) ([]string, string) {
		return []string{"-d", "display_errors=stderr", "-r", `
[, $host, $port, $ca, $password, $relay] = $argv;
require "` + phpMailer + `";
$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
$mail->Host = "127.0.0.1"; $mail->Port = (int)$port; $mail->Timeout = 10; $mail->SMTPDebug = 2; $mail->SMTPAutoTLS = false;
if ($relay === "no") {
    $mail->SMTPSecure = "tls";
    $mail->SMTPOptions = ["ssl" => ["cafile" => $ca, "peer_name" => $host, "verify_peer" => true, "verify_peer_name" => true]];
    $mail->SMTPAuth = true; $mail->Username = "ann"; $mail->Password = $password;
}
$mail->setFrom("ann@lab.test"); $mail->addAddress("bob@lab.test"); $mail->Subject = "hello"; $mail->Body = "hello";
$mail->send();
`, "--", m.host, m.port, m.ca, m.password, map[bool]string{true: "yes", false: "no"}[m.relay]}, ""
	}},
	{"openssl", func(m met) ([]string, string) {
		return []string{"s_client", "-connect", "127.0.0.1:" + m.port, "-starttls", "smtp", "-servername", m.host, "-verify_hostname", m.host, "-verify_return_error", "-CAfile", m.ca,
			"-crlf", "-quiet", "-no_ign_eof"}, "QUIT\n"
	}},
}

// stories are what a scenario has each client see. Without words the client delivers its message; otherwise it fails, and says
// something that has one of the words, which are separated by |.
var stories = []struct {
	scenario, password string
	relay              bool
	says               string
	not                string // clients that this is nothing for
}{
	{"submission", "tulip-42", false, "", ""},
	{"submission", "tulip-43", false, "username or password is wrong|Login denied", "openssl"},
	{"stripped", "tulip-42", false, "did not advertise STARTTLS|STARTTLS not supported|STARTTLS extension not supported|does not support TLS|STARTTLS command failed|could not connect|Didn't find STARTTLS", ""},
	{"expired", "tulip-42", false, "has expired|certificate verify failed|certificate verification failed", ""},
	{"wrong-host", "tulip-42", false, "mismatch|not match|no alternative certificate subject name", "swaks"},
	{"unknown-issuer", "tulip-42", false, "unable to get local issuer|certificate verify failed|certificate verification failed", ""},
	{"mailbox-full", "tulip-42", false, "452 4.2.2|mailbox", "openssl"},
	{"greylist", "", true, "451 4.7.1|greylisted", "openssl"},
}

// Programs that people have, against "lab serve", see what the story of the scenario says; and what the server saw of them ends as they do.
func TestClients(t *testing.T) {
	t.Parallel()
	letter := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(letter, []byte("Subject: hello\r\n\r\nhello\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, story := range stories {
		t.Run(story.scenario+" "+story.password, func(t *testing.T) {
			t.Parallel()
			s := serve(t, story.scenario)
			host, role := "mail.lab", "submission"
			if story.relay {
				host, role = "mx.lab", "relay"
			}
			_, port, _ := net.SplitHostPort(s.Servers[0].Addresses[role][0])
			for _, client := range clients {
				if strings.Contains(story.not, client.name) {
					continue
				}
				t.Run(client.name, func(t *testing.T) {
					needsProgram(t, client.name)
					if client.name == "php" {
						needsFile(t, phpMailer)
					}
					out, delivered := client.run(t, met{host, port, s.CA, story.password, letter, t.TempDir(), story.relay})
					if delivered != (story.says == "") || !regexp.MustCompile("(?i)"+story.says).MatchString(out) {
						t.Errorf("ended well: %v, with\n%s", delivered, out)
					}
				})
			}
			for _, v := range s.stop(t) {
				if v.What == "left" && (*v.Exit == 0) != (story.says == "") && !unseenFailure(story.scenario) {
					t.Errorf("visitor %d: exit code %d: %s", v.Visitor, *v.Exit, v.Cause)
				}
			}
		})
	}
}

// unseenFailure reports whether a client gives up for a reason that does not reach the server.
func unseenFailure(scenario string) bool {
	switch scenario {
	case "stripped", "expired", "wrong-host", "unknown-issuer": // what is on the path, and what TLS 1.3 lets a client find after its Finished
		return true
	}
	return false
}

// needsFile skips a test without a file, and fails it in CI.
func needsFile(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// run runs the client, and gives what it printed and whether it ended well.
func (c clientProgram) run(t *testing.T, m met) (out string, ok bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args, stdin := c.command(m)
	if c.name == "python3" {
		return inPython(t, args[0], args[1:]...)
	}
	cmd := exec.CommandContext(ctx, c.name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+m.folder)
	cmd.Stdin = strings.NewReader(stdin)
	all, err := cmd.CombinedOutput()
	return string(all), err == nil
}

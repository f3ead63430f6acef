package record

// Exit is how a session ended, as the exit code of a process.
type Exit int

// The exit codes. They are stable: scripts depend on them.
const (
	ExitOK          Exit = 0   // done as asked
	ExitInternal    Exit = 1   // a fault of ehlo's own
	ExitUsage       Exit = 2   // the command line is wrong
	ExitName        Exit = 3   // the name has no address
	ExitConnect     Exit = 4   // no TCP connection
	ExitGreeting    Exit = 5   // no greeting, or a refusal
	ExitEHLO        Exit = 6   // EHLO and HELO refused
	ExitSTARTTLS    Exit = 7   // STARTTLS missing or refused
	ExitHandshake   Exit = 8   // the TLS handshake failed
	ExitCertificate Exit = 9   // certificate not accepted
	ExitNoAuth      Exit = 10  // AUTH not possible (not offered, a guard rail), or not judged: a temporary refusal, the connection closed
	ExitAuth        Exit = 11  // AUTH rejected: the server said no to the credentials, or to the way they were given
	ExitEnvelope    Exit = 12  // MAIL or RCPT rejected
	ExitData        Exit = 13  // DATA rejected
	ExitProtocol    Exit = 14  // the server broke the protocol
	ExitDeferred    Exit = 75  // a temporary failure: the same may work later (EX_TEMPFAIL of sysexits)
	ExitTimeout     Exit = 124 // no answer in time
	ExitStopped     Exit = 130 // a person stopped it
)

// Exits lists every exit code with its meaning, in order; the command line's help and the manual are made from it.
var Exits = []struct {
	Code    Exit
	Meaning string
}{
	{ExitOK, "done as asked"},
	{ExitInternal, "internal error"},
	{ExitUsage, "usage"},
	{ExitName, "the name has no address"},
	{ExitConnect, "no TCP connection"},
	{ExitGreeting, "no greeting, or the server refused"},
	{ExitEHLO, "EHLO refused"},
	{ExitSTARTTLS, "STARTTLS missing or refused"},
	{ExitHandshake, "TLS handshake failed"},
	{ExitCertificate, "certificate not accepted"},
	{ExitNoAuth, "AUTH not possible, or undecided (temporary failure, connection closed)"},
	{ExitAuth, "AUTH rejected"},
	{ExitEnvelope, "MAIL or RCPT rejected"},
	{ExitData, "DATA rejected"},
	{ExitProtocol, "protocol violation"},
	{ExitDeferred, "deferred, try again later"},
	{ExitTimeout, "timeout"},
	{ExitStopped, "stopped"},
}

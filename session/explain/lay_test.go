package explain

import (
	"slices"
	"strings"
	"testing"
)

// What people say who do not know the words of the field leads to the card that helps them: it is among the first three.
func TestLayWords(t *testing.T) {
	for line := range strings.Lines(lay) {
		said, ids, ok := strings.Cut(strings.TrimSpace(line), " > ")
		if !ok {
			continue
		}
		found, _ := Matches(said, 3)
		var got []string
		for _, e := range found {
			got = append(got, e.ID())
		}
		if !slices.ContainsFunc(strings.Split(ids, " | "), func(id string) bool { return slices.Contains(got, id) }) {
			t.Errorf("%q leads to %s, want %s", said, strings.Join(got, ", "), ids)
		}
	}
}

const lay = `
my mail goes to spam > topic:reputation
emails land in the junk folder > topic:reputation
gmail marks my mail as spam > topic:reputation
mail not delivered > topic:bounce
my email did not arrive > topic:bounce
recipient never got my message > topic:bounce
stuck in outbox > topic:client settings
cannot send email > topic:client settings
can't send mail from outlook > topic:client settings
what is my smtp server > topic:client settings | topic:mail roles
what port for gmail > topic:mail ports
which port do I use > topic:mail ports
certificate error > topic:certificate errors
security warning when I send mail > topic:certificate errors
certificate is not trusted > topic:certificate errors
who is allowed to send for my domain > topic:SPF
someone sends mail in my name > topic:spoofing
I get bounces for mail I did not send > topic:backscatter
gmail does not accept my password > topic:application password
password is right but login fails > topic:application password
outlook says password is wrong > topic:basic authentication | topic:application password
mail arrives hours later > topic:greylisting
my emails are delayed > topic:greylisting
server says try again later > topic:greylisting | reply:451 after AUTH
attachment too big > topic:size limits
is my email encrypted > topic:hop by hop | topic:eavesdropping
can someone read my mail > topic:hop by hop | topic:eavesdropping
connection timed out > topic:timeout | finding:connect-timeout
my server is blacklisted > topic:DNSBL
how do I get off a blocklist > topic:DNSBL
my printer cannot scan to email > topic:devices that send mail
wordpress does not send mail > topic:sending programs | topic:unauthenticated sending | topic:libraries
too many emails sent > topic:rate limiting
how do I test my mail server > topic:test programs
which server gets the mail for my domain > topic:MX
firewall blocks my mail > topic:firewall | topic:outbound port 25
antivirus breaks my mail > topic:SMTP inspection
cannot send from the hotel wifi > topic:hotspot
provider blocks port 25 > topic:outbound port 25
why was my mail rejected > topic:bounce | topic:reply codes
mails are going to junk > topic:reputation
emails ending up in spam folder > topic:reputation
why is my mail marked as spam > topic:reputation
my customers do not receive my emails > topic:bounce
message stays in the outbox > topic:client settings
outlook won't send > topic:client settings
iphone cannot send mail > topic:client settings
set up mail on my phone > topic:client settings
which smtp port should I use for office 365 > topic:mail ports
certificate warning in thunderbird > topic:certificate errors
who may send mail as my company > topic:SPF
somebody uses my address to send spam > topic:spoofing
how to stop spoofing of my domain > topic:spoofing | topic:DMARC
getting failure notices for emails I never sent > topic:backscatter
yahoo rejects my password > topic:application password
mail takes hours to arrive > topic:greylisting
file is too large to send > topic:size limits
are my emails private > topic:hop by hop
who can read my emails > topic:hop by hop
our ip is on a blacklist > topic:DNSBL
scanner does not send mail > topic:devices that send mail
contact form does not send email > topic:unauthenticated sending
sending limit reached > topic:rate limiting
where is the mail for my domain delivered > topic:MX
norton blocks mail > topic:SMTP inspection
cannot send in hotel > topic:hotspot
smtp server not responding > topic:timeout
`

package explain

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// refusals are replies as servers of many kinds give them, the command they answer and the finding that they mean; "" is
// none: the place decides. "AUTH!token" is a login by a token, "EHLO" and "greeting" are before TLS like everything else.
const refusals = `
# --- Postfix ---
MAIL | 530 5.7.0 Must issue a STARTTLS command first | encryption-required
AUTH | 530 5.7.0 Must issue a STARTTLS command first | encryption-required
STARTTLS | 454 4.7.0 TLS not available due to local problem | starttls-refused
STARTTLS | 554 5.5.1 Error: TLS already active | command-out-of-order
RCPT | 554 5.7.1 <bob@example.net>: Relay access denied | relaying-denied
RCPT | 454 4.7.1 <bob@example.net>: Relay access denied | relaying-denied
AUTH | 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6 | credentials-wrong
AUTH | 535 5.7.8 Error: authentication failed: authentication failure | credentials-wrong
AUTH | 535 5.7.8 Error: authentication failed: (reason unavailable) | credentials-wrong
AUTH | 454 4.7.0 Temporary authentication failure: Connection lost to authentication server | login-unavailable
AUTH | 503 5.5.1 Error: authentication not enabled | auth-not-possible
AUTH | 535 5.7.8 Error: authentication failed: Invalid authentication mechanism | mechanism-refused
MAIL | 503 5.5.1 Error: send HELO/EHLO first | command-out-of-order
RCPT | 503 5.5.1 Error: need MAIL command | command-out-of-order
DATA | 554 5.5.1 Error: no valid recipients | command-out-of-order
MAIL | 503 5.5.1 Error: nested MAIL command | command-out-of-order
RCPT | 504 5.5.2 <laptop>: Helo command rejected: need fully-qualified hostname | ehlo-name-refused
RCPT | 450 4.7.1 <laptop.local>: Helo command rejected: Host not found | ehlo-name-refused
RCPT | 554 5.7.1 <mail.example.com>: Helo command rejected: You are not me | ehlo-name-refused
RCPT | 450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1] | policy-refused
RCPT | 554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied | policy-refused
RCPT | 550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in local recipient table | recipient-unknown
RCPT | 550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in virtual mailbox table | recipient-unknown
RCPT | 450 4.1.2 <x@nowhere.invalid>: Recipient address rejected: Domain not found | recipient-unknown
RCPT | 550 5.1.0 <a@example.com>: Sender address rejected: User unknown in local recipient table | sender-refused
RCPT | 450 4.1.8 <a@nowhere.invalid>: Sender address rejected: Domain not found | sender-refused
RCPT | 504 5.5.2 <ann>: Sender address rejected: need fully-qualified address | sender-refused
RCPT | 504 5.5.2 <bob>: Recipient address rejected: need fully-qualified address | recipient-refused
RCPT | 550 5.1.0 <a@example.com>: Sender address rejected: undeliverable address: host mx said: 550 | sender-refused
RCPT | 450 4.1.1 <b@example.com>: Recipient address rejected: unverified address: Address verification in progress | recipient-refused
RCPT | 553 5.7.1 <team@example.com>: Sender address rejected: not owned by user ann | sender-not-owned
RCPT | 553 5.7.1 <ann@example.com>: Sender address rejected: not logged in | login-required
RCPT | 556 5.1.10 <x@example.com>: Recipient address rejected: Domain example.com does not accept mail (nullMX) | recipient-unknown
MAIL | 421 4.7.0 mail.example.com Error: too many connections from 192.0.2.1 | too-many-connections
NOOP | 421 4.4.2 mail.example.com Error: timeout exceeded | idle-timeout
MAIL | 450 4.7.1 Error: too much mail from 192.0.2.1 | rate-limited
AUTH | 450 4.7.0 Error: too many AUTH commands from 192.0.2.1 | rate-limited
MAIL | 552 5.3.4 Message size exceeds fixed limit | message-too-large
DATA | 552 5.3.4 Error: message file too big | message-too-large
. | 451 4.3.0 Error: queue file write error | service-unavailable
. | 451 4.7.1 Service unavailable - try again later | service-unavailable
MAIL | 452 4.3.1 Insufficient system storage | service-unavailable
RCPT | 451 4.3.0 <b@example.com>: Temporary lookup failure | service-unavailable
RCPT | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org | address-listed
greeting | 421 4.3.2 All server ports are busy | service-unavailable
RCPT | 550 5.7.1 Service unavailable; client [192.0.2.1] blocked using b.barracudacentral.org | address-listed
MAIL | 521 5.5.1 Protocol error | command-out-of-order
. | 554 5.7.1 Spam message rejected | message-refused
RCPT | 452 4.5.3 Error: too many recipients | too-many-recipients
RCPT | 554 5.4.6 <b@example.com>: mail loop: too many hops | message-refused

# --- Exim ---
AUTH | 535 Incorrect authentication data | credentials-wrong
AUTH | 435 Unable to authenticate at present | login-unavailable
AUTH | 503 AUTH command used when not advertised | auth-not-possible
RCPT | 550 relay not permitted | relaying-denied
RCPT | 550 Unrouteable address | recipient-unknown
RCPT | 550 Unknown user | recipient-unknown
RCPT | 550-Verification failed for <a@example.com>\nUnrouteable address\nSender verify failed | sender-refused
greeting | 554 SMTP synchronization error | command-out-of-order
MAIL | 421 Too much load; please try again later | service-unavailable
EHLO | 501 Syntactically invalid EHLO argument(s) | ehlo-name-refused
RCPT | 550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1) | ehlo-name-refused
NOOP | 421 mail.example.com: SMTP command timeout - closing connection | idle-timeout
. | 451 Temporary local problem - please try later | service-unavailable
greeting | 421 Too many concurrent SMTP connections; please try again later. | too-many-connections
. | 550 Administrative prohibition | policy-refused
. | 552 Message size exceeds maximum permitted | message-too-large
RCPT | 550 authentication required | login-required

# --- Sendmail ---
RCPT | 550 5.7.1 <b@example.net>... Relaying denied. Proper authentication required. | relaying-denied
RCPT | 450 4.7.1 <b@example.net>... Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.1 | policy-refused
RCPT | 550 5.1.1 <x@example.com>... User unknown | recipient-unknown
MAIL | 553 5.1.8 <a@nowhere.invalid>... Domain of sender address a@nowhere.invalid does not exist | sender-refused
MAIL | 451 4.1.8 Domain of sender address a@example.com does not resolve | sender-refused
MAIL | 552 5.2.3 Message exceeds maximum fixed size (1000000) | message-too-large
greeting | 421 4.3.2 Connection rate limit exceeded. | rate-limited
NOOP | 421 4.4.1 mail.example.com Timeout waiting for input from client.example | idle-timeout

# --- OpenSMTPD, Dovecot, qmail, Courier ---
MAIL | 530 5.5.1 Invalid command: Must issue an AUTH command first | login-required
MAIL | 530 5.5.1 Invalid command: Must issue a STARTTLS command first | encryption-required
RCPT | 550 Invalid recipient: <x@example.com> | recipient-refused
AUTH | 535 Authentication failed | credentials-wrong
AUTH | 504 AUTH method not supported | mechanism-refused
AUTH | 530 5.7.0 Plaintext authentication disallowed on non-secure (SSL/TLS) connections. | encryption-required
RCPT | 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1) | relaying-denied
RCPT | 550 sorry, no mailbox here by that name. (#5.1.1) | recipient-unknown
RCPT | 553 sorry, your envelope sender is in my badmailfrom list (#5.7.1) | sender-refused
AUTH | 535 authorization failed (#5.7.0) | credentials-wrong
AUTH | 535 auth failure | credentials-wrong
RCPT | 513 Relaying denied. | relaying-denied
RCPT | 552 5.2.2 The mailbox is over quota | mailbox-full

# --- Gmail ---
MAIL | 530-5.7.0 Authentication Required. For more information, go to\n5.7.0 https://support.google.com/ a1 - gsmtp | login-required
MAIL | 530 5.7.0 Must issue a STARTTLS command first. a1 - gsmtp | encryption-required
AUTH | 535-5.7.8 Username and Password not accepted. For more information, go to\n5.7.8 https://support.google.com/ - gsmtp | credentials-wrong
AUTH | 534-5.7.9 Application-specific password required. For more information, go to\n5.7.9 https://support.google.com/ - gsmtp | app-password-required
AUTH | 534-5.7.14 <https://accounts.google.com/signin/continue> Please log in via your web browser and then try again. | login-refused
AUTH | 454 4.7.0 Too many login attempts, please try again later. a1 - gsmtp | rate-limited
AUTH | 454 4.7.0 Cannot authenticate due to temporary system problem. Try again later. | login-unavailable
RCPT | 550-5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking - gsmtp | recipient-unknown
RCPT | 452-4.2.2 The recipient's inbox is out of storage space. Please direct the\n4.2.2 recipient - gsmtp | mailbox-full
RCPT | 450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n4.2.1 prevents - gsmtp | rate-limited
. | 550-5.7.26 This mail has been blocked because the sender is unauthenticated. - gsmtp | policy-refused
. | 550-5.7.1 Our system has detected that this message is likely unsolicited mail. - gsmtp | message-refused
. | 550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. - gsmtp | policy-refused
. | 550-5.7.25 The IP address sending this message does not have a PTR record setup - gsmtp | policy-refused
. | 550 5.4.5 Daily user sending limit exceeded. - gsmtp | rate-limited
. | 552-5.2.3 Your message exceeded Google's message size limits. - gsmtp | message-too-large
. | 552-5.7.0 This message was blocked because its content presents a potential security issue. - gsmtp | message-refused

# --- Exchange and Microsoft 365 ---
MAIL | 530 5.7.57 Client not authenticated to send mail. [AM0P190.EURP190.PROD.OUTLOOK.COM] | login-required
AUTH | 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. | login-disabled
AUTH | 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. | login-disabled
AUTH | 535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. | credentials-wrong
AUTH | 535 5.7.139 Authentication unsuccessful, basic authentication is disabled. | token-required
AUTH | 535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. | token-required
AUTH | 535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. | login-refused
AUTH | 535 5.7.3 Authentication unsuccessful [AM0P190.EURP190.PROD.OUTLOOK.COM] | credentials-wrong
AUTH | 550 5.7.30 Basic authentication is not supported for Client Submission. | token-required
AUTH | 504 5.7.4 Unrecognized authentication type | mechanism-refused
MAIL | 451 5.7.3 STARTTLS is required to send mail | encryption-required
. | 550 5.7.60 SMTP; Client does not have permissions to send as this sender | sender-not-owned
. | 554 5.2.252 SendAsDenied; ann@example.com not allowed to send as team@example.com | sender-not-owned
RCPT | 550 5.4.1 Recipient address rejected: Access denied. [AM5EUR.eop-EUR03.prod.protection.outlook.com] | recipient-unknown
RCPT | 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x@example.com not found by SMTP address lookup | recipient-unknown
RCPT | 550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain | relaying-denied
RCPT | 550 5.7.64 TenantAttribution; Relay Access Denied | relaying-denied
MAIL | 451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719) | service-unavailable
greeting | 421 4.3.2 Service not available, closing transmission channel | service-unavailable
MAIL | 432 4.3.2 Concurrent connections limit exceeded. | too-many-connections
. | 432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded | too-many-connections
MAIL | 421 4.7.66 TLS 1.0 and 1.1 are not supported. | policy-refused
EHLO | 501 5.5.4 Invalid domain name | ehlo-name-refused
RCPT | 550 5.7.606 Access denied, banned sending IP [192.0.2.1] | address-listed
MAIL | 550 5.7.705 Access denied, tenant has exceeded threshold | rate-limited
MAIL | 550 5.7.708 Access denied, traffic not accepted from this IP | address-listed
. | 550 5.7.515 Access denied, sending domain example.com doesn't meet the required authentication level. | policy-refused
NOOP | 421 4.4.1 Connection timed out | idle-timeout
NOOP | 451 4.7.0 Timeout waiting for client input | idle-timeout
MAIL | 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). | address-listed

# --- Yahoo, Apple, Zoho, Yandex, QQ, 163, mail.ru, SES, SendGrid, hosters ---
MAIL | 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1 | rate-limited
RCPT | 554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes | policy-refused
. | 554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [-9] | recipient-unknown
greeting | 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list | address-listed
AUTH | 535 5.7.0 (#AUTH005) Too many bad auth attempts. | rate-limited
MAIL | 553 Relaying disallowed as team@example.com | sender-not-owned
AUTH | 535 5.7.8 Error: authentication failed: This user does not have access rights to this service | login-disabled
AUTH | 535 5.7.8 Error: authentication failed: Invalid user or password! | credentials-wrong
AUTH | 535 Login Fail. Please enter your authorization code to login. | app-password-required
AUTH | 535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED | app-password-required
MAIL | 553 Mail from must equal authorized user | sender-not-owned
MAIL | 501 mail from address must be same as authorization user | sender-not-owned
AUTH | 535 Authentication Credentials Invalid | credentials-wrong
MAIL | 454 Throttling failure: Maximum sending rate exceeded. | rate-limited
. | 554 Message rejected: Email address is not verified. | sender-not-owned
AUTH | 535 Authentication failed: Bad username / password | credentials-wrong
AUTH | 454 4.7.0 invalid username or password | credentials-wrong
AUTH | 535 5.7.0 Invalid login or password | credentials-wrong
. | 550 The from address does not match a verified Sender Identity. | sender-not-owned
RCPT | 550-(host.example) [192.0.2.1] is currently not permitted to relay through this server | relaying-denied
RCPT | 550 Domain example.com has exceeded the max emails per hour (50/50 (100%)) allowed. Message discarded. | rate-limited
RCPT | 503 This mail server requires authentication when attempting to send to a non-local e-mail address. | relaying-denied
RCPT | 550 Delivery is not allowed to this address. | recipient-refused
. | 554 Transaction failed. Reject due to policy restrictions. | policy-refused
greeting | 554-mx.example Nemesis ESMTP Service not available\nNo SMTP service\nIP address is black listed. | address-listed
MAIL | 451 4.0.0 backend: invalid return path: not owned by user | sender-not-owned
. | 552 message line is too long | message-malformed
. | 554 5.7.1 Message contains a URL listed in SURBL multi.surbl.org | message-refused
MAIL | 550 SMTP access disabled for this account | 
AUTH | 535 5.7.1 SMTP access disabled, enable it in your settings | login-disabled
AUTH | 535 OAuth authentication is required for this account | token-required

# --- the same kinds in other words, as other services have them ---
AUTH | 535 5.7.0 Mailgun is not loving your login or password | 
AUTH | 535 Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy. | login-refused
AUTH | 535 5.7.0 (#MBR1212) Incorrect username or password | credentials-wrong
AUTH | 535 5.7.0 (#MBR1240) Please verify your account by going to https://login.yahoo.com | login-refused
AUTH | 525 5.7.1 Unauthorized IP address | login-refused
AUTH | 550 5.7.1 Your IP 192.0.2.1 is not allowed to log in for this account | login-refused
AUTH | 502 5.7.0 Your SMTP account is not yet activated. | sending-blocked
AUTH | 502 5.7.0 Authentication disabled | login-disabled
AUTH | 535 Authentication failed: account disabled | login-disabled
AUTH | 535 5.7.8 Error: authentication failed: no mechanism available | mechanism-refused
AUTH | 535 5.7.8 Error: authentication failed: encryption needed to use mechanism | encryption-required
AUTH | 535 5.7.0 Error: authentication failed: Invalid user or password! Use app password for IMAP/SMTP | app-password-required
AUTH | 535 5.7.8 Authentication failed: two-factor authentication is enabled, use an app-specific password | app-password-required
AUTH | 535 5.7.139 Authentication unsuccessful, the user password has expired. | login-refused
MAIL | 503 5.7.1 Incorrect Authentication for Specified Email Address | sender-not-owned
MAIL | 421 Domain sandbox123.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only. | sender-not-owned
MAIL | 421 Domain example.com is not allowed to send: The domain is unverified and requires DNS configuration. | sender-not-owned
MAIL | 550 5.7.1 Unconfigured Sending Domain <example.com> | sender-not-owned
. | 450 The example.com domain is not verified. Please, add and verify your domain | sender-not-owned
. | 550 You can only send testing emails to your own email address (ann@example.com). | sending-blocked
. | 554 Message rejected: Sending paused for this account. | sending-blocked
. | 554 Access denied: User 'arn:aws:iam::123456789012:user/ann' is not authorized to perform 'ses:SendRawEmail' on resource | sending-blocked
MAIL | 550 5.4.6 Unusual sending activity detected. Please try after sometime. | sending-blocked
RCPT | 550 Domain example.com has an outgoing mail suspension.  Message discarded. | sending-blocked
MAIL | 450-Requested mail action not taken: mailbox unavailable\nMail send limit exceeded. | rate-limited
RCPT | 451 4.3.0 <b@example.net>: Recipient address rejected: Policy rejection; Message count quota exceeded | rate-limited
RCPT | 450 4.7.1 <b@example.com>: Recipient address rejected: Policy Rejection- Quota Exceeded. | rate-limited
RCPT | 452 Too many recipients received this hour | rate-limited
. | 550 Exceeding outbound thread limit | rate-limited
. | 550 5.4.5 Daily SMTP relay sending limit exceeded for customer. - gsmtp | rate-limited
DATA | 451 4.5.1 Recipient limit exceeded for this sender | rate-limited
MAIL | 501 ann: sender address must contain a domain | sender-refused
MAIL | 550 5.7.1 Client does not have permission to submit to this server | policy-refused
RCPT | 550 5.7.1 recipient address suppressed due to customer policy | recipient-refused
RCPT | 550 I cannot deliver mail for {bob@example.net} | relaying-denied
RCPT | 554 Relay rejected for policy reasons. | relaying-denied
RCPT | 550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've\nregistered in your Workspace SMTP Relay service doesn't match the domain - gsmtp | policy-refused
RCPT | 550 Submitter failed to authenticate | login-required
RCPT | 550 "The mail server could not deliver mail to b@example.com.  The account or domain may not exist, they may be blacklisted, or missing the proper dns entries." | recipient-refused
RCPT | 550 #5.7.1 Your access to submit messages to this e-mail system has been rejected. | policy-refused
RCPT | 550 5.7.1 <b@example.com>: Recipient address rejected: Mail appeared to be SPAM or forged. Ask your Mail/DNS-Administrator to correct HELO and DNS MX settings | policy-refused
RCPT | 550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient domain. | policy-refused
RCPT | 451 Could not complete sender verify callout | sender-refused
greeting | 421 Too many spams from your IP (192.0.2.1) | address-listed
greeting | 421 4.7.0 mail.example.com Rejecting open proxy out.example.org [192.0.2.1] | address-listed
greeting | 550 Your country is not allowed to connect to this server. | policy-refused
MAIL | 553 sorry, mailing from your location is administratively denied (#5.7.1) | policy-refused
MAIL | 550 5.7.511 Access denied, banned sender[192.0.2.1]. | address-listed
MAIL | 451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35 | service-unavailable
MAIL | 421 4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn't aligned with either the authenticated SPF or DKIM organizational domain. | policy-refused
MAIL | 550 SPF Sender Invalid - envelope rejected | policy-refused
. | 550-5.7.29 Your email has been blocked because it was not sent over a TLS connection.\n- gsmtp | encryption-required
. | 451 4.7.23 SPF temperror | policy-refused
. | 552 5.2.0 4XYZ sender rejected AUP#In-1310 | policy-refused
. | 552 5.7.1 virus Eicar-Test-Signature detected by ClamAV - http://www.clamav.net | message-refused
. | 554 5.7.0 Reject, id=12345-01 - spam | message-refused
. | 451 See http://pobox.com/~djb/docs/smtplf.html. | message-malformed
. | 550 5.6.0 Lone CR or LF in headers (see RFC2822 section 2.2) | message-malformed
. | 550 The "From" header is missing or invalid. | message-malformed
. | 554 Transaction failed: Duplicate header 'From'. | message-malformed
. | 550 5.6.0 CAT.InvalidContent.Exception: InvalidCharsetException | message-malformed
. | 550 RFC compliance checks failed: missing Message-ID | message-malformed
. | 554 DT:SUM smtp5,D9GowACHO7RNRndmbWYpAg--.21S2 1735869005 | sender-not-owned
DATA | 554-5.7.1 Blocked by HELO/PTR mismatch\nfix your DNS | policy-refused
EHLO | 500 5.5.1 Command unrecognized: "XXXX out.example.org" | ehlo-refused
AUTH | 535 5.7.8 Error: authentication failed: Connection refused | credentials-wrong
AUTH | 535 5.7.0 Authentication too weak | mechanism-refused
AUTH | 535 Authorization failed; POP before SMTP required | login-refused
AUTH | 530 5.7.0 Please log in to webmail first | login-refused
AUTH | 550 AUTH disabled for user on this server | login-disabled
AUTH | 421 4.7.0 fail2ban: your address is banned | rate-limited
AUTH!token | 535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. | login-refused
AUTH!token | 535 5.7.139 Authentication unsuccessful, the token is expired | auth-token-refused
MAIL | 550 5.7.1 You are not allowed to use this from address | sender-not-owned
MAIL | 555 5.5.4 Unsupported option: SIZE=99 | command-refused
MAIL | 501 5.5.4 Unrecognized parameter BODY=8BITMIME | command-refused
MAIL | 550 5.7.1 [192.0.2.1] Unfortunately, messages from 192.0.2.1 on behalf of (example.org) could not be delivered due to domain owner policy restrictions. | policy-refused
MAIL | 553 5.7.2 [TSS11] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. | address-listed
MAIL | 421 4.7.1 : (DYN:T1) https://postmaster.aol.com/error-codes#421dynt1 | rate-limited
MAIL | 550 Blocked by (RBL:bl.spamcop.net) | address-listed
MAIL | 550 High probability of spam | policy-refused
RCPT | 550 5.4.1 All recipient addresses rejected : Access denied | recipient-unknown
. | 550 5.7.1 URL in message listed on dbl.spamhaus.org | policy-refused
RCPT | 554 5.7.1 Service unavailable; Sender address [a@example.org] blocked using dbl.spamhaus.org | policy-refused
. | 554 5.7.1 Reason: 550 Your subject line is blacklisted | message-refused
. | 554 5.7.1 The message from (<a@example.org>) matches a profile the Internet community may consider spam. | message-refused
. | 552 5.6.0 Headers too large (32768 max) | message-malformed
. | 550 5.7.1 DMARC unauthenticated mail is prohibited. | policy-refused
. | 450 4.7.0 Message deferred: first-time sender, retry in 15 minutes | greylisted
greeting | 421 4.7.0 mail.example.com Service unavailable, connection rate from 192.0.2.1 too high | rate-limited
greeting | 550 5.7.1 Sorry, we only accept mail from our mail filter (use the MX) | policy-refused

# --- greylisting ---
RCPT | 450 4.2.0 <b@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example/help | greylisted
RCPT | 451 4.7.1 Greylisting in action, please come back in 00:05:00 | greylisted
RCPT | 451 4.7.1 Try again later | greylisted
RCPT | 450 4.7.1 graylisted, retry in 300 seconds | greylisted

# --- client certificates and TLS in words ---
MAIL | 421 4.7.0 no client certificate presented | tls-certificate-required
EHLO | 554 5.7.0 A client certificate is required | tls-certificate-required
MAIL | 530 5.7.10 Encryption needed | encryption-required
AUTH | 538 5.7.11 Encryption required for requested authentication mechanism | encryption-required
AUTH | 432 4.7.12 A password transition is needed | password-transition
AUTH | 525 5.7.13 User account disabled | login-disabled

# --- the practice server ---
AUTH | 535 5.7.8 login refused: username or password is wrong | credentials-wrong
AUTH | 535 5.7.8 login refused: this user may not act as another user | login-refused
AUTH!token | 535 5.7.8 login refused: the access token is not accepted | auth-token-refused
AUTH!certificate | 535 5.7.8 login refused: the certificate is not for that user | login-refused
AUTH | 504 5.5.4 mechanism not supported | mechanism-refused
MAIL | 530 5.7.0 authentication required | login-required
RCPT | 550 5.1.1 <x@lab.test>: user unknown here | recipient-unknown
RCPT | 451 4.7.1 greylisted: try again later | greylisted
RCPT | 452 4.2.2 mailbox is over quota | mailbox-full
MAIL | 421 4.7.0 mail.lab too many messages from you, try again in an hour | rate-limited
greeting | 554 mx.lab your address is blocked here | address-listed
MAIL | 552 5.3.4 message is larger than this server accepts | message-too-large

# --- near misses: the same words, and another meaning or too little of one ---
RCPT | 550 5.7.1 Rejected | 
MAIL | 550 5.7.1 Access denied | 
. | 554 5.7.1 rejected | 
RCPT | 550 Requested action not taken: mailbox unavailable | recipient-refused
RCPT | 451 Please try again later | 
RCPT | 450 4.2.1 mailbox busy, try again later | recipient-refused
RCPT | 451 4.7.1 temporary failure, please try again later | service-unavailable
. | 250 2.0.0 Ok: queued as greylisted | 
RCPT | 550 5.2.1 <carol@example.com>: user account disabled | recipient-refused
AUTH!token | 535 5.7.3 Authentication unsuccessful | auth-token-refused
AUTH!token | 535-5.7.8 Username and Password not accepted | auth-token-refused
AUTH!certificate | 535 5.7.8 Error: authentication failed: | login-refused
AUTH!nothing | 535 5.7.8 authentication failed | login-refused
MAIL | 550 5.1.1 user unknown | sender-refused
MAIL | 553 5.1.3 Invalid address | recipient-refused
AUTH | 535 5.7.0 unknown reason | 
AUTH | 501 5.7.0 Authentication aborted | 
AUTH | 454 4.7.8 not now | 
. | 554 5.7.1 The recipient's domain example.com has a poor reputation | policy-refused
DATA | 503 5.5.1 Bad sequence of commands | 
EHLO | 502 5.5.1 command not implemented | 
EHLO | 550 5.7.1 no | 
NOOP | 421 4.7.0 closing connection | 
QUIT | 421 4.4.2 closing | 
. | 552 5.2.2 quota exceeded | mailbox-full
RCPT | 554 5.7.1 mail to this list is by invitation only | 
. | 550 5.7.1 our greylist operators found nothing, your mail is refused | 
MAIL | 550 5.7.30 REQUIRETLS support required | 
. | 550 5.7.9 message not accepted for policy reasons | policy-refused
AUTH | 550 5.7.1 this network may not log in | 
RCPT | 450 4.3.0 mail transport unavailable | 
MAIL | 501 5.5.4 Bad SIZE value | 
RCPT | 554 5.7.1 sender has no relationship with the recipient | 
MAIL | 550 5.7.1 Your domain example.com is on our blacklist | sender-refused
MAIL | 554 sender <a@example.com> is blacklisted | sender-refused
MAIL | 554 5.7.1 The sender IP is blacklisted | address-listed
. | 550 Message contains a blacklisted word | message-refused
greeting | 421 Service not available - too many connections from your IP | too-many-connections
RCPT | 550 relaying to <b@example.net> prohibited by administrator | relaying-denied
RCPT | 550 Too many invalid recipients | recipient-refused
RCPT | 550 5.7.1 Command rejected | 
MAIL | 421 4.7.1 Too many errors, closing | command-refused
MAIL | 550 5.7.27 sender domain accepts no mail | sender-refused
RCPT | 550 5.1.1 no such user here, see our policy | recipient-unknown
. | 451 4.3.5 Server configuration problem | service-unavailable
. | 554 5.7.1 Virus found in message, please contact your local policy team | message-refused
AUTH | 535 5.7.1 invalid password, too many connections are not the reason | credentials-wrong
RCPT | 451 4.7.1 Service temporarily unavailable, greylisting in effect | greylisted
MAIL | 421 4.3.2 System shutting down, please try again later | service-unavailable
AUTH | 454 4.3.0 Please try again later | 
AUTH | 535 5.7.8 Error: authentication failed: Connection lost to authentication server | credentials-wrong
`

var (
	refusalLine = regexp.MustCompile(`^(\S+) \| (\d{3})[ -](.*) \| ?(\S*)$`)
	refusalCode = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3}) `)
)

func TestRefusals(t *testing.T) {
	known := map[string]bool{}
	meant, nothing := 0, 0
	for r := range findingTable.rows() {
		known[r.name()] = true
	}
	for line := range strings.Lines(refusals) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		m := refusalLine.FindStringSubmatch(line)
		if m == nil || m[4] != "" && !known[m[4]] {
			t.Fatalf("no reply, or no finding: %q", line)
		}
		if got := Refusal(refusalOf(m)); got != m[4] {
			p := phraseFor(refusalOf(m))
			name := ""
			if p != nil {
				name = p.Name
			}
			t.Errorf("%s\n got %q by %s", line, got, name)
		}
		if m[4] == "" {
			nothing++
		} else {
			meant++
		}
	}
	if meant < 160 || nothing < 20 {
		t.Errorf("only %d refusals, and %d that say nothing", meant, nothing)
	}
}

// refusalOf is the reply of a line, with its enhanced code as the parser of replies takes it off.
func refusalOf(m []string) ReplyContext {
	c := ReplyContext{Text: strings.ReplaceAll(m[3], `\n`, "\n")}
	c.Verb, c.Proof, _ = strings.Cut(m[1], "!")
	if c.Verb == "greeting" {
		c.Verb = ""
	}
	if c.Verb == "AUTH" && c.Proof == "" {
		c.Proof = "password"
	}
	c.Code, _ = strconv.Atoi(m[2])
	if e := refusalCode.FindStringSubmatch(c.Text); e != nil {
		for i := range c.Enhanced {
			c.Enhanced[i], _ = strconv.Atoi(e[i+1])
		}
		c.Text = strings.ReplaceAll(c.Text, strings.TrimSpace(e[0])+" ", "")
	}
	return c
}

// What a policy says in short begins the cause of a refusal: it is a clause, and not a heading.
func TestPolicyInShort(t *testing.T) {
	heading := regexp.MustCompile(`^(?:client|sender|message|body|server|recipient|mail|header|refused|rejected|this client or)\b`)
	for _, e := range All() {
		if e.Means == "policy-refused" && heading.MatchString(e.Short) {
			t.Errorf("%s: %q", e.ID(), e.Short)
		}
	}
}

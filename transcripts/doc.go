// Package transcripts keeps sessions in files and opens them again. This page is the specification of the format,
// ehlo-transcript/1; everything needed to read or write it is here.
//
// [Record] writes a session while it happens, [WriteLine] any event. [Open] reads a file: [File.All] goes through its events,
// [File.At] gives any of them, [File.Verdict] what the session came to. [File.AddNote] adds a remark, [List] lists what there is.
//
// # File
//
// A transcript is a text file: one event a line, each line one JSON object (RFC 8259) in UTF-8 without a byte order
// mark, ended by a line feed. Such files are known as NDJSON or JSON Lines. The file name ends in .ehlo.ndjson; where
// a media type is needed it is application/x-ndjson.
//
// A writer appends whole lines, in the order in which things happened, each before anyone is shown what it says. It
// never changes or removes a line, and nothing but note and about follows the end event. It writes times of day as RFC 3339
// prescribes and durations as whole numbers of nanoseconds.
//
// Two transcripts of the same dialogue differ in t, in the fields took and wait and the seconds that a sentence makes of them,
// in time, in ports, and in what the servers made up. t is the one to blank first.
//
// # Event
//
// Every line has the first three fields, and they come first and in this order, so that a program can sort and count
// lines without parsing them. A reader takes them in any order.
//
//	seq           number    counts from 1, without gaps: event n is in line n of a file without empty lines
//	t             duration  since the log began, see Time
//	kind          string    the one payload below that the line has
//	step          string    the step during which it happened: resolve, connect, proxy, greeting, ehlo, helo, starttls,
//	                        handshake, xclient, xforward, auth, respond, cancel, mail, rcpt, data, content, bdat,
//	                        group, experiment, rset, noop, vrfy, expn, help, quit, raw; absent outside of a step
//	start         object    see start; the field that carries a payload has the name of the kind
//	lookup        object    see lookup
//	resolve       object    see resolve
//	connect       object    see connect
//	probe         object    see probe
//	send          object    see send
//	reply         object    see reply
//	capabilities  object    see capabilities
//	tls-message   object    see tls-message
//	tls           object    see tls
//	auth          object    see auth
//	state         object    see state
//	finding       object    see finding
//	note          object    see note
//	about         object    see about
//	forgot        object    see forgot
//	reveal        object    see reveal
//	change        object    see change
//	fault         object    see fault
//	server-log    object    see server-log
//	on-path       object    see on-path
//	end           object    see end
//	explain       object    what the event means, see explain; any kind may have it
//
// A field that says nothing is left out: an empty string or list, a zero, a false.
//
// # Time
//
// The t of an event is not less than that of the event before it, but for two things. A tls-message has the time when its first
// byte crossed the wire, which may be less than that of events that stand before it: it is read, and written, when the program comes
// to it. Among the messages of one direction of a connection t does not go back. And where an event is not a tls-message, what counts
// is the last event before it that is none.
//
// # Observed and following
//
// Eleven kinds hold what was seen, done or decided: start, lookup, resolve, connect, probe, send, reply, tls-message, tls, reveal,
// change; four more hold what nobody else can know: auth, of which only the one who has the secret knows the values, fault, and what
// the practice server tells of itself: server-log and on-path. All others but note and about follow from them: capabilities, state,
// finding, forgot, end, and the field explain. A writer
// that has only what was observed, such as one that reads another tool's log, works the rest out by the same rules; a reader
// that finds a following event missing may do the same.
//
// # Text and bytes
//
// A field of type raw has the bytes as they crossed the wire: a string if they are valid UTF-8, else an object with
// the one field base64 (RFC 4648 §4). Control characters, bidirectional controls and whatever else does not show
// itself are escaped in the string as \uXXXX, so that the file can be read on a terminal.
//
// A field of type bytes is a string in base64. A field of type string may hold what a server, a person or another
// program wrote; a reader makes it visible before it comes near a terminal, Markdown or HTML. That goes for every
// string in the file: it may come from anywhere.
//
// # Masks
//
// Secrets are never in the file, but for those of the accounts of the practice server, which everyone is told: send and auth then say
// practice. Where one was sent there are six bullets (U+2022), ••••••, whatever its length was,
// and the record that carried it is withheld. Which secret it was is named beside it: password, token, key, proof or
// digest. Passwords, tokens and what they could be computed or guessed from are secrets; usernames are not.
//
// # start
//
// The first event of every log.
//
//	format    string  ehlo-transcript/1
//	program   string  who wrote the file, with its version
//	time      time    of t = 0
//	side      string  server, where the log holds what the server saw; send is then still what the client sent, and reply what the
//	                  server answered. Absent where the client has kept the log
//
// Beside them it has all fields of plan.
//
// # plan
//
// What was asked for. It stands in start, between the fields of its own, and in change. It holds neither credentials nor
// content.
//
//	target        object  the server that was meant, see target
//	policy        object  what the client insists on, see policy
//	scenario      string  of the practice server; absent with other servers
//	title         string  of the scenario
//	story         string  of the scenario
//	task          string  what a learner is asked to find out
//	mx            bool    the host of the target is a domain, whose MX records lead to the server
//	lookups       list    what the name server is asked for before, see question
//	user          string  who is to be logged in
//	mechanism     string  by which one; absent where the client chooses
//	act-as        string  the identity to act as after the login
//	insist        bool    the mechanism is tried although the server does not offer it
//	has           list    of strings: which credentials there were at the beginning, password or token
//	every-mechanism bool  log in once by each mechanism that is offered, each on a connection of its own
//	until         string  the last phase of the walk; absent where it goes as far as the rest asks
//	network       string  ip, ip4 or ip6
//	via           string  what connections lead through, such as a proxy, which is given the name
//	address       string  the one address to connect to, whatever the name has
//	server-name   string  to ask for and to verify, where it is not the host
//	sni           string  what is asked for, where that is not the name that is verified
//	tls-max       string  the highest version of TLS to offer, where there is such a bound
//	legacy-tls    bool    obsolete versions, suites and signatures are offered too
//	captured      bool    what crosses the wire is written into a capture as it is, secrets included
//	known         object  the certificate that an earlier session with the server saw, see known
//	auth          object  what was chosen about the exchange of AUTH, see settings
//	ehlo-name     string  the name to give in EHLO
//	from          string  envelope sender
//	to            list    of strings: envelope recipients
//	cc            list    of strings: those of to that the header of a composed message names as having a copy
//	bcc           list    of strings: those that it does not name
//	envelope      object  what is asked for in MAIL and RCPT beside the addresses, see envelope
//	bdat          bool    the message is sent with BDAT in place of DATA
//	chunk         number  the most bytes of a chunk of BDAT; absent where the message is one chunk
//	pipelining    bool    the envelope is sent in groups of commands
//	helo          bool    the client greets with HELO and uses no extension
//	experiment    string  the name of the rule of SMTP that is broken on purpose, such as LF.LF; absent for none
//	break-rules   bool    a person agreed beforehand to break it on a server that is not on this machine
//	proxy         object  the PROXY header to send before anything else, see proxy
//	xclient       list    of strings: the attributes of each XCLIENT, as they stand after the command
//	xforward      list    of strings: the attributes of XFORWARD likewise
//	domain        string  that makes an address of a username without one
//	message       object  the extent of the content that was given, see extent; absent where a small one is composed
//	imported      bool    another program had the session, and the plan was inferred from what it recorded
//	midway        bool    the log begins in the middle of a session that another program has recorded
//	send-message  bool    a message is to be delivered to a server other than the practice server
//
// # proxy
//
// What is absent is that of the connection itself.
//
//	version      number  of the PROXY protocol: 1 or 2
//	source       string  the address of the client that is stated
//	source-port  number  its port
//	dest         string  the address that it connected to
//	dest-port    number  its port
//	unknown      bool    no addresses are stated
//	local        bool    the connection is the proxy's own; version 2 alone says so
//	datagram     bool    the client came by UDP, likewise
//	raw          raw     what stands in the place of all that, after the word PROXY or the signature of version 2
//
// # question
//
//	type  string  of the records: A, MX, TXT and so on; policy asks for the MTA-STS policy of a domain, over HTTPS
//	name  string  the name to ask for, without the dot at its end
//
// # extent
//
//	size      number  in bytes as SIZE counts it (RFC 1870 §3)
//	unended   bool    the last line had no end, and got one
//	8bit      bool    it has bytes above 127
//	binary    bool    it is no text: its line ends have to stay as they are
//	raw       number  of a binary one, its size as it was given
//	problems  list    what servers and readers may stumble over, see problem
//
// # problem
//
//	line   number  of the first line that has it, from 1; absent for what is missing
//	code   string  mbox-from, malformed-header, no-date, no-from, no-message-id, 8bit-header, long-line, bare-cr, bare-lf or nul
//	count  number  of lines that have it; of bytes for line ends and NUL
//
// # envelope
//
// What is absent is not asked for.
//
//	notify      string  DSN: when to report, NEVER or a list of SUCCESS, FAILURE and DELAY (RFC 3461 §4.1)
//	ret         string  DSN: how much of the message a report holds, FULL or HDRS
//	envid       string  DSN: what a report repeats, not encoded
//	orcpt       string  DSN: the original recipient with its type, not encoded; a type alone takes each recipient's address
//	requiretls  bool    verified TLS on the whole way (RFC 8689)
//	prdr        bool    a reply for each recipient after the message (draft-hall-prdr)
//	by          string  seconds and mode of DELIVERBY (RFC 2852)
//	hold        string  seconds, or a time, for which the server keeps the message (RFC 4865)
//	priority    string  from -9 to 9 (RFC 6710)
//	size        number  in the place of the message's
//	of          list    recipients with further parameters of their own, see recipient
//
// # recipient
//
//	to          string  the address
//	parameters  string  as they stand in RCPT
//
// # known
//
//	server      string  host:port of the session that saw the certificate
//	sha256      string  of the certificate
//	issuer      string
//	not-before  string  RFC 3339
//	not-after   string  RFC 3339
//	seen        string  RFC 3339: when that session began
//
// # target
//
//	host      string  name or address, without brackets
//	port      number
//	implicit  bool    TLS comes with the first byte
//	scheme    string  lmtp, where that is spoken; submission or smtp, where one was written and the port does not say it
//	lab       bool    the practice server answers
//
// # policy
//
//	start                 string  when TLS starts: implicit, starttls or never
//	must                  string  what happens without it: require, opportunistic, if-offered or off
//	allow-unverified      bool    TLS goes on although the certificate failed verification
//	allow-unverified-auth bool    a password, a token or a proof may go to a server whose certificate failed verification
//	allow-cleartext-auth  bool    a password may cross the network in cleartext
//	allow-obsolete-auth   bool    a password, a token or a proof may go through TLS 1.1 or older
//
// # lookup
//
// A name server was asked one question.
//
//	type     string    see question
//	name     string    see question
//	server   string    whom: an address with its port, or the place of a policy
//	status   string    of the answer: NOERROR, NXDOMAIN, SERVFAIL and so on; absent where none came
//	answers  list      at most 50 records, see answer
//	proved   bool      the server says that it has checked the signatures of the answer (the AD bit)
//	took     duration
//	trouble  string    see trouble
//	error    string    why there is no answer
//
// # answer
//
//	name  string  of the record: another one than was asked for after an alias
//	type  string  of the record
//	ttl   number  time to live, in seconds
//	data  string  as a zone file writes it, at most 2048 bytes of it, made visible
//
// # resolve
//
// A name was looked up.
//
//	host       string  the name
//	network    string  ip, ip4 or ip6, as asked for
//	addresses  list    of strings, as answered
//	hosts      list    of strings: the host of each address, where MX records gave it
//	literal    bool    host was an address, and nobody was asked
//	via        string  what was given the name, and nobody was asked
//	took       duration
//	trouble    string  see trouble
//	error      string  why there is no address
//
// # connect
//
// One attempt to open a TCP connection.
//
//	local   string    address and port of this end
//	remote  string    address and port of the other
//	took    duration
//	host    string    of the address, where MX records led to it
//	address string    the one of the name's that was tried, as it was looked up
//	via     string    what the connection leads through; remote is then where it was asked to lead
//	left    number    addresses that were still to be tried
//	trouble string    see trouble
//	error   string    why there is no connection
//
// # probe
//
// A second connection asked whether a server that says nothing speaks TLS from the first byte, or how far a connection comes
// after a handshake to which not a byte came.
//
//	remote   string    address and port of the other end
//	control  bool      the second of these: it waited for a greeting, or went up to STARTTLS, and then offered TLS 1.2 at most
//	hello    number    bytes of the ClientHello of a control; absent where it came to none
//	tls      bool      it answered the ClientHello as TLS does
//	raw      raw       what came in place of TLS, or the greeting inside it, at most 1024 bytes
//	trouble  string    see trouble
//	error    string    why there was no answer, or no greeting inside TLS
//	took     duration
//
// # trouble
//
// Why an observation is not what was hoped for. The field is absent where all is well; error then has the words.
//
//	timeout      nothing came in time
//	gave-up      a person waited no longer for this step
//	canceled    a person stopped the session
//	not-found    the name has no address
//	null-mx      the domain says that it accepts no mail
//	not-public   the records of another domain lead to an address that is not of the public Internet
//	failed       another error
//	refused      RST in answer to SYN
//	unreachable  no route, or a firewall said so
//	closed       the connection ended where a reply was due
//	cut-off      it ended in the middle of a reply
//	reset        it broke, without an orderly end
//	tls-bytes    TLS where a reply was due
//	not-smtp     no reply of SMTP
//	too-long     longer than a reply may be
//	damaged      a TLS record that does not decrypt, or is none
//
// # diagnosis
//
// What the messages of TLS say about a connection that failed.
//
//	code  string  of a finding
//	text  string  in a sentence
//	hint  string  what to do about it
//
// # send
//
// Bytes went to the server: a command line, an answer to a challenge, or message content.
//
//	raw         raw     what the server saw, inside any TLS, secrets masked; of content, perhaps only its beginning
//	masked      list    of strings, what each mask in raw hides, in order
//	practice    string  the secret of a practice account that stands in raw as it is
//	weak        bool    what is masked is too short, or too common a word, to be hidden well in replies; set the first time
//	edited      bool    a person changed or typed the line
//	group       number  how many commands raw has, where it has several that were sent as a group (RFC 2920); absent otherwise
//	experiment  string  the name of the experiment that raw is a part of; absent where it is of none
//	content     bool    raw is message content
//	size        number  bytes of content on the wire
//	stuffed     number  lines that began with a dot and got another one (RFC 5321 §4.5.2)
//	normalized  number  line endings that were made CRLF (RFC 5321 §2.3.8)
//	tls         bool    the bytes were encrypted
//	cipher      object  what an eavesdropper saw of them, see cipher
//	8bit        bool    the content has bytes above 127
//	gives       string  what of a secret went out, masked or not: password, token, key, proof, digest or typed
//	agreed      list    of strings: codes of the findings that a person said yes to for this line
//	took        duration  how long sending was tried, where it did not come to its end
//	trouble     string  why it could not be sent, or not whole, see trouble
//	error       string  the same in words
//	diagnosis   object  what TLS has to do with it, see diagnosis
//
// # reply
//
// A reply came, or the part of one that came before something went wrong.
//
//	raw       raw       the reply with its line endings
//	code      number    of the last line that was whole; absent if there was none
//	enhanced  string    enhanced status code (RFC 3463), such as 5.7.8
//	lines     list      the lines that were whole, see line
//	defects   list      deviations that were tolerated, see defect
//	wait      duration  from our last byte to the server's first
//	took      duration  from the server's first byte to its last, or to the end of the wait for the rest
//	place     number    which command of a group was answered, counted from 1
//	unasked   bool      the server spoke although it was not its turn
//	masked    string    what the mask in raw and lines hides
//	trouble   string    why the reply is not whole, or of no use, see trouble
//	error     string    the same in words
//	diagnosis object    what TLS has to do with it, see diagnosis
//	tls       bool      the bytes were encrypted
//	cipher    object    what an eavesdropper saw of them, see cipher
//
// # line
//
//	code      string  three digits
//	sep       string  "-" if more lines follow, " " on the last, absent if the code stood alone
//	text      raw     what follows, without the enhanced code and the line ending
//	enhanced  string  enhanced status code of the line
//
// # defect
//
//	line  number  the first one concerned, counted from 1
//	code  string  name of the defect
//	text  string  what is wrong
//	ref   string  the rule
//	more  number  further lines with the same defect
//
// # cipher
//
//	bytes     bytes   the beginning of the TLS records, at most 1024 bytes
//	total     number  how many bytes there were
//	withheld  bool    they carried a secret: the length of a record tells the length of what is in it
//
// # capabilities
//
// A reply to EHLO as a list (RFC 5321 §4.1.1.1).
//
//	domain    string  the name that the server gave itself, made visible
//	greeting  string  the rest of its first line, made visible
//	keywords  list    the other lines, see capability
//	tls       bool    the list was given inside TLS
//	changes   object  against the list that was forgotten when TLS began, see changes; absent if there was none
//
// # capability
//
//	raw      raw     the line without its code; the source of what follows
//	keyword  string  in upper case, made visible
//	params   list    of strings, made visible
//	legacy   bool    AUTH=LOGIN, the form from before the standard
//	line     number  in the reply, counted from 1
//	defects  list    deviations that were tolerated, see defect
//
// # changes
//
//	added    list  of capabilities
//	removed  list  of capabilities
//	changed  list  of pairs, see pair
//	same     list  of capabilities
//
// # pair
//
//	before  object  a capability
//	after   object  the capability that took its place
//
// # tls-message
//
// One message of TLS crossed the wire. The messages of a handshake come in a row, in the order in which they began,
// and before the event tls that sums them up.
//
//	seq        number  counts the messages of the connection from 0
//	dir        string  C from the client, S from the server
//	kind       string  handshake, change_cipher_spec, alert, application_data or unknown
//	type       number  of handshake message or alert, else of the record
//	name       string  as in the standard: ClientHello
//	raw        bytes   the message in cleartext; of a record that could not be opened, the record
//	records    list    that carried it, see record; the first thousand
//	encrypted  bool    it was protected on the wire
//	key        string  what it was opened with
//	version    number  of TLS as negotiated, in its numeric form; absent before it is known
//	suite      number  of the cipher suite as negotiated
//	partial    bool    raw is not the whole message
//	reason     string  why it is partial, not opened, or not understood
//
// # record
//
//	offset   number  of its header among the bytes of its direction; -1 where a secret came before it, whose length it
//	                 would tell
//	type     number  content type as seen on the wire
//	version  number  legacy version
//	length   number  of what follows the header
//	bytes    bytes   what an eavesdropper saw of a protected record, header included; a record that carried several
//	                 messages has them with the first, and of one message 64 KiB are kept
//
// # tls
//
// A handshake is over, well or badly.
//
//	version             string    TLS 1.3
//	suite               string    cipher suite
//	group               string    of the key exchange
//	alpn                string    protocol that was agreed on
//	resumed             bool      an earlier session was taken up
//	server-name         string    sent as SNI
//	reference           string    the name that the certificate was held against
//	chain               list      the certificates, the server's own first, see certificate
//	path                list      what was judged of it, from the server's own up to a trusted root or as far as it goes, see link
//	checks              list      of the certificate, see check
//	verified            bool      no check failed
//	took                duration
//	sent                number    bytes of the handshake from client to server
//	received            number    bytes of the handshake from server to client
//	client-certificate  bool      the server asked for one, and got one
//	old-offer           string    the versions that were offered, where none of them was TLS 1.2 or later
//	legacy-offer        bool      obsolete versions, suites and signatures were offered on request
//	keylog              string    "written" where the secrets went into a file, or why they did not; absent where nobody asked
//	trouble             string    see trouble
//	error               string    why the handshake died
//	diagnosis           object    what its messages say about that, see diagnosis
//	foreign             raw       what came in cleartext in place of TLS
//	decided             object    what came of what was offered, see decided
//
// # decided
//
// What the messages of a handshake say when they are read together; it may be worked out of them again.
//
//	version                 object  see choice
//	suite                   object  see choice
//	group                   object  of the key exchange, see choice
//	signature               object  of the server's handshake, see choice
//	alpn                    object  see words
//	server-name             string  that was asked for
//	exchange                string  which messages the keys come from
//	retry                   bool    there was a HelloRetryRequest
//	resumed                 bool    an earlier session was taken up
//	tickets                 number  for later sessions, that came during the handshake
//	complete                bool    both sides finished
//	round-trips             number  before the client may send data
//	early-data              bool    0-RTT data was announced
//	certificate-requested   bool    of the client
//	certificate-sent        bool    by the client
//	client-signature        object  see code
//	extended-master-secret  bool    before TLS 1.3
//	encrypt-then-mac        bool    before TLS 1.3
//	secure-renegotiation    bool    before TLS 1.3
//	stapled                 bool    the server sent an OCSP response
//	ech                     bool    the client sent Encrypted Client Hello, or a dummy of it
//	downgrade               bool    the server's random says that it speaks a higher version
//	client-encrypted        object  where encryption begins, see first
//	server-encrypted        object  where encryption begins, see first
//	certificates-visible    bool    the server's certificate crossed in cleartext
//	notes                   list    what follows from it, see consequence
//
// # choice
//
//	offered  list    of codes by the client, best first, see code
//	chosen   object  by the server, see code; absent if nothing was
//	usable   number  how many of the offered can be used in the version chosen
//	why      string  why that one, as far as the messages show it
//
// # words
//
//	offered  list    of strings, by the client
//	chosen   string  by the server
//
// # code
//
//	value  number  as registered with IANA
//	name   string  as registered with IANA
//
// # first
//
//	message  string  the first that was encrypted
//	offset   number  of its record among the bytes of its direction
//
// # consequence
//
//	code      string  stable
//	severity  string  info, warn or danger
//	text      string  what follows from a choice, in a sentence
//	ref       string  the source
//
// # certificate
//
//	subject     string
//	issuer      string
//	names       list    of strings: DNS names and addresses
//	not-before  time
//	not-after   time
//	key         string  kind and size
//	signature   string  algorithm
//	sha256      string  fingerprint in hexadecimal
//	ca          bool    it may sign others
//	raw         bytes   the certificate in DER
//
// # link
//
// One certificate of the path that was judged.
//
//	sent         number  its place in the chain as it was sent, counted from 1; absent for a trusted root that was not
//	certificate  object  the root that was not sent, see certificate
//	trusted      string  where the trust in a root is from; absent for all others
//	checks       list    its signature by the key above it, whether it may issue what is below, its time, see check
//
// # check
//
// One question asked of the certificate.
//
//	name     string  time, host, chain, usage, key, signature, revocation or order; of a link also issuer and rules
//	ok       bool    it stands up to the question
//	open     bool    the question has no answer, which does not count against the certificate
//	finding  string  code of the finding where it is not ok, or worth a remark
//	text     string  which certificate, and how it stands
//	fix      string  what would put it right
//	who      string  who has to do that
//	here     string  what the reader can do
//
// # auth
//
// One half of a round of AUTH (RFC 4954): a challenge opened, or a response as it was built.
//
//	mechanism  string
//	round      number  0 is the AUTH command itself
//	from       string  C from the client, S from the server
//	values     list    the parts of the message, and steps of the computation, see value
//	outcome    string  success, failure, canceled, unproved: success that is not believed, unanswerable: the challenge is
//	                   wrong, or impossible: it could not begin; absent while the exchange goes on
//	hides      string  what of a secret is in this half; typed where nobody knows, * for a cancel
//	practice   bool    values hold secrets of a practice account as they are
//	next       object  the response that would be sent next, see pending
//	user       string  who the session is for after a success
//	acts-as    string  the identity that was asked to act as
//	findings   list    what the mechanism points at, see issue; where outcome says that it cannot go on, the last one is why
//	settings   object  what a person chose about the exchange, with the AUTH command, see settings; absent when nothing
//
// # issue
//
//	code      string  of a finding
//	severity  string  info, warn or danger
//	text      string  in a sentence
//	hint      string  what to do about it
//	ref       string  the source
//
// # settings
//
//	initial-response  string  yes or no: whether the first response goes with the AUTH command
//	channel-binding   string  the type that a mechanism with -PLUS binds by
//	min-iterations    number  the fewest and
//	max-iterations    number  the most that SCRAM goes along with
//
// # value
//
//	name   string  as the standard of the mechanism calls it
//	text   string  the value when it is text
//	bytes  bytes   the value when it is not
//	hides  string  what secret it is; text and bytes are then absent
//	how    string  how it was computed, or where it came from
//	ref    string  where that is written
//
// # state
//
// Where the session stands; the last event of a step that changed it.
//
//	stage        string  idle, resolved, connected, greeted, ready, upgrading, refused, broken or closed
//	security     string  plain, unverified, accepted or verified
//	auth         string  none, exchange or done
//	transaction  string  none, mail, rcpt, data or bdat
//	peer         string  the name that the server goes by
//	software     string  what its greeting claims to be
//	esmtp        bool    EHLO or LHLO was accepted
//	lmtp         bool    LHLO was accepted
//	prdr         bool    the sender was accepted with PRDR
//	mechanism    string  of AUTH
//	user         string  who was accepted by AUTH
//	pending      object  the response that AUTH would send next, see pending
//	sender       string  accepted by MAIL
//	recipients   list    of strings, accepted by RCPT
//	refused      list    of strings, refused by RCPT
//	answering    bool    replies for single recipients are still to come for a message that was sent
//	answered     number  for how many recipients such replies came, in the order of recipients
//	taken        list    of strings: those of them for whom the server took the message
//	chunked      number  bytes of the message that were accepted in chunks, while more are to come
//	experiment   object  the experiment that was begun on this connection, see experiment; absent where none was
//	done         list    of phases of the walk that are complete on this connection: resolve, connect, greeting,
//	                     ehlo, starttls, handshake, ehlo-again, auth, mail, rcpt, data, quit
//	failed       list    of phases that went wrong and were not put right
//	stated       list    of steps by which another client's identity was stated, in order: proxy, xclient, xforward
//	tried-helo   bool    EHLO was refused, and HELO tried
//	delivered    number  messages that the server took responsibility for
//	delivered-to list    of strings: the recipients that the server accepted for them
//
// # experiment
//
// A rule of SMTP that is broken on purpose, to see what the server makes of it.
//
//	name     string  of the experiment
//	replies  list    of numbers: the codes of the replies since it began, without that of the last, which closes the connection
//	verdict  string  held, broke or open; absent while it runs
//
// # pending
//
//	line    string  as it would be sent, masked
//	hides   string  what the mask hides
//	cancel  bool    it is the "*" that gives up
//
// # finding
//
// Something worth pointing at.
//
//	code      string  stable; the program lists them all
//	severity  string  info, warn or danger
//	text      string  what was found
//	remedy    string  what the reader can do about it
//	operator  string  what the operator of the server can do about it
//	refs      list    see ref
//	phase     string  of the step that failed for this reason; absent where none did
//	reply     number  code of the reply that says so
//	recipient string  the one that the reply was for, where each recipient of a message has a reply of its own
//	waited    bool    silence decided, or a person who stopped waiting
//	who       string  who has to act, where that is known better than by the code; see end
//	advice    list    what they can do, likewise; see advice
//
// # note
//
// A person's remark. It may come at any place, also after the end event, and days later. A reader shows it with the event that
// it is about, wherever it stands; one on a note is shown with the event of that note, and one on an event that does not come
// before it at its own place.
//
//	on      number  seq of the event that it is about
//	text    string  at most 64 KiB; may have line feeds
//	author  string  who has written it
//	time    time    when
//	edits   number  seq of a note before: this one stands in its place, and without text that one is removed; it may be any
//	                form of that note, and one that names no note is a note of its own
//
// # about
//
// What a person says of the whole file. Like a note it may come at any place; the last one holds, and what it leaves out is
// not said any more.
//
//	title   string  at most 200 bytes
//	author  string  who has made the file what it is; at most 200 bytes
//	tags    list    of strings to find it by: at most 20, of at most 40 bytes each, without commas
//	time    time    when it was said
//
// # forgot
//
// What the client drops because TLS starts (RFC 3207 §4.2).
//
//	greeting      string  the server's name
//	capabilities  list    of strings
//
// # reveal
//
// A person switched the masks of the secrets to come.
//
//	on  bool  they are kept as they are; absent where they are masked again
//
// # change
//
// A person followed an advice, or changed settings by hand, which is no other attempt.
//
//	advice     object  which, see advice; empty where settings were changed by hand
//	settings   list    of strings: the fields of plan that were changed by hand
//	plan       object  what is asked for from here on, see plan
//	reconnect  bool    it begins with a new connection
//	left       object  what the attempt before had come to, see attempt; absent where one of its steps failed, or nothing is known
//	skipped    number  nanoseconds that the practice server's clock was set forward, in place of a wait
//
// # fault
//
// The program itself failed.
//
//	doing  string  what it was doing
//	kind   string  of the failure
//	trace  list    of strings: where in the program, innermost first
//
// # server-log
//
// What the practice server wrote into its own log during the step before it. There is none of any other server.
//
//	lines  list    in the order in which they were written, see entry
//	more   number  lines that were not kept
//
// # entry
//
//	time     time    by the server's clock, which an advice to wait moves on
//	host     string  whose log it is, as in mail.lab; a message that is handed on passes two servers
//	process  string  the program and its number, as in lab/submission/smtpd[1]
//	text     string  in the wording of Postfix
//
// # on-path
//
// What a device of the practice server's between it and the client saw and did during the step before it.
//
//	deeds  list    in order, see deed
//	more   number  those that were not kept
//
// # deed
//
//	did     string    saw: it could read what; carried: it carried bytes that it could not read; removed: what no longer
//	                  stands in the reply; changed: what was made became; added: became was added to the reply; replaced:
//	                  became arrived in place of the reply what; answered: the device answered what with became, and the server
//	                  never saw it; delayed: the reply was held back for wait; withheld: the reply what never arrived; cut:
//	                  passed of the bytes of the reply arrived, then the device closed the connection; flooded: became was sent
//	                  without end in place of the reply; intercepted: TLS ends at the device, with a certificate from what;
//	                  reset: the device reset the connection at a ClientHello of bytes
//	from    string    whose bytes it was about: C or S
//	what    string    a verb without its argument, a reply or a line of one
//	became  string    what stands in its place
//	bytes   number
//	passed  number
//	wait    duration
//	tls     bool      it crossed inside TLS that ends at the device
//
// # end
//
// The session is over, and this is the verdict: what happened, who has to act, and what they can do. A file without it is of
// a session that runs still, or whose program was killed; that is no damage, and a reader may work out the verdict of what
// is there.
//
//	phase      string  where it ended
//	exit       number  how it ended, as the exit code of the program: 0 is as asked
//	outcome    string  done: all that was asked for; refused: a 5yz decided; deferred: a 4yz decided, and the same may work
//	                   later; failed: the session could not go on; unsafe: going on would have exposed something; stopped: a
//	                   person ended it before anything decided
//	code       number  of the reply that decided; absent if none did
//	enhanced   string  its enhanced status code
//	temporary  bool    that reply was a 4yz
//	finding    string  code of the finding that explains it
//	cause      string  what happened: one sentence about this session, complete in itself
//	who        string  who has to act: you, operator (of the server), recipient (the recipient's side), network (whoever runs
//	                   the one between) or unknown
//	advice     list    what they can do, most likely first, see advice
//	facts      object  what the session has shown, see facts
//
// # advice
//
// One thing that can be done. How is for each program to know.
//
//	do     string    use-tls (from the first byte), use-starttls, use-port, send-no-secret, trust-ca, accept-unverified,
//	                 accept-unverified-auth, accept-cleartext, accept-obsolete, other-address, give-server-name, give-client-certificate, cap-tls,
//	                 allow-legacy-tls, no-initial-response, try-mechanism, give-password, give-token, give-ehlo-name,
//	                 other-address-family, retry-after, check-name, check-address, shrink-message, ask-operator, speak-lmtp,
//	                 speak-smtp, contact-private or do (what text says)
//	port   number    for use-tls, use-starttls and use-port
//	name   string    a mechanism, a TLS version or a host name
//	after  duration  how long to wait
//	text   string    what to tell the operator, or what to do
//
// # facts
//
//	peer          string  the name that the server gave itself
//	address       string  address and port of the last connection
//	tls           string  TLS 1.3; absent without TLS
//	suite         string  cipher suite
//	verified      bool    the certificate passed verification
//	unjudged      bool    whether it did is unknown: another program met it, and its record does not say
//	names         list    of strings: those of the server's own certificate
//	expires       time    of the server's own certificate
//	expired       bool    that was before the session began
//	sha256        string  fingerprint of the server's own certificate, in hexadecimal
//	root          string  the root that the server sent at the end of a chain that failed verification
//	root-sha256   string  its fingerprint, in hexadecimal
//	auth-offered  list    of strings: mechanisms in the last reply to EHLO
//	auth-used     string  mechanism that logged in
//	user          string  who was logged in
//	size          number  the largest message in bytes that the server takes (RFC 1870 §3)
//	delivered     number  messages that the server took responsibility for
//	delivered-to  list    of strings: the recipients of these messages
//	refused       list    of strings: recipients that it did not take
//	exposed       string  what of a secret went out unprotected: password, token or proof
//	cut-off       bool    set by a reader: the log has no end, and nobody writes it any more
//	earlier       list    the attempts before the last one, see attempt
//
// # attempt
//
//	phase    string  where it ended
//	finding  string  code of the finding that explains it
//	cause    string  what happened
//	outcome  string  what it came to, see end
//
// # explain
//
//	short    string  in a few words
//	text     string  in a few sentences
//	cause    string  of what went wrong
//	remedy   string  what the reader can do about it
//	operator string  what the operator of the server can do about it
//	vendor   string  whose wording was recognized
//	refs     list    see ref
//	entries  list    of strings: names of the articles behind it
//
// # ref
//
//	doc      string  RFC 5321
//	section  string  4.1.1.1; absent for the whole document
//
// # Reading
//
// The number after the slash in format grows when a reader of an older version would get something wrong. A reader
// refuses a greater number than it knows, and says so. Within a version fields and kinds may be added: a reader
// ignores fields that it does not know, and of a kind that it does not know it keeps the common fields, so that every
// event keeps its place. The same goes for a line whose payload is missing or has fields of the wrong type.
//
// Lines may end in CR LF, the last line feed may be missing, and lines that are empty are passed over: editors and
// version control do such things. That a file has no end event is normal.
//
// A file that would be a transcript but for a byte order mark before it, for being in UTF-16, or for a first line above its limit is
// refused as what it is.
//
// Everything else is damage: a line that is not one JSON object in UTF-8, that lacks seq, t or kind, or whose seq is
// not that of the line before and one more; and a limit that is exceeded. A reader shows what comes before the damage,
// says in which line and at which byte it begins and what it looks like, and adds nothing to such a file. A last line
// that breaks off is what a full disk or an interrupted copy leaves behind.
//
// # Limits
//
//	file         1 GiB
//	events       4,194,304
//	line         16 MiB, line ending included
//	first line   64 KiB
//	nesting      64 objects and arrays
//
// An event that would take more than a line is replaced by a finding with the code event-not-recorded, at its place.
//
// # Writing at the same time
//
// A writer holds an advisory lock of the whole file (flock, where the system has it): the recorder for the
// whole session, a note for as long as it takes. Who adds a note takes the lock, reads what others have added since, and counts on
// from that. While the lock is held, a last line without its end is one that is being written, and no damage.
//
// # Why no library
//
// encoding/json reads and writes whatever the quick forms of it here are not sure about, and tests hold that both say the same. A file
// of a million events is read in a third of its time, and a start does not pay for what only a reader needs. The lock is the
// system's own and not that of gofrs/flock, which opens the file again, and under Windows keeps readers out while a session is recorded.
package transcripts

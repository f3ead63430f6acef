package setup

// Field is a part of a request that can be wrong. Each face has its own name for it.
type Field string

// The fields. A setting of AUTH is one under its own name, see [walk.AuthSetting].
const (
	FieldTarget          Field = "target"
	FieldProtocol        Field = "protocol"
	FieldPort            Field = "port"
	FieldAddress         Field = "address"
	FieldTLS             Field = "tls"
	FieldUntil           Field = "until"
	FieldServerName      Field = "server-name"
	FieldSNI             Field = "sni"
	FieldCiphers         Field = "ciphers"
	FieldTLSMin          Field = "tls-min"
	FieldTLSMax          Field = "tls-max"
	FieldALPN            Field = "alpn"
	FieldMechanism       Field = "mechanism"
	FieldEHLOName        Field = "ehlo-name"
	FieldHELO            Field = "helo-only"
	FieldXCLIENT         Field = "xclient"
	FieldXFORWARD        Field = "xforward"
	FieldProxySource     Field = "proxy-source"
	FieldProxySourcePort Field = "proxy-source-port"
	FieldProxyDest       Field = "proxy-dest"
	FieldProxyDestPort   Field = "proxy-dest-port"
	FieldProxyHeader     Field = "proxy-header"
	FieldFrom            Field = "from"
	FieldTo              Field = "to"
	FieldCc              Field = "cc"
	FieldBcc             Field = "bcc"
	FieldNotify          Field = "notify"
	FieldReturn          Field = "ret"
	FieldEnvelopeID      Field = "envid"
	FieldOriginal        Field = "orcpt"
	FieldBy              Field = "deliver-by"
	FieldHold            Field = "hold"
	FieldPriority        Field = "mt-priority"
	FieldSize            Field = "size"
	FieldChunk           Field = "chunk"
	FieldExperiment      Field = "experiment"
	FieldEveryMechanism  Field = "every-mechanism"
	FieldMessage         Field = "message"
	FieldSubject         Field = "subject"
	FieldBody            Field = "body"
	FieldHeader          Field = "header"
	FieldAttach          Field = "attach"
	FieldTimeout         Field = "timeout"
	FieldMaxLine         Field = "max-line"
	FieldMaxReply        Field = "max-reply"
	FieldMaxLines        Field = "max-lines"
)

// Fields lists the fields that are no settings of AUTH.
var Fields = []Field{FieldTarget, FieldProtocol, FieldPort, FieldAddress, FieldTLS, FieldUntil, FieldServerName, FieldSNI, FieldCiphers, FieldTLSMin, FieldTLSMax, FieldALPN, FieldMechanism,
	FieldEHLOName, FieldHELO, FieldXCLIENT, FieldXFORWARD, FieldProxySource, FieldProxySourcePort, FieldProxyDest, FieldProxyDestPort, FieldProxyHeader, FieldFrom, FieldTo, FieldCc, FieldBcc, FieldNotify, FieldReturn, FieldEnvelopeID, FieldOriginal, FieldBy, FieldHold, FieldPriority, FieldSize, FieldChunk, FieldExperiment, FieldEveryMechanism,
	FieldMessage, FieldSubject, FieldBody, FieldHeader, FieldAttach, FieldTimeout, FieldMaxLine, FieldMaxReply, FieldMaxLines}

// Error says what is wrong with a request, and where.
type Error struct {
	Field Field
	// Value is what was given, where it helps to repeat it.
	Value string
	Text  string
	// Hint says what to do; it may be empty.
	Hint string
	// Err is what a face may know more about, such as [record.ErrCredentials]; nil if nothing is.
	Err error
}

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) Error() string {
	if e.Value != "" {
		return string(e.Field) + " " + e.Value + ": " + e.Text
	}
	return string(e.Field) + ": " + e.Text
}

package wire

import (
	"cmp"
	"slices"
)

// Defect is a deviation from the rules that was tolerated. There is one for each
// code in a reply, however many lines show it.
type Defect struct {
	// Line is the first line concerned, counted from 1.
	Line int `json:"line"`
	// Code is one of the Defect constants.
	Code string `json:"code"`
	// Text says what is wrong; it holds no bytes of the server.
	Text string `json:"text"`
	// Ref is the rule, for example "RFC 5321 §4.2".
	Ref string `json:"ref,omitempty"`
	// More counts the further lines with the same defect.
	More int `json:"more,omitempty"`
}

// Codes of defects in a [Reply].
const (
	DefectMismatchedCode   = "mismatched-code"   // lines of one reply with different codes
	DefectUnknownGroup     = "unknown-group"     // second digit of the code above 5
	DefectBadSeparator     = "bad-separator"     // neither space nor '-' after the code
	DefectMissingText      = "missing-text"      // nothing but the code in the whole reply
	DefectBareLF           = "bare-lf"           // line ended by LF alone
	DefectBareCR           = "bare-cr"           // CR inside a line
	DefectMissingLineEnd   = "missing-line-end"  // connection closed before the last CRLF
	DefectNUL              = "nul"               // NUL in a line
	DefectControl          = "control-character" // other control character but tab
	DefectUTF8             = "utf8-text"         // text beyond ASCII, valid UTF-8
	DefectInvalidUTF8      = "invalid-utf8"      // text beyond ASCII, not UTF-8
	DefectLongLine         = "long-line"         // longer than 512 octets with CRLF
	DefectEnhancedClass    = "enhanced-class"    // class differs from the code's first digit
	DefectEnhancedMismatch = "enhanced-mismatch" // lines with different enhanced codes
	DefectEnhancedMissing  = "enhanced-missing"  // only some lines have an enhanced code
)

// Codes of defects in a [Capability].
const (
	DefectKeywordSyntax   = "keyword-syntax"   // keyword is empty or has a forbidden character
	DefectParameterSyntax = "parameter-syntax" // parameter has a forbidden character
	DefectExtraSpace      = "extra-space"      // more than one space between words, or one at an end
	DefectLegacyAuth      = "legacy-auth"      // AUTH=LOGIN instead of AUTH LOGIN
)

type defectKind int

const (
	mismatchedCode defectKind = iota
	unknownGroup
	badSeparator
	missingText
	bareLF
	bareCR
	missingLineEnd
	nul
	control
	utf8Text
	invalidUTF8
	longLine
	enhancedClass
	enhancedMismatch
	enhancedMissing
	keywordSyntax
	parameterSyntax
	extraSpace
	legacyAuth
	defectKinds
)

var defectTable = [defectKinds]Defect{
	mismatchedCode:   {Code: DefectMismatchedCode, Ref: "RFC 5321 §4.2.1", Text: "the lines of one reply have different codes; the last one counts"},
	unknownGroup:     {Code: DefectUnknownGroup, Ref: "RFC 5321 §4.2", Text: "the second digit of the code is above 5; only the first one says what to do"},
	badSeparator:     {Code: DefectBadSeparator, Ref: "RFC 5321 §4.2", Text: "neither space nor hyphen follows the code; taken as the last line"},
	missingText:      {Code: DefectMissingText, Ref: "RFC 5321 §4.2", Text: "the reply has a code and no text"},
	bareLF:           {Code: DefectBareLF, Ref: "RFC 5321 §2.3.8", Text: "the line ends with a bare LF, not CRLF"},
	bareCR:           {Code: DefectBareCR, Ref: "RFC 5321 §2.3.8", Text: "CR inside the line; it is only allowed before LF"},
	missingLineEnd:   {Code: DefectMissingLineEnd, Ref: "RFC 5321 §2.3.8", Text: "the connection ended before the CRLF of the last line; its text may be cut"},
	nul:              {Code: DefectNUL, Ref: "RFC 5321 §4.2", Text: "NUL in the text"},
	control:          {Code: DefectControl, Ref: "RFC 5321 §4.2", Text: "control character in the text"},
	utf8Text:         {Code: DefectUTF8, Ref: "RFC 6531 §3.7.4", Text: "non-ASCII text in UTF-8; only allowed once the client has used SMTPUTF8"},
	invalidUTF8:      {Code: DefectInvalidUTF8, Ref: "RFC 5321 §4.2", Text: "non-ASCII bytes that are not valid UTF-8"},
	longLine:         {Code: DefectLongLine, Ref: "RFC 5321 §4.5.3.1.5", Text: "the line is longer than 512 bytes"},
	enhancedClass:    {Code: DefectEnhancedClass, Ref: "RFC 2034 §4", Text: "the class of the enhanced code is not the first digit of the reply code"},
	enhancedMismatch: {Code: DefectEnhancedMismatch, Ref: "RFC 2034 §4", Text: "the lines of one reply have different enhanced codes; the last one counts"},
	enhancedMissing:  {Code: DefectEnhancedMissing, Ref: "RFC 2034 §4", Text: "other lines of the reply have an enhanced code, this one has none"},
	keywordSyntax:    {Code: DefectKeywordSyntax, Ref: "RFC 5321 §4.1.1.1", Text: "a keyword is letters, digits and hyphens, and does not start with a hyphen"},
	parameterSyntax:  {Code: DefectParameterSyntax, Ref: "RFC 5321 §4.1.1.1", Text: "a parameter is printable ASCII without spaces"},
	extraSpace:       {Code: DefectExtraSpace, Ref: "RFC 5321 §4.1.1.1", Text: "words are separated by exactly one space, with none around them"},
	legacyAuth:       {Code: DefectLegacyAuth, Ref: "RFC 4954 §3", Text: "form with '=' from before the standard; meant for old clients"},
}

// defectSet counts defects by kind, so that a hostile reply of many bad lines
// costs no more memory than one bad line.
type defectSet [defectKinds]struct{ first, more int }

// add notes that the line, counted from 1, has a defect; once for each kind and line.
func (s *defectSet) add(k defectKind, line int) {
	if s[k].first == 0 {
		s[k].first = line
		return
	}
	s[k].more++
}

func (s *defectSet) addIf(wrong bool, k defectKind, line int) {
	if wrong {
		s.add(k, line)
	}
}

// list is the defects by first line; within a line in the order of the table.
func (s *defectSet) list() []Defect {
	var out []Defect
	for k, seen := range s {
		if seen.first == 0 {
			continue
		}
		d := defectTable[k]
		d.Line, d.More = seen.first, seen.more
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Defect) int { return cmp.Compare(a.Line, b.Line) })
	return out
}

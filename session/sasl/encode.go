package sasl

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// maxLine is the longest base64 line of an exchange, in octets: what RFC 4954 §4 asks both sides to be ready
// for. MaxCommand is the longest AUTH command with its CRLF (RFC 5321 §4.5.3.1.4, RFC 4954 §4).
const (
	maxLine    = 12288
	maxCommand = 512
)

// DecodeChallenge opens the text of a 334 reply, without its code and the space after it. An empty text is an
// empty challenge. The error is an [*Error] with the code "challenge-too-long" or "challenge-not-base64"; the
// answer to either is "*" (RFC 4954 §4).
func DecodeChallenge(line string) ([]byte, error) {
	line = strings.TrimRight(line, "\r\n")
	if len(line) > maxLine {
		return nil, &Error{Code: CodeTooLong, Ref: "RFC 4954 §4",
			Text: "the challenge has " + strconv.Itoa(len(line)) + " bytes, more than " + strconv.Itoa(maxLine)}
	}
	data, err := base64.StdEncoding.Strict().DecodeString(line)
	if err != nil || strings.ContainsAny(line, "\r\n") { // which the decoder would skip
		return nil, notBase64(line)
	}
	return data, nil
}

// ManyLines is the error for a challenge of more than one line (RFC 4954 §4, RFC 5321 §4.2.1).
func ManyLines(n int) error {
	return &Error{Code: CodeNotBase64, Ref: "RFC 4954 §4", Text: "the challenge has " + strconv.Itoa(n) + " lines, and a challenge is one"}
}

func notBase64(line string) error {
	text := "the challenge is not base64"
	if d := diagnoseBase64(line); len(d) > 0 {
		text += ": " + d[0]
	}
	return &Error{Code: CodeNotBase64, Text: text, Ref: "RFC 4954 §4"}
}

// EncodeResponse gives the base64 of a response. An empty initial response is "=", because nothing after the
// mechanism's name would mean no initial response at all; an empty later response is an empty line (RFC 4954 §4).
func EncodeResponse(data []byte, initial bool) string {
	if initial && len(data) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(data)
}

// Command gives the AUTH command without CRLF for a mechanism and what its Start returned.
func Command(name string, start Response) string {
	if start.Data == nil {
		return "AUTH " + name
	}
	return "AUTH " + name + " " + EncodeResponse(start.Data, true)
}

package sasl

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Compare says how a base64 line that a person typed differs from the right response, in words that give nothing of
// the secret away. Nil means that the server gets the same bytes. right is what the mechanism's Start or Next gave;
// its Values are used to recognise mistakes in the computation.
func Compare(mechanism, typed string, right Response) []string {
	typed = strings.TrimRight(typed, "\r\n")
	if typed == EncodeResponse(right.Data, false) || len(right.Data) == 0 && typed == "=" {
		return nil
	}
	if special := compareLine(typed, right); special != "" {
		return []string{special}
	}
	data, wrong := DecodeBase64(typed)
	if data == nil || bytes.Equal(data, right.Data) {
		return wrong
	}
	if slip := slipOf(data, right.Data); slip != "" {
		return append(wrong, slip)
	}
	return append(wrong, compareFields(strings.ToUpper(mechanism), data, right)...)
}

// compareLine finds what is wrong with the line as a whole.
func compareLine(typed string, right Response) string {
	switch {
	case typed == "*":
		return "this cancels the exchange; the server answers 501"
	case typed == "" && right.Data == nil:
		return ""
	case typed == "" || typed == "=":
		return "the line is empty, but there is something to send"
	case len(right.Data) == 0:
		return "there is nothing to send here, only an empty line, or = with the AUTH command"
	case typed == string(right.Data):
		return "this is the message itself; it goes over the wire in base64"
	}
	return ""
}

// slipOf recognises mistakes that leave the message itself intact.
func slipOf(typed, right []byte) string {
	again, err := base64.StdEncoding.DecodeString(string(typed))
	rest, longer := bytes.CutPrefix(typed, right)
	switch {
	case err == nil && bytes.Equal(again, right):
		return "it is in base64 twice"
	case longer && len(bytes.Trim(rest, "\r\n")) == 0:
		return "there is a line end inside the base64, at the end of the message; echo adds one, echo -n and printf do not"
	case longer && len(bytes.Trim(rest, " \t\x00")) == 0:
		return "there is a space, tab or NUL too many at the end of the message"
	case bytes.EqualFold(typed, right):
		return "it differs only in upper and lower case"
	}
	return ""
}

// compareFields explains a message of another content.
func compareFields(mechanism string, typed []byte, right Response) []string {
	if said := compareForm(mechanism, typed, right); said != nil {
		return said
	}
	got, ok := openData(mechanism, typed)
	if !ok {
		return []string{"it does not have the form of a " + mechanism + " response"}
	}
	want, _ := openData(mechanism, right.Data)
	var said []string
	for _, name := range fieldNames(want, got) {
		if s := compareField(name, field(got, name), field(want, name)); s != "" {
			said = append(said, s)
		}
	}
	if len(said) == 0 {
		said = []string{"it has the same parts, written differently"}
	}
	return said
}

// fieldNames lists the parts of both, wholes left out: they differ whenever a part does.
func fieldNames(want, got []Value) []string {
	var names []string
	for _, v := range append(slices.Clone(want), got...) {
		if v.Name != "message" && v.Name != "separator" && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

func field(values []Value, name string) *Value {
	i := slices.IndexFunc(values, func(v Value) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &values[i]
}

func compareField(name string, got, want *Value) string {
	switch {
	case got == nil:
		return name + " is missing"
	case want == nil:
		return name + " should not be there"
	}
	g, w := got.Display(true), want.Display(true)
	switch {
	case g == w:
		return ""
	case g == "":
		return name + " is empty"
	case w == "":
		return name + " should be empty"
	case strings.TrimSpace(g) == w:
		return name + " has white space around it"
	case strings.EqualFold(g, w):
		return name + " differs in upper and lower case"
	}
	return name + " is another one"
}

// compareForm finds mistakes of form and computation that are typical of one mechanism.
func compareForm(mechanism string, typed []byte, right Response) []string {
	switch mechanism {
	case "PLAIN":
		return comparePlain(typed, right.Data)
	case "CRAM-MD5":
		return compareCram(typed, right)
	case "OAUTHBEARER", "XOAUTH2":
		return compareBearer(typed, right.Data)
	case "DIGEST-MD5":
		return compareDigest(typed, right)
	case "LOGIN", "EXTERNAL", "ANONYMOUS":
		return []string{"it is not the " + oneField(right)}
	}
	if strings.HasPrefix(mechanism, "SCRAM-") {
		return compareScram(mechanism, typed, right)
	}
	return nil
}

func oneField(right Response) string {
	if len(right.Values) == 0 {
		return "right answer"
	}
	return right.Values[0].Name + " that was given"
}

func comparePlain(typed, right []byte) []string {
	nuls := bytes.Count(typed, []byte{0})
	authzid, user, pass, _ := parsePlain(right)
	switch {
	case nuls == 0 && (bytes.Contains(typed, []byte(`\0`)) || bytes.Contains(typed, []byte(`\x00`))):
		return []string{`the separators are written as the characters \0; they must be single NUL octets, as printf makes them`}
	case nuls == 0:
		return []string{"there is no NUL in it; the form is authzid NUL username NUL password"}
	case nuls == 1 && string(typed) == user+"\x00"+pass:
		return []string{"the leading NUL is missing: the authzid is empty, but the NUL behind it stays"}
	case nuls == 1:
		return []string{"there is one NUL, not two; the form is authzid NUL username NUL password"}
	case nuls > 2:
		return []string{"there are more than two NULs; neither name nor password can have one inside"}
	case string(typed) == authzid+"\x00"+pass+"\x00"+user:
		return []string{"username and password are swapped"}
	case string(typed) == user+"\x00"+pass+"\x00", string(typed) == user+"\x00\x00"+pass:
		return []string{"the NULs are in the wrong places: the first one comes before the username"}
	}
	return nil
}

func compareCram(typed []byte, right Response) []string {
	secret, challenge := field(right.Values, "shared secret"), field(right.Values, "challenge")
	i := bytes.LastIndexByte(typed, ' ')
	user, digest := string(typed[:max(i, 0)]), string(typed[i+1:])
	rightUser, _, _ := parseCram(right.Data)
	switch {
	case i < 0:
		return []string{"there is no space in it; the form is username SP digest"}
	case user == rightUser && secret != nil && challenge != nil:
		return cramSlip(digest, secret.Text, contentOf(challenge))
	case !hexDigest([]byte(digest)):
		return []string{"what follows the last space is not a digest of 32 hexadecimal digits"}
	}
	return nil
}

// cramSlip tries the usual mistakes in computing the digest.
func cramSlip(digest, secret string, challenge []byte) []string {
	lower := strings.ToLower(digest)
	switch lower {
	case HMACMD5(secret, []byte(EncodeBase64(challenge))):
		return []string{"the digest is over the challenge in base64; it must be decoded first"}
	case HMACMD5(string(challenge), []byte(secret)):
		return []string{"key and message are swapped: the password is the key, the challenge the message"}
	case HMACMD5(secret, append(slices.Clone(challenge), '\n')), HMACMD5(secret+"\n", challenge):
		return []string{"a line end came along into the digest; echo adds one, printf does not"}
	case HMACMD5(secret, bytes.Trim(challenge, "<>")):
		return []string{"the digest leaves the angle brackets out; they are part of the challenge"}
	case hexMD5(append([]byte(secret), challenge...)), hexMD5(append(slices.Clone(challenge), secret...)):
		return []string{"this is a plain MD5 over both; it must be the HMAC, keyed by the password"}
	case HMACMD5(secret, challenge):
		return []string{"the digest must be in lower case"}
	}
	if !hexDigest([]byte(lower)) {
		return []string{"what follows the last space is not a digest of 32 hexadecimal digits"}
	}
	return []string{"the digest is another one: from another password or another challenge"}
}

func contentOf(v *Value) []byte {
	if v.Bytes != nil {
		return v.Bytes
	}
	return []byte(v.Text)
}

func compareBearer(typed, right []byte) []string {
	switch {
	case bytes.Contains(typed, []byte("^A")) || bytes.Contains(typed, []byte(`\x01`)) || bytes.Contains(typed, []byte(`\001`)):
		return []string{"the separators are written out; they must be single octets of the value 0x01"}
	case bytes.Equal(append(slices.Clone(typed), 1), right):
		return []string{"the last 0x01 is missing: one ends the last field, one more the message"}
	case bytes.Contains(typed, []byte("auth=")) && !bytes.Contains(bytes.ToLower(typed), []byte("auth=bearer ")):
		return []string{"the word Bearer and a space must stand before the token"}
	case bytes.HasPrefix(right, []byte("n,")) && !bytes.HasPrefix(typed, []byte("n,")):
		return []string{"it does not begin with the gs2-header n,a=user, of OAUTHBEARER"}
	}
	return nil
}

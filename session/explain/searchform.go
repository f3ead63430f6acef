package explain

import "strings"

// isCommandLine tells "DATA" and "MAIL FROM:<a@b.example>" from words that only
// begin with a verb, such as "mail server" and "data loss": what stands after
// the verb has to look like what the command takes there.
func isCommandLine(words []string) bool {
	verb, args := strings.ToUpper(words[0]), words[1:]
	rest := strings.ToUpper(strings.Join(args, " "))
	switch verb {
	case "MAIL", "SEND", "SOML", "SAML":
		return strings.HasPrefix(rest, "FROM:") || strings.ContainsAny(rest, "<@")
	case "RCPT":
		return strings.HasPrefix(rest, "TO:") || strings.ContainsAny(rest, "<@")
	case "EHLO", "HELO", "LHLO":
		return len(args) == 1 && (words[0] == verb || strings.ContainsAny(rest, ".:["))
	case "AUTH", "X-EXPS":
		return isExchange(args)
	case "VRFY", "EXPN", "ETRN", "ATRN":
		return len(args) == 1
	case "BDAT":
		_, ok := decimal(args[0])
		return ok
	case "BURL":
		return strings.HasPrefix(rest, "IMAP:")
	case "HELP":
		return len(args) == 1 && words[0] == verb && commandTable.find(rest) != nil
	case "XCLIENT", "XFORWARD":
		return strings.Contains(rest, "=")
	}
	return false
}

// isExchange takes a mechanism, and perhaps an initial response (RFC 4954 §4).
func isExchange(args []string) bool {
	if mechanismTable.find(args[0]) == nil || len(args) > 2 {
		return false
	}
	if len(args) == 1 || args[1] == "=" {
		return true
	}
	_, ok := decodeBase64(args[1])
	return ok
}

// isListed tells the line of an EHLO reply from words that only begin with a
// keyword, such as "size limit".
func isListed(words []string) bool {
	params := words[1:]
	switch strings.ToUpper(words[0]) {
	case "SIZE", "DELIVERBY", "FUTURERELEASE":
		_, ok := decimal(params[0])
		return ok
	case "AUTH", "X-EXPS":
		return len(params) > 1 && mechanismTable.find(params[0]) != nil && mechanismTable.find(params[1]) != nil
	case "LIMITS":
		return strings.Contains(params[0], "=")
	case "BURL":
		return strings.EqualFold(params[0], "imap")
	case "MT-PRIORITY":
		return isKeyword(params[0])
	}
	return strings.HasPrefix(strings.ToUpper(words[0]), "AUTH=") || isPrivate(words[0]) && isKeyword(strings.Join(words, ""))
}

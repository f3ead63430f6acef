package compose

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Fields are header fields that a person gives, each as "Name: value".
type Fields struct {
	// Set stand in the place of those of the same name, or at the end where there is none; Add stand at the end, whatever else
	// has their name.
	Set, Add []string
}

// None reports whether there are none.
func (f Fields) None() bool { return len(f.Set)+len(f.Add) == 0 }

// CheckField reports what is wrong with a field that a person gives (RFC 5322 §2.2).
func CheckField(field string) error {
	name, _, found := strings.Cut(field, ":")
	foreign := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case !found || name == "" || strings.ContainsFunc(name, foreign):
		return errors.New(`want "Name: value"`)
	case strings.ContainsAny(field, "\r\n\x00"):
		return errors.New("a header field is one line")
	}
	return nil
}

// in is a header with the fields in it.
func (f Fields) in(header []string) []string {
	for _, field := range f.Set {
		i := slices.IndexFunc(header, func(h string) bool { return sameName(h, field) })
		if i < 0 {
			header = append(header, field)
			continue
		}
		rest := slices.DeleteFunc(header[i+1:], func(h string) bool { return sameName(h, field) })
		header = append(header[:i+1], rest...)
		header[i] = field
	}
	return append(header, f.Add...)
}

func sameName(a, b string) bool { return strings.EqualFold(nameOf(a), nameOf(b)) }

func nameOf(field string) string {
	name, _, _ := strings.Cut(field, ":")
	return strings.TrimRight(name, " \t")
}

// largestHeader bounds the header of a message whose fields are changed, in bytes.
const largestHeader = 1 << 20

// ErrHeader occurs when a header is too long to be changed, or does not end.
var ErrHeader error = endless{}

type endless struct{}

func (endless) Error() string {
	return "its header has no end within " + strconv.Itoa(largestHeader) + " bytes"
}

// Edit copies a message with fields set and added in its header. The rest stays as it is, line ends included.
func (f Fields) Edit(to io.Writer, from io.Reader) error {
	r := bufio.NewReader(from)
	header, end, err := readHeader(r)
	if err != nil {
		return err
	}
	eol := "\n"
	if len(header) == 0 || strings.HasSuffix(header[0], "\r\n") {
		eol = "\r\n"
	}
	for i, field := range header {
		header[i] = strings.TrimRight(field, "\r\n")
	}
	for _, field := range f.in(header) {
		if _, err := io.WriteString(to, field+eol); err != nil {
			return err
		}
	}
	if end == "" {
		end = eol
	}
	if _, err := io.WriteString(to, end); err != nil {
		return err
	}
	_, err = io.Copy(to, r)
	return err
}

// readHeader reads the fields of a message, each with the lines that continue it, and the empty line after them.
func readHeader(r *bufio.Reader) (fields []string, end string, err error) {
	for size := 0; ; {
		line, err := readLine(r, largestHeader-size)
		size += len(line)
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return nil, "", err
		case strings.Trim(line, "\r\n") == "":
			return fields, line, nil
		case (line[0] == ' ' || line[0] == '\t') && len(fields) > 0:
			fields[len(fields)-1] += line
		default:
			fields = append(fields, line)
		}
	}
}

// readLine reads a line with its end, of at most so many bytes.
func readLine(r *bufio.Reader, most int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > most:
			return "", ErrHeader
		case !errors.Is(err, bufio.ErrBufferFull):
			return string(line), err
		}
	}
}

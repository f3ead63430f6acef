package transcripts

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehlo/session/explain"
	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/tlswire"
	"ehlo/session/wire"
)

// sections says which type a section of the specification describes.
var sections = map[string]reflect.Type{
	"Event":        reflect.TypeFor[record.Event](),
	"start":        reflect.TypeFor[record.Start](),
	"target":       reflect.TypeFor[record.Target](),
	"policy":       reflect.TypeFor[record.Policy](),
	"question":     reflect.TypeFor[record.Question](),
	"lookup":       reflect.TypeFor[record.Lookup](),
	"answer":       reflect.TypeFor[record.Answer](),
	"resolve":      reflect.TypeFor[record.Resolve](),
	"connect":      reflect.TypeFor[record.Connect](),
	"send":         reflect.TypeFor[record.Send](),
	"reply":        reflect.TypeFor[record.Reply](),
	"line":         reflect.TypeFor[wire.Line](),
	"defect":       reflect.TypeFor[wire.Defect](),
	"cipher":       reflect.TypeFor[record.Cipher](),
	"capabilities": reflect.TypeFor[record.Capabilities](),
	"capability":   reflect.TypeFor[wire.Capability](),
	"changes":      reflect.TypeFor[wire.Changes](),
	"pair":         reflect.TypeFor[wire.Change](),
	"tls-message":  reflect.TypeFor[tlswire.Message](),
	"record":       reflect.TypeFor[tlswire.RecordInfo](),
	"tls":          reflect.TypeFor[record.TLS](),
	"decided":      reflect.TypeFor[tlswire.Summary](),
	"choice":       reflect.TypeFor[tlswire.Choice](),
	"words":        reflect.TypeFor[tlswire.Words](),
	"code":         reflect.TypeFor[tlswire.Code](),
	"first":        reflect.TypeFor[tlswire.Start](),
	"consequence":  reflect.TypeFor[tlswire.Note](),
	"certificate":  reflect.TypeFor[record.Certificate](),
	"link":         reflect.TypeFor[record.Link](),
	"check":        reflect.TypeFor[record.Check](),
	"auth":         reflect.TypeFor[record.Auth](),
	"settings":     reflect.TypeFor[record.AuthSettings](),
	"value":        reflect.TypeFor[sasl.Value](),
	"state":        reflect.TypeFor[record.State](),
	"experiment":   reflect.TypeFor[record.Experiment](),
	"pending":      reflect.TypeFor[record.Pending](),
	"finding":      reflect.TypeFor[record.Finding](),
	"note":         reflect.TypeFor[record.Note](),
	"about":        reflect.TypeFor[record.About](),
	"forgot":       reflect.TypeFor[record.Forgot](),
	"end":          reflect.TypeFor[record.Verdict](),
	"plan":         reflect.TypeFor[record.Plan](),
	"proxy":        reflect.TypeFor[record.ProxyHeader](),
	"envelope":     reflect.TypeFor[record.Envelope](),
	"recipient":    reflect.TypeFor[record.RecipientParameters](),
	"problem":      reflect.TypeFor[record.Problem](),
	"extent":       reflect.TypeFor[record.Extent](),
	"known":        reflect.TypeFor[record.KnownCertificate](),
	"probe":        reflect.TypeFor[record.Probe](),
	"reveal":       reflect.TypeFor[record.Reveal](),
	"change":       reflect.TypeFor[record.Change](),
	"fault":        reflect.TypeFor[record.Fault](),
	"server-log":   reflect.TypeFor[record.ServerLog](),
	"entry":        reflect.TypeFor[record.LogLine](),
	"on-path":      reflect.TypeFor[record.OnPath](),
	"deed":         reflect.TypeFor[record.Deed](),
	"diagnosis":    reflect.TypeFor[record.Diagnosis](),
	"advice":       reflect.TypeFor[record.Advice](),
	"facts":        reflect.TypeFor[record.Facts](),
	"attempt":      reflect.TypeFor[record.Attempt](),
	"issue":        reflect.TypeFor[sasl.Finding](),
	"explain":      reflect.TypeFor[explain.Explanation](),
	"ref":          reflect.TypeFor[explain.Ref](),
}

// The specification names every field that is written, and no other, in the order in which they are written.
func TestSpecification(t *testing.T) {
	documented := specification(t)
	for name, typ := range sections {
		want := strings.Join(jsonFields(typ), " ")
		if got := strings.Join(documented[name], " "); got != want {
			t.Errorf("section %s\n has %s\nwant %s", name, got, want)
		}
	}
}

// No type that is reached from an event is without a section.
func TestSpecificationIsComplete(t *testing.T) {
	described := map[reflect.Type]bool{}
	for _, typ := range sections {
		described[typ] = true
	}
	written := map[reflect.Type]bool{ // as something else
		reflect.TypeFor[record.Decided](): true, reflect.TypeFor[record.Later[record.Certificate]](): true, reflect.TypeFor[record.Later[record.Check]](): true, reflect.TypeFor[record.Later[record.Link]](): true}
	seen := map[reflect.Type]bool{}
	var visit func(typ reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() || typ == reflect.TypeFor[wire.Enhanced]() {
			return
		}
		seen[typ] = true
		if !described[typ] && !written[typ] {
			t.Errorf("%v is in the file and not in the specification", typ)
		}
		for _, f := range reflect.VisibleFields(typ) {
			if name, _ := jsonName(f); name != "" {
				visit(f.Type)
			}
		}
	}
	visit(reflect.TypeFor[record.Event]())
	visit(reflect.TypeFor[tlswire.Summary]()) // as session.Decided is written
	visit(reflect.TypeFor[record.Certificate]())
	visit(reflect.TypeFor[record.Check]())
	visit(reflect.TypeFor[record.Link]())
}

// The values that a program decides by are all there: the kinds of trouble, the advice, who has to act, how it went, and which
// kinds of event are observed.
func TestSpecificationOfValues(t *testing.T) {
	troubles := []record.Trouble{record.TroubleTimeout, record.TroubleGaveUp, record.TroubleCanceled, record.TroubleNotFound, record.TroubleNullMX, record.TroubleNotPublic, record.TroubleFailed, record.TroubleRefused,
		record.TroubleUnreachable, record.TroubleClosed, record.TroubleCutOff, record.TroubleReset, record.TroubleTLSBytes, record.TroubleNotSMTP, record.TroubleTooLong, record.TroubleDamaged}
	if got := strings.Join(specification(t)["trouble"], " "); got != joined(troubles) {
		t.Errorf("trouble has %s, want %s", got, joined(troubles))
	}
	text := texts(t)
	says(t, text["advice"], record.Actions)
	says(t, text["end"], []record.Who{record.WhoYou, record.WhoOperator, record.WhoRecipient, record.WhoNetwork, record.WhoUnknown})
	says(t, text["end"], []record.Outcome{record.OutcomeDone, record.OutcomeRefused, record.OutcomeDeferred, record.OutcomeFailed, record.OutcomeUnsafe, record.OutcomeStopped})
	observed, following, _ := strings.Cut(text["Observed and following"], "All others")
	for _, k := range kinds {
		part := following
		if k.Observed() {
			part = observed
		}
		says(t, part, []record.Kind{k})
	}
}

func joined[S ~string](values []S) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, " ")
}

func says[S ~string](t *testing.T, text string, values []S) {
	t.Helper()
	for _, v := range values {
		if !regexp.MustCompile(`(^|[^a-z-])` + string(v) + `($|[^a-z-])`).MatchString(text) {
			t.Errorf("%T %s is not in\n%s", v, v, text)
		}
	}
}

// texts are the sections of doc.go.
func texts(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	sections, section := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "// # "); ok {
			section = strings.TrimSpace(heading)
		}
		sections[section] += line
	}
	return sections
}

// specification reads doc.go: the names in the first column of the table of each section.
func specification(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^//\t([a-z0-9-]+) +\S`)
	documented, section := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "// # "); ok {
			section = strings.TrimSpace(heading)
		}
		if m := row.FindStringSubmatch(line); m != nil {
			documented[section] = append(documented[section], m[1])
		} else if strings.HasPrefix(line, "//\t") && !strings.HasPrefix(line, "//\t ") {
			documented[section] = append(documented[section], strings.TrimSpace(line[3:])) // a field that needs no more words
		}
	}
	return documented
}

// jsonFields are the fields of a type as they are written, but for those of an embedded type that has a section of its own.
func jsonFields(typ reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(typ) {
		if name, ok := jsonName(f); ok && (len(f.Index) == 1 || !hasSection(typ.Field(f.Index[0]).Type)) {
			names = append(names, name)
		}
	}
	return names
}

func hasSection(typ reflect.Type) bool {
	for _, described := range sections {
		if described == typ {
			return true
		}
	}
	return false
}

func jsonName(f reflect.StructField) (string, bool) {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, name != "" && name != "-" && f.IsExported()
}

// Every field of every event comes back from a line as it was, whatever methods its type has.
func TestLineLosesNothing(t *testing.T) {
	fields := reflect.TypeFor[record.Event]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		name, _ := jsonName(f)
		if f.Type.Kind() != reflect.Pointer || name == "explain" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			e := record.Event{Kind: record.Kind(name), Step: record.VerbNoop, T: 77}
			fill(reflect.ValueOf(&e).Elem().Field(i), name)
			fill(reflect.ValueOf(&e.Explain).Elem(), "explain")
			line := linesOf(t, e)[0]
			back := decode([]byte(line), 1)
			if again := linesOf(t, *back)[0]; again != line {
				t.Errorf("written %s\n   again %s", line, again)
			}
			lost(t, name, reflect.ValueOf(back).Elem().Field(i))
		})
	}
}

// fill sets every field below v to something that is not its zero.
func fill(v reflect.Value, name string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(began))
	case v.Type() == reflect.TypeFor[wire.Enhanced]():
		v.Set(reflect.ValueOf(wire.Enhanced{Class: 2, Subject: 1, Detail: 5}))
	case v.Type() == reflect.TypeFor[sasl.Value]():
		v.Set(reflect.ValueOf(sasl.Value{Name: "n", Text: "t", Bytes: []byte("b"), How: "h", Ref: "r"}))
	case v.Type() == reflect.TypeFor[wire.Capability]():
		v.Set(reflect.ValueOf(wire.ParseCapabilities(wire.Reply{Lines: []wire.Line{{}, {Text: "AUTH=LOGIN  PLAIN"}}}).Keywords[0]))
	case v.Type() == reflect.TypeFor[wire.Separator]():
		v.Set(reflect.ValueOf(wire.Separator('-')))
	case v.Type() == reflect.TypeFor[record.Decided]():
		var s tlswire.Summary
		fill(reflect.ValueOf(&s).Elem(), name)
		text, err := json.Marshal(s)
		if err := errors.Join(err, json.Unmarshal(text, v.Addr().Interface())); err != nil {
			panic(err)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(v.Field(i), f.Name)
			}
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte("250 \xff\r\n"))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case v.Kind() == reflect.String:
		v.SetString(name)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.CanUint():
		v.SetUint(7)
	}
}

// lost reports the fields below v that are zero, unless they hide something on purpose.
func lost(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.IsZero() {
		t.Errorf("%s is lost", path)
		return
	}
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		lost(t, path+"[0]", v.Index(0))
	case v.Type() == reflect.TypeFor[time.Time](), v.Type() == reflect.TypeFor[sasl.Value](), v.Type() == reflect.TypeFor[wire.Capability]():
		return // they have fields that cannot all be set at once
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				lost(t, path+"."+f.Name, v.Field(i))
			}
		}
	}
}

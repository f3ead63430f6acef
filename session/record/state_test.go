package record

import (
	"reflect"
	"testing"
)

func TestPhases(t *testing.T) {
	for _, name := range Phases() {
		if p, ok := ParsePhase(name); !ok || string(p) != name {
			t.Errorf("%s read as %s, %v", name, p, ok)
		}
	}
	if _, ok := ParsePhase("lunch"); ok {
		t.Error("lunch is a phase")
	}
}

// No field of a state is left out where two are compared, nor one of what it points to.
func TestSameState(t *testing.T) {
	if !new(State).Same(&State{}) {
		t.Error("a state is not the same as itself")
	}
	differs(t, reflect.TypeFor[State](), func(v reflect.Value) bool {
		s := v.Interface().(State)
		return !s.Same(new(State)) && !new(State).Same(&s) && s.Same(&s)
	})
	differs(t, reflect.TypeFor[Experiment](), func(v reflect.Value) bool {
		x := v.Interface().(Experiment)
		return !(&State{Experiment: &x}).Same(&State{Experiment: &Experiment{}})
	})
	differs(t, reflect.TypeFor[Pending](), func(v reflect.Value) bool {
		p := v.Interface().(Pending)
		return !(&State{Pending: &p}).Same(&State{Pending: &Pending{}})
	})
}

// differs wants a struct to be another with each of its fields set.
func differs(t *testing.T, typ reflect.Type, other func(reflect.Value) bool) {
	t.Helper()
	for i := range typ.NumField() {
		v := reflect.New(typ).Elem()
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("set")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int, reflect.Int64:
			f.SetInt(1)
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		default:
			t.Fatalf("%s is a %s", typ.Field(i).Name, f.Kind())
		}
		if !other(v) {
			t.Errorf("%s is not compared", typ.Field(i).Name)
		}
	}
}

// Package lazy has values that cost nothing when the program starts: they are made when they are first asked for, or are data as they stand.
//
// A function of [sync.OnceValue] and a map that is written out are code that runs at every start. By itself it takes little; but in each
// package that has some, it brings in a page of the program and one of memory, for commands too that never ask.
package lazy

import (
	"regexp"
	"sync"
)

// Value is what Make returns, which is called once. Several goroutines may ask for it.
type Value[T any] struct {
	Make func() T
	once sync.Once
	made T
}

// Get makes the value if nobody has asked for it before.
func (v *Value[T]) Get() T {
	v.once.Do(func() { v.made = v.Make() })
	return v.made
}

// Pattern is a regular expression, which must be right.
type Pattern struct {
	Text string
	once sync.Once
	made *regexp.Regexp
}

// Get compiles the pattern if nobody has asked for it before.
func (p *Pattern) Get() *regexp.Regexp {
	p.once.Do(func() { p.made = regexp.MustCompile(p.Text) })
	return p.made
}

// Table says what belongs to a key, in a few rows: they are looked through.
type Table[K comparable, V any] []struct {
	Key   K
	Value V
}

// Of is the value of a key, zero where there is none.
func (t Table[K, V]) Of(key K) V {
	value, _ := t.Find(key)
	return value
}

// Find is the value of a key, and whether there is one.
func (t Table[K, V]) Find(key K) (value V, found bool) {
	for i := range t {
		if t[i].Key == key {
			return t[i].Value, true
		}
	}
	return value, false
}

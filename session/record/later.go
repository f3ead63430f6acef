package record

import (
	"encoding/json"
	"sync"
)

// Later is a list that is worked out when someone asks for it, as with [Decided]: a handshake does not wait for words that nobody may read.
type Later[T any] struct {
	Stored []T // as a transcript has it

	find  func() []T // nil where the list is stored
	once  sync.Once
	found []T
}

// LaterBy is a list that find works out, once, when it is first asked for.
func LaterBy[T any](find func() []T) *Later[T] { return &Later[T]{find: find} }

// Listed is a list that is there.
func Listed[T any](list []T) *Later[T] { return &Later[T]{Stored: list} }

// List is the list; of none it is empty. It is not to be changed.
func (l *Later[T]) List() []T {
	switch {
	case l == nil:
		return nil
	case l.find == nil:
		return l.Stored
	}
	l.once.Do(func() { l.found = l.find() })
	return l.found
}

// AtHand is as much of the list as is there and need not be worked out.
func (l *Later[T]) AtHand() []T {
	if l == nil {
		return nil
	}
	return l.Stored
}

// With is a list that is there and has more.
func (l *Later[T]) With(more ...T) *Later[T] { return Listed(append(l.AtHand(), more...)) }

// JSONForm is the list.
func (l *Later[T]) JSONForm() any { return l.List() }

// MarshalJSON writes the form.
func (l *Later[T]) MarshalJSON() ([]byte, error) { return json.Marshal(l.JSONForm()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Later[T]) UnmarshalJSON(data []byte) error {
	l.Stored, l.find = nil, nil
	return json.Unmarshal(data, &l.Stored)
}

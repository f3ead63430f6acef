package record

import (
	"encoding/json"
	"sync"
)

// Path is what was judged of a chain of certificates: from the server's own up to a trusted root, or as far as it goes. As with [Decided],
// its links are worked out when someone asks.
type Path struct {
	find   func() []Link
	Stored []Link // as a transcript has them
}

// PathBy is a path whose links find works out, once, when it is first asked for.
func PathBy(find func() []Link) *Path { return &Path{find: sync.OnceValue(find)} }

// Links are the certificates of the path, the server's own first; of no path there are none. They are not to be changed.
func (p *Path) Links() []Link {
	switch {
	case p == nil:
		return nil
	case p.find == nil:
		return p.Stored
	}
	return p.find()
}

// JSONForm is the list of links.
func (p *Path) JSONForm() any { return p.Links() }

// MarshalJSON writes the form.
func (p *Path) MarshalJSON() ([]byte, error) { return json.Marshal(p.JSONForm()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Path) UnmarshalJSON(data []byte) error {
	*p = Path{}
	return json.Unmarshal(data, &p.Stored)
}

package transcripts

import (
	"container/list"
	"sync"

	"ehlo/session/record"
)

// cacheBytes bounds the lines whose events are kept decoded. An event takes a few times the memory of its line.
const cacheBytes = 2 << 20

// cache keeps the events that were used last.
type cache struct {
	mu    sync.Mutex
	byPos map[int]*list.Element
	order list.List // of *cached, the last used in front
	bytes int
}

type cached struct {
	pos   int
	size  int
	event *record.Event
}

func (c *cache) get(pos int) *record.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	el := c.byPos[pos]
	if el == nil {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*cached).event
}

// put adds an event whose line has that size. The newest stays whatever its size, or one large event on the screen
// would be decoded again for every frame.
func (c *cache) put(pos, size int, e *record.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byPos == nil {
		c.byPos = map[int]*list.Element{}
	}
	if c.byPos[pos] != nil {
		return
	}
	c.byPos[pos] = c.order.PushFront(&cached{pos, size, e})
	c.bytes += size
	for c.bytes > cacheBytes && c.order.Len() > 1 {
		old := c.order.Remove(c.order.Back()).(*cached)
		delete(c.byPos, old.pos)
		c.bytes -= old.size
	}
}

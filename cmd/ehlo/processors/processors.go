// Package processors has the program start on one processor. It starts in one thread, and a session is a conversation: the engine, the
// printer and the practice server take turns. On a second processor they would only wake each other's threads, and to give up one that has
// worked costs more than not to have had it. So this is the first package of the program that is initialized: it has no dependencies.
package processors

import "runtime"

func init() {
	GrowStack()
	runtime.GOMAXPROCS(1)
}

// GrowStack has the stack of its goroutine as large as a session needs it, while there is nothing on it: to grow it later, step by step, the
// runtime reads what it knows of every function on it, from pages of the program that are of no other use. The program is initialized, and
// then runs, in the goroutine that did this first.
func GrowStack() { growStack(1) }

//go:noinline
func growStack(n int) byte {
	var room [20 << 10]byte
	return room[n%len(room)]
}

// All is for what has work for several: from now on the program uses all processors that it may use.
func All() { runtime.SetDefaultGOMAXPROCS() }

// Package processors has the program start on one processor. It starts in one thread, and a session is a conversation: the engine, the
// printer and the practice server take turns. On a second processor they would only wake each other's threads, and to give up one that has
// worked costs more than not to have had it. So this is the first package of the program that is initialized: it has no dependencies.
package processors

import "runtime"

func init() { runtime.GOMAXPROCS(1) }

// All is for what has work for several: from now on the program uses all processors that it may use.
func All() { runtime.SetDefaultGOMAXPROCS() }

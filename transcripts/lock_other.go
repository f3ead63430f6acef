//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package transcripts

import "os"

// locks says that nobody can tell whether a file is written.
const locks = false

// lock relies on the comparison of sizes alone where the system has no advisory locks: a lock on Windows would also
// keep readers out.
func lock(*os.File) bool { return true }

// written is not known here: a file without an end may still get one.
func written(*os.File) bool { return true }

package waitingtest

import (
	"os"
	"syscall"
)

// InMemory has the temporary files of the tests, and of the programs that they start, stand in memory where that has room for them: they
// are many and small, none is of use after its test, and on a disk it can take longer to create one than to do all else with it. A TMPDIR
// that a person has set stays. It is called by TestMain.
func InMemory() {
	const place, room = "/dev/shm", 1 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(place, &fs) != nil {
		return
	}
	runsPrograms := fs.Flags&syscall.MS_NOEXEC == 0 // statfs(2) has them under the same numbers as mount(2)
	if runsPrograms && fs.Bavail*uint64(fs.Bsize) >= room {
		os.Setenv("TMPDIR", place)
	}
}

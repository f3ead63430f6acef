//go:build linux || darwin || freebsd

package machine

import "golang.org/x/sys/unix"

// free is the room for this user on the file system of a folder, in bytes; negative where it is unknown.
func free(folder string) int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}

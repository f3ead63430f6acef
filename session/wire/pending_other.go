//go:build !unix

package wire

// Pending reports whether bytes have arrived that nobody has read; this system cannot tell.
func (c *Conn) Pending() bool { return false }

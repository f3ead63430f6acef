//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package ui

// dropOutput does nothing here: what a terminal has not read stays with it.
func dropOutput() {}

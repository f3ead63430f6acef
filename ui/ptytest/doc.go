// Package ptytest gives tests a bare terminal, which answers no questions as tmux would.
//
// golang.org/x/sys, which the program has anyway, opens one in a few calls, and a screen
// of cells without colors is all that the tests look at: two modules less than with
// creack/pty and an emulator.
package ptytest

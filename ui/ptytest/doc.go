// Package ptytest gives tests a bare terminal, which answers no questions as tmux would.
package ptytest

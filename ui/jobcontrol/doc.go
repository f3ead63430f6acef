// Package jobcontrol stops a program for its shell, on systems where shells do that.
package jobcontrol

// Package cputest tells client and server apart in benchmarks: the server is a process of its own, and what each of the two takes of a
// processor is known. A time by the clock would be that of both together, and of whatever else the machine does.
//
// It is for Linux: the clock of another process is (clock_getcpuclockid(3)) a number made of its id.
package cputest

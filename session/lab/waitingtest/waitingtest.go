// Package waitingtest is for the tests of packages of which most wait: for a silent server, for another program.
package waitingtest

import (
	"flag"
	"runtime/debug"
)

// Beside has eight parallel tests run at a time, however few processors there are; -parallel still decides. So many sessions of a few
// hundred KiB leave much behind them, which is collected less often than a program that stays would. It is called by TestMain.
func Beside() {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	debug.SetGCPercent(400)
}

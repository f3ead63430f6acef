// Package waitingtest is for the tests of packages of which most wait: for a silent server, for another program.
package waitingtest

import "flag"

// Beside has eight parallel tests run at a time, however few processors there are; -parallel still decides. It is called by TestMain.
func Beside() {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
}

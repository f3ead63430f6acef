package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func newVersion(std streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: exactArgs(),
		RunE: func(*cobra.Command, []string) error { return printVersion(std.out) },
	}
}

// versionFlag adds --version. Cobra's own prints by a template, and with templates in the program its linker keeps every method that a
// template might call: it was a tenth larger, and slower to start.
func versionFlag(c *cobra.Command, asked *bool) {
	c.Flags().BoolVarP(asked, "version", "v", false, "version for "+c.Name())
}

func printVersion(w io.Writer) error {
	_, err := fmt.Fprintln(w, version())
	return err
}

// release is set at build time: -ldflags "-X main.release=1.2.3".
var release = "devel"

// version is the program's version with what is known of its build.
func version() string {
	parts := []string{"ehlo " + release}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				parts = append(parts, "commit "+s.Value[:min(len(s.Value), 12)])
			case s.Key == "vcs.modified" && s.Value == "true":
				parts = append(parts, "with local changes")
			case s.Key == "vcs.time":
				parts = append(parts, s.Value)
			}
		}
	}
	parts = append(parts, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return strings.Join(parts, ", ")
}

// program names the writer of a transcript.
func program() string { return fmt.Sprintf("ehlo %s", release) }

// quote shows what a person typed.
func quote(s string) string { return `"` + s + `"` }

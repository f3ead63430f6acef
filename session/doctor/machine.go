package doctor

import "time"

// Machine is what a program can see of the machine that it runs on without asking anyone else. Nothing in it names a person, this
// machine or its network: paths begin with ~ where they are in the home folder, and addresses are told by their kind.
type Machine struct {
	// Program is the program with its version, Go version and system.
	Program string
	// Built is when the program was made, as far as that is known; zero where it is not.
	Built, Now time.Time
	Terminal   Terminal
	// State holds transcripts and progress, Config saved targets.
	State, Config Folder
	Roots         Roots
	// Loopback is why nothing can listen on a loopback address; empty if something can.
	Loopback   string
	IPv4, IPv6 Route
	Resolver   Resolver
	// Lookup is set where a person asked for a name to be looked up.
	Lookup *Lookup
	// Proxy and Password say that the environment names a proxy, or holds a password or token.
	Proxy, Password bool
}

// Terminal is the one that the program was started from.
type Terminal struct {
	// Present says that there is one.
	Present       bool
	Kind          string // $TERM
	Width, Height int    // in cells
	// Colors is how many it is said to show, 0 for none; Why is what decided where that is not its kind.
	Colors int
	Why    string
	// Unicode says that the locale is one of UTF-8.
	Unicode bool
	// Ambiguous is how many cells it gives a character that East Asian fonts draw wide (Unicode Standard Annex #11); 0 where it did not say.
	Ambiguous int
	// Between is the program between it and this one: "tmux", "screen".
	Between string
	// Remote says that the session came over SSH.
	Remote bool
}

// Folder is one in which the program keeps something.
type Folder struct {
	Path   string
	Exists bool
	// Shared says that others than its owner can read it.
	Shared bool
	// Problem is why nothing can be written there; empty if something can.
	Problem string
	// Free is the room on its file system in bytes, negative where that is unknown.
	Free int64
}

// Roots are the certificates of CAs that the system trusts.
type Roots struct {
	// System says that the system keeps them itself and does not tell how many there are.
	System bool
	// Files are what they were read from, Named the variables of the environment that name them.
	Files, Named []string
	// Count is how many there are, Valid how many of them at this time.
	Count, Valid int
	// Added counts those that the administrator of the machine added.
	Added int
}

// Route is the way to the Internet with one kind of address.
type Route struct {
	// Kind is that of the own address that packets would carry: "public", "private", "link-local"; empty where there is no route.
	Kind string
	// Problem is what the system says where there is none.
	Problem string
}

// Resolver is how names are looked up.
type Resolver struct {
	// Own says that the program asks name servers itself, and not by way of the C library or the system.
	Own bool
	// System says that the system looks names up, and does not tell by what.
	System bool
	// File is what was read, Problem why it could not be.
	File, Problem string
	// Servers are the kinds of the name servers' addresses, in order.
	Servers []string
	// Plugins are what the C library looks names up with beside files and DNS.
	Plugins []string
}

// Lookup is one name that was looked up.
type Lookup struct {
	Name  string
	Count int // of addresses
	Took  time.Duration
	// Problem is why there is none.
	Problem string
}

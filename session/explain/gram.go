package explain

// A gram stands for three bytes that follow each other, as a number that other three may share.
type gram uint16

// grams are those of a text. Each reply is compared with two thousand wordings, and most of them begin with three bytes that it
// does not hold.
type grams [1 << 12 / 64]uint64

// gramOf is the first gram of a text of three bytes or more, as every wording is.
func gramOf(text string) gram {
	return (gram(text[0])*31*31 + gram(text[1])*31 + gram(text[2])) % (1 << 12)
}

func (g *grams) add(text string) {
	for i := 0; i+3 <= len(text); i++ {
		n := gramOf(text[i:])
		g[n/64] |= 1 << (n % 64)
	}
}

func (g *grams) has(n gram) bool { return g[n/64]&(1<<(n%64)) != 0 }

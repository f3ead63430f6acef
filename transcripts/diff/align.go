package diff

// MostSteps is how many steps of a session are compared.
const MostSteps = 20_000

// block is how many steps of both sides are weighed against each other at a time: the work grows with the square.
const block = 400

// align puts the steps of two sessions beside each other in their order, so that as much as possible belongs together.
func align(a, b []*Step) (pairs []Pair) {
	for len(a) > 0 || len(b) > 0 {
		x, y := a[:min(block, len(a))], b[:min(block, len(b))]
		found := alignBlock(x, y)
		if len(x) < len(a) || len(y) < len(b) {
			found = throughLastMatch(found)
		}
		for _, p := range found {
			if p.A != nil {
				a = a[1:]
			}
			if p.B != nil {
				b = b[1:]
			}
		}
		pairs = append(pairs, found...)
	}
	return pairs
}

// throughLastMatch cuts after the last two steps that belong together: what comes after them may find a partner in the next block.
func throughLastMatch(pairs []Pair) []Pair {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].A != nil && pairs[i].B != nil {
			return pairs[:i+1]
		}
	}
	return pairs
}

// alignBlock is the heaviest common subsequence. A step without a partner costs a little, but for those at the end.
func alignBlock(a, b []*Step) (pairs []Pair) {
	best := weights(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch w := weight(a[i], b[j]); {
		case w > 0 && best[i][j] == best[i+1][j+1]+w:
			pairs = append(pairs, Pair{A: a[i], B: b[j]})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]-gap:
			pairs = append(pairs, Pair{A: a[i]})
			i++
		default:
			pairs = append(pairs, Pair{B: b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		pairs = append(pairs, Pair{A: a[i]})
	}
	for ; j < len(b); j++ {
		pairs = append(pairs, Pair{B: b[j]})
	}
	return pairs
}

// gap is what a step without a partner costs.
const gap = 1

// weights says for each place in both how much what follows can weigh together.
func weights(a, b []*Step) [][]int {
	best := make([][]int, len(a)+1)
	best[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		best[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1]) - gap
			if w := weight(a[i], b[j]); w > 0 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+w)
			}
		}
	}
	return best
}

// weight says how well two steps belong together: 0 for not at all.
func weight(a, b *Step) int {
	if a.Verb != b.Verb {
		return 0
	}
	w := 40
	if a.TLS == b.TLS {
		w += 20
	}
	if a.line == b.line {
		w += 10
	}
	return w
}

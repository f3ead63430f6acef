package plain

import "strings"

// Compare tells what is different between what is shown and the transcript at a path, in lines. The error says why nothing can be
// compared.
type Compare func(path string) ([]string, error)

// compareWith tells what is different in the transcript at a path.
func (d *dialog) compareWith(compare Compare, path string) {
	if path = strings.TrimSpace(path); path == "" {
		d.print("say which transcript: compare PATH")
		return
	}
	lines, err := compare(path)
	if err != nil {
		d.problem(err)
		return
	}
	for _, line := range lines {
		if line != "" {
			d.print(strings.TrimSpace(line))
		}
	}
}

// compare tells what is different between two of the list.
func (k *kept) compare(rest string) {
	numbers := strings.Fields(rest)
	if len(numbers) != 2 {
		k.print("say which two: compare 1 2")
		return
	}
	a, b := k.numbered(numbers[0]), k.numbered(numbers[1])
	if a == nil || b == nil {
		return
	}
	k.compareWith(func(path string) ([]string, error) { return k.Compare(a.Path, path) }, b.Path)
}

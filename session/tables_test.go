package session

import (
	"go/ast"
	"go/types"
	"testing"
)

// A key stands in a table once: the row after the first would never be found, and the compiler, which tells it of a map, does not see it.
func TestAKeyIsInATableOnce(t *testing.T) {
	code, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, file := range code {
		ast.Inspect(file.File, func(n ast.Node) bool {
			if table, ok := n.(*ast.CompositeLit); ok && isTable(table.Type) {
				tables++
				for _, key := range twice(table) {
					t.Errorf("%s: two rows for %s", file.set.Position(table.Pos()), key)
				}
			}
			return true
		})
	}
	if tables < 20 {
		t.Errorf("%d tables were found", tables)
	}
}

func isTable(kind ast.Expr) bool {
	of, ok := kind.(*ast.IndexListExpr)
	return ok && types.ExprString(of.X) == "lazy.Table"
}

// twice are the keys that a table has more than once.
func twice(table *ast.CompositeLit) (list []string) {
	seen := map[string]bool{}
	for _, row := range table.Elts {
		if row, ok := row.(*ast.CompositeLit); ok && len(row.Elts) > 0 {
			key := types.ExprString(row.Elts[0])
			if seen[key] {
				list = append(list, key)
			}
			seen[key] = true
		}
	}
	return list
}

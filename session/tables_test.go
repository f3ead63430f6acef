package session

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// A key stands in a table once: the row after the first would never be found, and the compiler, which tells it of a map, does not see it.
func TestAKeyIsInATableOnce(t *testing.T) {
	tables := 0
	for _, top := range []string{"session", "transcripts", "ui", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if table, ok := n.(*ast.CompositeLit); ok && isTable(table.Type) {
					tables++
					for _, key := range twice(table) {
						t.Errorf("%s: two rows for %s", set.Position(table.Pos()), key)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
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

package ui

import "testing"

// A click selects, a second one opens; the wheel scrolls what is below the pointer. None of them sends anything.
func TestMouseOnTheHomeScreen(t *testing.T) {
	s := simHome(t, homeApp(), 80, 24)
	s.shows("› 1 practice").clickOn("topics").shows("› 5 topics").clickOn("topics").shows("topics · 1 of")
	s.clickOn("mail ports").shows("› mail ports").mouse("down10,10").shows("› POP and IMAP").mouse("up10,10").shows("› mail ports")
	s.clickOn("roles and ways").shows("› mail ports").clickOn("about").shows("› mail ports")
	simHome(t, homeApp(), 120, 40).tap("5").shows("topics").mouse("100,6").shows("› SMTP") // beside the list
	s.clickOn("mail ports").shows("mail ports · topic").clickOn("1 25").shows("25 · port", "card 2 of 2").mouse("3,1").shows("card 2 of 2")
}

func TestMouseInASession(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s, sc := walked(t, 9, size[0], size[1])
		w, sent := s.root.walk, sc.log.Len()
		s.press("/").typed("serverhello").settle().press("end", "enter", "up", "up", "space").clickOn("▸").shows("ClientHello").clickOn("ServerHello").shows("ServerHello")
		if e := w.selected(); e.TLSMessage == nil || e.TLSMessage.Name != "ServerHello" {
			t.Errorf("event %d is selected:\n%s", e.Seq, s.frame())
		}
		at := w.pane.Sel
		s.mouse("down5,6")
		if w.pane.Sel != at+notch {
			t.Errorf("the wheel selects row %d, not %d", w.pane.Sel, at+notch)
		}
		s.press("/").typed("235").settle().clickOn("S 235 2.7.0").clickOn("S 235 2.7.0").shows("dialogue")
		if w.selected().Reply == nil || w.selected().Reply.Code != 235 {
			t.Errorf("event %d is selected:\n%s", w.selected().Seq, s.frame())
		}
		s.press("tab").clickOn("RSET").shows("› RSET").clickOn("RSET").shows("› RSET", "your choice").mouse("5,21").mouse("5,38")
		if sc.log.Len() != sent {
			t.Errorf("a click took a step:\n%s", s.frame())
		}
	}
}

// The wheel turns the view where the pointer is over it.
func TestTheWheelOverAView(t *testing.T) {
	s, _ := walked(t, 9, 120, 40)
	w := s.root.walk
	s.press("/").typed("clienthello").settle().press("end", "enter").view("fields")
	at := w.pane.Sel
	s.frame()
	s.mouse("down100,10")
	if w.pane.Sel != at || w.reader.tops.Sel == 0 && w.reader.last() > 0 {
		t.Errorf("row %d, line %d", w.pane.Sel, w.reader.tops.Sel)
	}
}

package record

func (p *Pending) Shown() string {
	if p == nil {
		return ""
	}
	return p.Line
}

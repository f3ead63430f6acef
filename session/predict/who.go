package predict

import (
	"slices"
	"strconv"

	"ehlo/session/explain"
	"ehlo/session/quiz"
	"ehlo/session/record"
	"ehlo/session/walk"
)

// Mends asks who can put right what a step has come to, where that is another failure than the one before. It has its key. It is nil where nothing failed,
// or nobody knows who can.
func Mends(before record.Snapshot, events []*record.Event) *quiz.Item {
	was, v := walk.Outcome(before, walk.Ending{}), walk.Outcome(newCame(before, walk.Option{}, events).after, walk.Ending{})
	at := slices.Index(whos[:], v.Who)
	if at < 0 || v.Finding == "" || v.Finding == was.Finding || !v.Failed() || v.Outcome == record.OutcomeStopped {
		return nil
	}
	entry, _ := explain.Finding(string(v.Finding))
	it := &quiz.Item{Name: "predict-who", Kind: quiz.Mends, Prompt: "The session cannot reach its goal like this. Who can put it right?",
		Answer: strconv.Itoa(at + 1), Why: v.Cause, Source: orGeneral(entry.Refs)}
	for i, w := range whos {
		it.Choices = append(it.Choices, quiz.Choice{Text: w.String(), Why: notThem[i]})
	}
	return it
}

// whos are those who can act, in the order of the choices.
var whos = [...]record.Who{record.WhoYou, record.WhoOperator, record.WhoRecipient, record.WhoNetwork}

// notThem says of each of them why they cannot.
var notThem = [len(whos)]string{
	"No setting and no command of the client changes this.",
	"The server does as it should.",
	"The recipient's mailbox and domain are not what failed.",
	"Nothing between client and server is what failed.",
}

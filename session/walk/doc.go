// Package walk decides what a walk through a session is, and does nothing itself: it dials nobody, reads no clock and knows no
// chance.
//
// [Options] says what can be done now, what a good client would do next, and what is out of order and why. [Prepare] says
// what a step will send and whether a [Guard] asks a person first. [Took] gives the events that follow from one that
// was observed; [Outcome] is the verdict on a whole log. [Follow] is the plan after an advice was followed, and predictions say
// which reply is to be expected.
//
// The commands of SMTP are one table with a row a verb: when it is in order, what may answer, and what changes then.
package walk

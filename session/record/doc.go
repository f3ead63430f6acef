// Package record is the values of a session, and nothing that acts: the [Event]s of a [Log] that only grows, the [Snapshot] that
// the events so far add up to, the [Step] that may come next, the [Plan] that it began with, the [Message] to be sent, and the
// [Verdict] that it ends with.
//
// [Findings] has one row for each kind of finding: how much it matters, with which [Exit] and [Outcome] a session ends that it
// decides, who has to act and what they can do. The texts of findings are in package explain, under the same codes.
package record

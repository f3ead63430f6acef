// Package predict asks before a step what will come of it, and knows the answer from what came.
//
// A question is made of what is known before the step: the snapshot, and the step itself. Its key is read from the events of the step alone, so that a
// live session and a replay ask and answer the same. Nothing is asked where there is nothing to predict, and never twice in a row in the same way.
package predict

// Package quiz holds questions about mail with their keys: what is asked, what there is to read, which answer is right, why, and where that
// is written. A question is a value that judges an answer by itself; a face shows it, and lessons ask it too.
//
// A question whose key is in a table of package explain is made from that table when it is asked for, so that both cannot differ. Every
// other one stands in data/items.txt, with its source.
//
// When a question comes again is five boxes of Leitner: a library for the schedules of flash cards would be larger than that table.
package quiz

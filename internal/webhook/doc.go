// Package webhook tells games' backends what happens in their parties, by the
// Standard Webhooks specification (https://www.standardwebhooks.com).
//
// It reads the logs of all parties as a durable consumer, so that nothing falls
// between a change and its telling. Every notice becomes a task in a queue of
// its game, under an id of its own; a task is posted, and posted again with
// growing pauses for a day, until the receiver answers with a 2xx status. What
// was not taken by then is a dead letter, kept for 7 days ([Letters]).
//
// A notice comes at least once and not always in order. Its id says whether it
// was seen before, its number where it belongs: a party's notices are numbered
// from 1 without a gap.
//
// The body holds what members of the party see, and no secret.
package webhook

package engine

// What costs in a log is the entry, not what is in it: each waits for the disk.
// Messages of a party that come while an entry of its messages is under way
// therefore share the next one. What a quiet party says goes at once, and what
// stands between two other writes of a party stays between them.

// togetherBytes is how long an entry of several messages is at most: about as
// long as the longest message of a game that stands alone, so that what a log of
// Held entries holds is bounded as if none were shared.
const togetherBytes = 16 << 10

// talk is what a party says.
type talk struct {
	open     *write // takes further messages; nil if none does
	writes   int    // entries without an outcome
	underWay int    // of them those that were sent
}

// gather takes a message of a party. at is asked where an entry would go when a
// new one begins.
func (ws *writes) gather(ref Ref, at func() place, data []byte, done func(uint64, error)) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	g, err := ws.admit(lane{game: ref.Game})
	if err != nil {
		go done(0, err)
		return
	}
	t := ws.talks[ref]
	if t == nil {
		t = &talk{}
		ws.talks[ref] = t
	}
	w := t.open
	if w == nil || len(w.said) == together || len(w.msg.Data)+len(data) > togetherBytes {
		ws.speak(ref, g)
		w = &write{lane: lane{game: ref.Game}, ref: ref, talk: t, msg: message(at(), nil, messageTTL)}
		ws.expect(w)
		t.open = w
		t.writes++
		if t.underWay == 0 {
			ws.ready(g, w)
		}
	}
	w.msg.Data = appendMessage(w.msg.Data, data)
	w.said = append(w.said, done)
	g.waiting++
}

// speak closes what a party says, so that it stands before what comes next.
func (ws *writes) speak(ref Ref, g *queued) {
	t := ws.talks[ref]
	if t == nil || t.open == nil {
		return
	}
	ws.ready(g, t.open)
	t.open = nil
}

// leaves notes that an entry is on its way: no other message joins it.
func (t *talk) leaves(w *write) {
	t.underWay++
	if t.open == w {
		t.open = nil
	}
}

// spoken notes that the outcome of an entry is known, and lets those go that
// have come meanwhile.
func (ws *writes) spoken(w *write, g *queued) {
	t := w.talk
	t.writes--
	if t.open == w {
		t.open = nil
	}
	if w.sent {
		if t.underWay--; t.underWay == 0 && t.open != nil {
			ws.ready(g, t.open)
		}
	}
	if t.writes == 0 {
		delete(ws.talks, w.ref)
	}
}

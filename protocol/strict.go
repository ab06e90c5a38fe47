package protocol

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"partykit/party"
)

// decode reads one JSON object strictly: valid UTF-8, no name twice (nor by
// another case), nothing after it, no deeper than MaxDepth. Parsers of other
// languages disagree exactly there, so nothing of it may pass.
func decode(frame []byte, v any) error {
	if len(frame) > MaxText {
		return party.Errorf(party.TooLarge, "A text frame has at most %d bytes; this has %d.", MaxText, len(frame))
	}
	if err := checkDepth(frame); err != nil {
		return err
	}
	if err := json.Unmarshal(frame, v); err != nil {
		return party.Errorf(party.BadRequest, "The frame is not as the protocol wants it: %s.", reason(err))
	}
	return nil
}

// reason keeps what a developer needs and nothing that the sender wrote.
func reason(err error) string {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return syntax.Err.Error()
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return "a value of the wrong type at " + string(semantic.JSONPointer)
	}
	return "it cannot be read"
}

// checkDepth counts brackets outside strings, before anything is allocated.
func checkDepth(frame []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(frame); i++ {
		switch b := frame[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			if depth++; depth > MaxDepth {
				return party.Errorf(party.BadRequest, "JSON may nest %d deep.", MaxDepth)
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	if !bytes.HasPrefix(bytes.TrimLeft(frame, " \t\r\n"), []byte("{")) {
		return party.Errorf(party.BadRequest, "A text frame holds one JSON object.")
	}
	return nil
}

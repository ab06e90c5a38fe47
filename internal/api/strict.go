package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"partykit/protocol"
)

var errDepth = errors.New("JSON nests too deep")

// decode reads a request's body strictly, as the protocol's frames are: valid
// UTF-8, no name twice, nothing after it, no deeper than protocol.MaxDepth.
func decode(body []byte, v any) error {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		_, err := d.ReadToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
				return syntax.Err // says what is wrong, and not what was sent
			}
			return err
		}
		if d.StackDepth() > protocol.MaxDepth {
			return errDepth
		}
	}
	return json.Unmarshal(body, v)
}

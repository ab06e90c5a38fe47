package ws

import (
	"encoding/binary"
	"unicode/utf8"
)

// Error is why a client's bytes cannot be read any further, and the close code
// that says so.
type Error struct {
	Code   int
	Reason string
}

func (e *Error) Error() string { return e.Reason }

// The close codes of RFC 6455 that a server answers with.
const (
	CodeNormal   = 1000
	CodeProtocol = 1002
	CodeInvalid  = 1007 // a text is not UTF-8
	CodeTooBig   = 1009
)

// Errors of a [Parser].
var (
	ErrReserved     = &Error{CodeProtocol, "reserved bits are set"}
	ErrOpcode       = &Error{CodeProtocol, "unknown opcode"}
	ErrUnmasked     = &Error{CodeProtocol, "a client masks its frames"}
	ErrLength       = &Error{CodeProtocol, "a length in more bytes than it needs"}
	ErrControl      = &Error{CodeProtocol, "a control frame is whole and has at most 125 bytes"}
	ErrContinuation = &Error{CodeProtocol, "nothing to continue"}
	ErrInterrupted  = &Error{CodeProtocol, "a message begins before the last has ended"}
	ErrClose        = &Error{CodeProtocol, "a close frame with a code that must not be sent"}
	ErrUTF8         = &Error{CodeInvalid, "a text is not UTF-8"}
	ErrTooBig       = &Error{CodeTooBig, "the message is too big"}
)

// CloseCode reads the payload of a close frame; code 0 is none.
func CloseCode(payload []byte) (code int, err *Error) {
	if len(payload) == 0 {
		return 0, nil
	}
	if len(payload) == 1 {
		return 0, ErrClose
	}
	code = int(binary.BigEndian.Uint16(payload))
	if !sendable(code) {
		return 0, ErrClose
	}
	if !utf8.Valid(payload[2:]) {
		return 0, ErrUTF8
	}
	return code, nil
}

// sendable reports whether a close code may be in a frame: those of the RFC that
// are not for one side's own use, those registered, and those of applications.
func sendable(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}

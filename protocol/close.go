package protocol

// CloseCode is a WebSocket close code of ours. Its range says whether to come
// back: 4000–4099 at once, with resume; 4100–4199 later; 4200–4299 not by
// itself.
type CloseCode int

// The close codes of docs/protocol.md.
const (
	GoingAway    CloseCode = 4000
	SlowReader   CloseCode = 4001
	Idle         CloseCode = 4002
	RateLimited  CloseCode = 4100
	Unavailable  CloseCode = 4101
	Replaced     CloseCode = 4200
	Refused      CloseCode = 4201
	HelloTimeout CloseCode = 4202
	Broken       CloseCode = 4203
)

// Name is the reason sent with the code.
func (c CloseCode) Name() string {
	switch c {
	case GoingAway:
		return "going_away"
	case SlowReader:
		return "slow_reader"
	case Idle:
		return "idle"
	case RateLimited:
		return "rate_limited"
	case Unavailable:
		return "unavailable"
	case Replaced:
		return "replaced"
	case Refused:
		return "refused"
	case HelloTimeout:
		return "hello_timeout"
	case Broken:
		return "protocol"
	}
	return ""
}

// Final reports whether a client must not come back by itself.
func (c CloseCode) Final() bool { return c >= 4200 && c < 4300 && c != HelloTimeout }

package landing

import (
	"fmt"
	"time"

	"partykit/party"
)

// matchLine says where the party plays now; empty when it plays nowhere.
func matchLine(m *party.PublicMatch, now time.Time) string {
	if m == nil {
		return ""
	}
	line := "In a match that just began"
	if minutes := int(now.Sub(time.UnixMilli(int64(m.Since))).Minutes()); minutes >= 1 {
		line = "In a match since " + span(minutes)
	}
	switch {
	case !m.Joinable:
		return line + ", not open to join now"
	case m.Free == 0:
		return line + ", no seat free"
	case m.Free == 1:
		return line + ", 1 seat free"
	}
	return fmt.Sprintf("%s, %d seats free", line, m.Free)
}

// span says a number of minutes, as exactly as anybody wants to know.
func span(minutes int) string {
	switch hours := minutes / 60; {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case hours < 10 && minutes%60 != 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	default:
		return fmt.Sprintf("%d h", hours)
	}
}

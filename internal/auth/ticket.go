package auth

import (
	"strconv"
	"strings"
)

const (
	seatLen   = 26 // 130 bits
	ticketLen = seatLen + 26
)

// SeatID returns the seat of a browser at an invite, 26 letters and digits: the
// same however often Start is pressed, and not to be foretold by others.
func (k *Keys) SeatID(browser, inviteID string) string {
	return base32lower.EncodeToString(mac(k.seat, "seat", browser, inviteID))[:seatLen]
}

// Ticket returns a fresh ticket for a seat and the hash to store. The ticket is
// the seat's id and 130 random bits, 52 letters and digits in all; the hash is
// 32 letters and digits, and does not lead back to the ticket.
func Ticket(seat string) (ticket, hash string) {
	ticket = seat + random()
	return ticket, ticketHash(ticket)
}

// TicketOf returns the ticket that a session's command gives, and the hash to
// store: like [Ticket], but the same whenever the command is repeated.
func (k *Keys) TicketOf(seat, session string, counter uint64) (ticket, hash string) {
	sum := mac(k.seat, "ticket", seat, session, strconv.FormatUint(counter, 10))
	ticket = seat + base32lower.EncodeToString(sum)[:ticketLen-seatLen]
	return ticket, ticketHash(ticket)
}

// ParseTicket splits what claims to be a ticket into its seat and its stored
// hash. Only a stored hash that equals this one proves the ticket. It reports
// false for anything that [Ticket] could not have made.
func ParseTicket(s string) (seat, hash string, ok bool) {
	if len(s) != ticketLen || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", "", false
	}
	return s[:seatLen], ticketHash(s), true
}

func ticketHash(ticket string) string { return digest("ticket", ticket)[:32] }

package auth

// Derived returns the id of what is made on behalf of somebody who may ask for
// it again: always the same one for the same parts, unguessable without the
// server's secret. It has the shape of an [ID].
func (k *Keys) Derived(prefix string, parts ...string) string {
	return prefix + base32lower.EncodeToString(mac(k.seat, "derived id "+prefix, parts...))[:20]
}

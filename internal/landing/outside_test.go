package landing

import (
	"strings"
	"testing"

	"partykit/party"
)

// The User-Agents as the programs send them.
const (
	onInstagram = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 334.0.0.29.93 (iPhone15,2; iOS 17_5; en_US; en; scale=3.00; 1179x2556; 606241024)"
	onAndroid   = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.53 Mobile Safari/537.36"
)

func TestInsideApp(t *testing.T) {
	for agent, want := range map[string]string{
		onInstagram: "Instagram",
		onAndroid:   "an app",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/466.0.0.41.115;FBDV/iPhone15,2]": "Facebook",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/MessengerForiOS;FBAV/459.0.0.37.108]":       "Messenger",
		onAndroid + "[FB_IAB/FB4A;FBAV/466.0.0.53.109;]":                                                                                          "Facebook",
		onAndroid + " musical_ly_2023405040 BytedanceWebview/d8a21c6":                                                                             "TikTok",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Discord/231.0":             "Discord",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.8.0":        "LINE",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36":                         "",
		"Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0":                                                                  "",
		"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)":                                                                       "",
		"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)":                                                               "",
		"TelegramBot (like TwitterBot)": "",
		"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)": "",
		"Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)":        "",
		"": "",
	} {
		if got := insideApp(agent); got != want {
			t.Errorf("%q inside %q, want %q", agent, got, want)
		}
	}
}

func TestInsideAnAppTheWayOutIsShown(t *testing.T) {
	for name, c := range map[string]struct {
		inv   party.Invitation
		shown bool
	}{"live": {lively(), true}, "full": {dead(party.Full), true}, "revoked": {dead(party.Revoked), false}} {
		x := newSetup(t, c.inv)
		page := func(agent string) string {
			return visibleText(t, x.do("GET", "/join/"+testCode, header("User-Agent", agent)).Body.String())
		}
		const way = "Open in your browser You are inside Instagram."
		text := page(onInstagram)
		if got := strings.Contains(text, way) && strings.Contains(text, "https://"+testHost+"/join/"+testCode); got != c.shown {
			t.Errorf("%s: shown %t, want %t:\n%s", name, got, c.shown, text)
		}
		if name == "live" && !strings.Contains(text, "Start") {
			t.Error("inside an app nobody can start")
		}
		if strings.Contains(page("Mozilla/5.0 Firefox/126.0"), "Open in your browser") {
			t.Errorf("%s: shown in a browser", name)
		}
	}
}

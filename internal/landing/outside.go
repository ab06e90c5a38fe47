package landing

import "strings"

// apps are programs that show links in a browser of their own, by what stands
// in the User-Agent of that browser and not in that of the program's preview
// robot. The first that fits counts.
var apps = []struct{ sign, name string }{
	{"Instagram ", "Instagram"},
	{"FBAN/Messenger", "Messenger"},
	{"FB_IAB/Orca", "Messenger"},
	{"FBAN/", "Facebook"},
	{"FBAV/", "Facebook"},
	{"FB_IAB/", "Facebook"},
	{"musical_ly", "TikTok"},
	{"BytedanceWebview", "TikTok"},
	{"TikTok", "TikTok"},
	{"Discord/", "Discord"},
	{"Snapchat/", "Snapchat"},
	{"Twitter for ", "X"},
	{"TwitterAndroid", "X"},
	{"Telegram-Android/", "Telegram"},
	{"MicroMessenger/", "WeChat"},
	{" Line/", "LINE"},
	{"KAKAOTALK", "KakaoTalk"},
	{"LinkedInApp", "LinkedIn"},
	{"Reddit/", "Reddit"},
	{"[Pinterest/", "Pinterest"},
	{"; wv)", "an app"}, // any program's view of the web on Android
}

// insideApp tells in which app's own browser a page is looked at, or "". Games
// often do not run there, or find no guest of theirs. It is a guess, so the
// page offers a way out and holds nobody back.
func insideApp(userAgent string) string {
	for _, a := range apps {
		if strings.Contains(userAgent, a.sign) {
			return a.name
		}
	}
	return ""
}

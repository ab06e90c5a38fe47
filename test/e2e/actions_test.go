package e2e

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

func focus(selector string) step { return chromedp.Focus(chromedp.CSS(selector)) }

// clickText presses the element of a kind that shows a text.
func clickText(selector, text string) step {
	return chromedp.Click(chromedp.JSPath(fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.textContent.includes(%q))`, selector, text)))
}

// typed writes into a field as a keyboard does.
func typed(selector, text string) step { return chromedp.SendKeys(chromedp.CSS(selector), text) }

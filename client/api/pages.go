package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// pages goes through a list that the server tells in pages. It asks for a page
// when the one before it is used up, and ends with the first error. open takes
// a page apart: what it holds, and after what the next one begins, "" for none.
func pages[T, P any](ctx context.Context, c *Client, path string, open func(P) (list []T, next string)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		query := url.Values{}
		for {
			page, err := call[P](ctx, c, request{method: http.MethodGet, path: path, query: query})
			if err != nil {
				yield(none, err)
				return
			}
			list, next := open(page)
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			query.Set("after", next)
		}
	}
}

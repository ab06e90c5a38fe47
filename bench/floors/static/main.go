// Command static is Go's own HTTP server with nothing behind it: whatever is
// asked for, it answers with the bytes of one file, which hold gzip.
//
//	static ADDRESS FILE
package main

import (
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: static ADDRESS FILE")
	}
	body, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	kind, encoding, length := []string{"text/html; charset=utf-8"}, []string{"gzip"}, []string{strconv.Itoa(len(body))}
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header() // spelled as net/http does
		h["Content-Type"], h["Content-Encoding"], h["Content-Length"] = kind, encoding, length
		w.Write(body) // a browser that has gone away is no concern of ours
	})))
}

package api_test

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"partykit/client/api"
)

// answering answers every request with an empty object, and notes it.
type answering struct{ asked []*http.Request }

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, r)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

// The typed client has one call for each operation, and none for anything else.
func TestTheClientHasACallForEveryOperation(t *testing.T) {
	d, server := openDocument(t), &answering{}
	client := reflect.ValueOf(api.NewWith("https://x", "k", &http.Client{Transport: server}))
	calls := map[string]string{} // by operation
	for i := range client.NumMethod() {
		name, call := client.Type().Method(i).Name, client.Method(i)
		server.asked = nil
		var in []reflect.Value
		for j := range call.Type().NumIn() {
			in = append(in, sample(t, call.Type().In(j)))
		}
		out := call.Call(in)
		if out[0].Kind() == reflect.Func { // a list, which asks when it is gone through
			stop := reflect.MakeFunc(out[0].Type().In(0), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(false)} })
			out[0].Call([]reflect.Value{stop})
		}
		if len(server.asked) != 1 {
			t.Errorf("%s sends %d requests", name, len(server.asked))
			continue
		}
		o, ok := d.find(server.asked[0])
		if !ok || calls[o.id] != "" {
			t.Errorf("%s asks %s %s, operation %q, which is %q already", name, server.asked[0].Method, server.asked[0].URL, o.id, calls[o.id])
		}
		calls[o.id] = name
	}
	for _, o := range d.operations() {
		if calls[o.id] == "" {
			t.Errorf("the client has no call for %s: %s %s", o.id, o.method, o.path)
		}
	}
}

// sample is something to call with.
func sample(t *testing.T, of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[context.Context]():
		v.Set(reflect.ValueOf(t.Context()))
	case of.Kind() == reflect.String:
		v.SetString("x")
	case of.Kind() == reflect.Int:
		v.SetInt(1)
	}
	return v
}

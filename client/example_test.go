package client_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"partykit/client"
	"partykit/party"
)

// A game that shows its players' names and follows the leader's level.
func Example() {
	ctx := context.Background()
	kit, err := client.Dial(ctx, client.Options{URL: "http://localhost:7700", Game: "my-game"})
	if err != nil {
		log.Fatal(err)
	}
	defer kit.Close()

	invite, err := kit.Invite(ctx, client.InviteOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Your friends open", invite.URL)

	for event := range kit.Events(ctx) {
		switch e := event.(type) {
		case client.Changed:
			p := kit.Snapshot()
			fmt.Println(len(p.Members), "players; the level is", string(p.Data["level"]))
		case client.Message:
			fmt.Println("player", e.From, "sent", len(e.Payload), "bytes")
		case client.Closed:
			log.Fatal(e.Err)
		}
	}
}

// A friend's game loads and says how far it is.
func ExampleClient_Loading() {
	ctx := context.Background()
	kit, err := client.Dial(ctx, client.Options{URL: "http://localhost:7700", Game: "my-game"})
	if err != nil {
		log.Fatal(err)
	}
	defer kit.Close()
	if err := kit.Join(ctx, client.JoinOptions{Code: os.Args[1]}); err != nil { // the link, as the friend pasted it
		log.Fatal(err)
	}
	if kit.Me().State == party.Loads {
		kit.Loading(client.Loading{Phase: "downloading", Message: "Level pack", Progress: new(0.5)})
		if err := kit.Finalize(ctx, true); err != nil {
			log.Fatal(err)
		}
	}
}

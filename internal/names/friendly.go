package names

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// Friendly returns the friendly name of a seed, an adjective and an animal in
// PascalCase such as FriendlyAlpaca: pure ASCII letters, at most 24 of them.
// Names repeat between seeds: there are [Combinations] of them.
func Friendly(seed string) string {
	sum := sha256.Sum256([]byte("partykit friendly name\x00" + seed))
	n := binary.BigEndian.Uint64(sum[:8]) % Combinations
	return adjectives[n%uint64(len(adjectives))] + animals[n/uint64(len(adjectives))]
}

// Animal returns the animal of a friendly name, such as Alpaca, and "" for any
// other name.
func Animal(name string) string {
	for _, animal := range animals {
		adjective, ok := strings.CutSuffix(name, animal)
		if ok && slices.Contains(adjectives[:], adjective) {
			return animal
		}
	}
	return ""
}

// Combinations is how many friendly names there are.
const Combinations = uint64(len(adjectives) * len(animals))

// The lists are reviewed by hand: kind words about anybody, no colours of skin,
// nothing about bodies, minds, wealth or love; animals that are no insult in a
// language we know of. Appending a word renames guests whose name is drawn anew,
// so change the lists rarely.

var adjectives = [...]string{
	"Able", "Adept", "Agile", "Airy", "Alert", "Amazing", "Artful", "Awesome",
	"Balanced", "Beaming", "Blissful", "Bold", "Brave", "Breezy", "Bright", "Brisk", "Bubbly", "Buoyant",
	"Calm", "Candid", "Capable", "Careful", "Caring", "Charming", "Cheerful", "Cheery", "Clever", "Cordial",
	"Cosmic", "Cozy", "Creative", "Curious", "Dandy", "Daring", "Dashing", "Dazzling", "Diligent",
	"Dreamy", "Dynamic", "Eager", "Earnest", "Elated", "Elegant", "Epic", "Fabulous",
	"Faithful", "Famous", "Fearless", "Festive", "Focused", "Fortunate",
	"Friendly", "Gallant", "Generous", "Gentle", "Genuine", "Gifted", "Giving", "Gleaming", "Glowing",
	"Graceful", "Gracious", "Grand", "Grateful", "Handy", "Happy", "Helpful", "Heroic", "Honest",
	"Hopeful", "Humble", "Inspired", "Inventive", "Jaunty", "Jolly", "Jovial", "Joyful", "Keen", "Kind",
	"Lively", "Loyal", "Lucky", "Magic", "Majestic", "Merry", "Mighty", "Mindful", "Modest",
	"Musical", "Nimble", "Noble", "Optimistic", "Patient", "Peaceful", "Peppy", "Playful", "Pleasant",
	"Plucky", "Polite", "Proud", "Quick", "Quiet", "Radiant", "Rapid", "Ready", "Relaxed", "Reliable",
	"Resolute", "Serene", "Sharing", "Shining", "Sincere", "Skilled", "Smart", "Smiling", "Snappy",
	"Sociable", "Sparkling", "Spirited", "Splendid", "Sporty", "Starry", "Steady", "Stellar", "Sturdy",
	"Sunny", "Super", "Swift", "Tactful", "Talented", "Thankful", "Thoughtful", "Tidy", "Tranquil",
	"Trusty", "Upbeat", "Valiant", "Vibrant", "Vivid", "Warm", "Welcome", "Whimsical", "Winning",
	"Wise", "Witty", "Wonderful", "Zesty",
}

var animals = [...]string{
	"Albatross", "Alpaca", "Antelope", "Armadillo", "Axolotl", "Badger", "Bandicoot", "Barracuda", "Bear", "Beetle",
	"Bilby", "Bison", "Bluebird", "Bobcat", "Bumblebee", "Butterfly", "Canary", "Capybara",
	"Caracal", "Caribou", "Cassowary", "Cat", "Chameleon", "Chamois", "Cheetah", "Chickadee", "Chinchilla",
	"Chipmunk", "Cicada", "Coati", "Condor", "Corgi", "Cormorant", "Crane", "Cricket", "Curlew",
	"Deer", "Dolphin", "Dove", "Dragonfly", "Duck", "Eagle", "Echidna", "Egret", "Eland",
	"Elk", "Emu", "Falcon", "Fennec", "Ferret", "Finch", "Firefly", "Flamingo", "Fox", "Gannet",
	"Gazelle", "Gecko", "Gerbil", "Giraffe", "Goldfinch", "Gopher", "Grasshopper", "Grouse",
	"Hamster", "Hare", "Hawk", "Hedgehog", "Heron", "Hummingbird", "Ibex", "Ibis",
	"Iguana", "Impala", "Jackdaw", "Jaguar", "Jay", "Jerboa", "Kestrel", "Kingfisher", "Kinkajou", "Kite",
	"Kiwi", "Koala", "Koi", "Kudu", "Ladybird", "Lark", "Lemur", "Leopard", "Lion",
	"Lizard", "Llama", "Lobster", "Lynx", "Macaw", "Magpie", "Manta", "Marlin", "Marmot",
	"Marten", "Meerkat", "Mongoose", "Moose", "Moth", "Mouse", "Narwhal", "Newt", "Nightingale", "Numbat",
	"Ocelot", "Octopus", "Okapi", "Orca", "Oriole", "Oryx", "Osprey", "Otter", "Owl", "Panda",
	"Pangolin", "Panther", "Parakeet", "Parrot", "Partridge", "Pelican", "Penguin", "Pheasant", "Pika", "Platypus",
	"Plover", "Pony", "Porcupine", "Porpoise", "Puffin", "Puma", "Quail", "Quetzal", "Quokka", "Rabbit",
	"Raven", "Reindeer", "Robin", "Salamander", "Salmon", "Sandpiper", "Seahorse", "Seal", "Serval",
	"Sparrow", "Squirrel", "Starfish", "Stork", "Swan", "Tanager", "Tapir",
	"Tern", "Tiger", "Toucan", "Trout", "Turtle", "Vicuna", "Viscacha", "Wallaby", "Warbler",
	"Wolf", "Wolverine", "Wombat", "Woodpecker", "Wren", "Yak", "Zebra",
}

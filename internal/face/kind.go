package face

import (
	"hash/fnv"
	"slices"
	"strings"
)

// A kind is which of the animals a face is of.
type kind int

// The kinds, in the order of animals.
const (
	bear kind = iota
	cat
	rabbit
	dog
	fox
	bird
	hoofed
	swimmer
	insect
)

// kinds says which animals are drawn as which kind: that of their family, or
// the one whose ears they have.
var kinds = map[kind][]string{
	bear: strings.Fields(`Armadillo Badger Bear Capybara Chinchilla Coati Echidna Ferret Gerbil Gopher Hamster Hedgehog Kinkajou Koala Lemur Marmot Marten
		Meerkat Mongoose Mouse Numbat Otter Panda Pangolin Pika Porcupine Quokka Tapir Wolverine Wombat`),
	cat:     strings.Fields(`Bobcat Caracal Cat Cheetah Jaguar Leopard Lion Lynx Ocelot Panther Pony Puma Serval Tiger Zebra`),
	rabbit:  strings.Fields(`Bandicoot Bilby Hare Jerboa Rabbit Viscacha Wallaby`),
	dog:     strings.Fields(`Corgi`),
	fox:     strings.Fields(`Chipmunk Fennec Fox Squirrel Wolf`),
	hoofed:  strings.Fields(`Alpaca Antelope Bison Caribou Chamois Deer Eland Elk Gazelle Giraffe Ibex Impala Kudu Llama Moose Okapi Oryx Reindeer Vicuna Yak`),
	swimmer: strings.Fields(`Axolotl Barracuda Chameleon Dolphin Gecko Iguana Koi Lizard Manta Marlin Narwhal Newt Octopus Orca Porpoise Salamander Salmon Seahorse Seal Starfish Trout Turtle`),
	insect:  strings.Fields(`Beetle Bumblebee Butterfly Cicada Cricket Dragonfly Firefly Grasshopper Ladybird Lobster Moth`),
	bird: strings.Fields(`Albatross Bluebird Canary Cassowary Chickadee Condor Cormorant Crane Curlew Dove Duck Eagle Egret Emu Falcon Finch Flamingo Gannet Goldfinch
		Grouse Hawk Heron Hummingbird Ibis Jackdaw Jay Kestrel Kingfisher Kite Kiwi Lark Macaw Magpie Nightingale Oriole Osprey Owl Parakeet Parrot Partridge Pelican Penguin
		Pheasant Platypus Plover Puffin Quail Quetzal Raven Robin Sandpiper Sparrow Stork Swan Tanager Tern Toucan Warbler Woodpecker Wren`),
}

// Of returns the seed of a text's face. Where the text is the name of an
// animal, such as FriendlyLion, the face is of that animal's kind; else, with ""
// or an animal that is unknown here, it is of any.
func Of(text, animal string) uint32 {
	f := fnv.New32a()
	f.Write([]byte(text))
	seed := f.Sum32()
	for k, list := range kinds {
		if slices.Contains(list, animal) {
			for kindOf(seed) != k {
				seed += 0x9e3779b9 // odd, so that every seed has its turn
			}
		}
	}
	return seed
}

// kindOf is the kind that draft draws.
func kindOf(seed uint32) kind {
	pick := chooser(seed)
	pick(len(palettes))
	return kind(pick(len(animals)))
}

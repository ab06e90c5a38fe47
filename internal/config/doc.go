// Package config declares the options of the server, each once: its name, which
// is also its key in a configuration file and, in capitals after PARTYKIT_, its
// environment variable; its default; its help.
//
// A value on the command line wins over the environment, which wins over the
// file (TOML, --config), which wins over the default. A file with an option that
// does not exist is refused, so that a misspelt one does not go unnoticed.
//
// [Server] and [Dev] are embedded into the commands of a kong grammar, and a
// [Source] is given to kong.New. After parsing, Complete fills in what depends
// on the command and says what is wrong and what to do.
package config

// Command bench measures what PartyKit takes of one machine: processor time,
// memory, latency. Beside it, in the same run and turn by turn, it measures
// floors, which do nothing but relay, and peers, which do comparable work;
// because only such ratios mean something on another machine. It speaks to real
// servers in processes of their own, over loopback, and takes the operating
// system's word for what they used. docs/performance.md says how to read it.
package main

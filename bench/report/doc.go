// Package report is what bench found: samples as JSON, and the tables and the
// picture that are drawn from them.
package report

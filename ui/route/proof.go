package route

import (
	"strconv"
	"strings"
)

// A figure's permalink is #/proof/HEIGHT/PROGRAM/ARGS?trust=HEIGHT:HASH: what a program answers in the state after the block
// HEIGHT, its arguments as lower-case hex of their encoding, and optionally a block to trust. Whoever opens it has the
// answer proven again, so the link can't lie.

// ToProof returns a figure's permalink. program is an id such as account@1, args hex, trust HEIGHT:HASH or empty. It is empty
// where the link would be too long to be read again, as for a list of many arguments: save a file instead.
func ToProof(height uint64, program, args, trust string) string {
	link := "#/proof/" + strconv.FormatUint(height, 10) + "/" + program + "/" + args
	if trust != "" {
		link += "?trust=" + escape(trust)
	}
	if r := Parse(link); r.Page != Proof || r.Height != height || r.Program != program || r.Args != args || r.Trust != trust {
		return ""
	}
	return link
}

// parseProof reads what follows #/proof/ and says whether it names a figure.
func (r *Route) parseProof(rest string) bool {
	parts := strings.Split(rest, "/")
	if len(parts) != 3 || !isNumber(parts[0]) || !isProgram(parts[1]) ||
		len(parts[2]) == 0 || len(parts[2])%2 != 0 || strings.Trim(parts[2], "0123456789abcdef") != "" {
		return false
	}
	height, err := strconv.ParseUint(parts[0], 10, 63)
	if err != nil {
		return false
	}
	r.Page, r.Height, r.Program, r.Args = Proof, height, parts[1], parts[2]
	return true
}

// isNumber says whether s is a number from 1, as it is written.
func isNumber(s string) bool { return s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == "" }

// isProgram says whether s has the form of a program's id: name@version.
func isProgram(s string) bool {
	name, version, ok := strings.Cut(s, "@")
	return ok && name != "" && len(s) <= 64 && isNumber(version) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

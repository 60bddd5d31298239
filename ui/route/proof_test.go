package route

import (
	"strings"
	"testing"
)

const hash = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c"

func TestPermalinks(t *testing.T) {
	link := ToProof(10_214_336, "account@1", "825820ff00", "10192001:"+hash)
	if link != "#/proof/10214336/account@1/825820ff00?trust=10192001:"+hash {
		t.Error(link)
	}
	for in, want := range map[string]Route{
		link:                                      {Page: Proof, Height: 10_214_336, Program: "account@1", Args: "825820ff00", Trust: "10192001:" + hash},
		"#/proof/1/past_block@12/00":              {Page: Proof, Height: 1, Program: "past_block@12", Args: "00"},
		"#/proof/1/past_block@12/":                {Page: NotFound}, // no arguments are the encoding of none
		"#/proof/7/supply@1/80?x=y&trust=7:a":     {Page: Proof, Height: 7, Program: "supply@1", Args: "80", Trust: "7:a"},
		"#/proof":                                 {Page: NotFound},
		"#/proof/7":                               {Page: NotFound},
		"#/proof/7/supply@1":                      {Page: NotFound},
		"#/proof/0/supply@1/80":                   {Page: NotFound}, // 0 would be the newest: another answer each time
		"#/proof/07/supply@1/80":                  {Page: NotFound},
		"#/proof/+7/supply@1/80":                  {Page: NotFound},
		"#/proof/9223372036854775808/supply@1/80": {Page: NotFound},
		"#/proof/7/supply/80":                     {Page: NotFound},
		"#/proof/7/supply@0/80":                   {Page: NotFound},
		"#/proof/7/Supply@1/80":                   {Page: NotFound},
		"#/proof/7/@1/80":                         {Page: NotFound},
		"#/proof/7/supply@1/8":                    {Page: NotFound},
		"#/proof/7/supply@1/8G":                   {Page: NotFound},
		"#/proof/7/supply@1/FF":                   {Page: NotFound}, // one figure, one address
		"#/proof/7/supply@1/80/80":                {Page: NotFound},
	} {
		got := Parse(in)
		got.Path = ""
		if got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
	for name, link := range map[string]string{
		"height 0":      ToProof(0, "supply@1", "80", ""),
		"no program":    ToProof(7, "", "80", ""),
		"no hex":        ToProof(7, "supply@1", "x", ""),
		"too long":      ToProof(7, "supply@1", strings.Repeat("80", longest), ""),
		"a path inside": ToProof(7, "supply@1/80", "80", ""),
	} {
		if link != "" {
			t.Errorf("%s: %q", name, link)
		}
	}
}

// What is read as a permalink is written as one that names the same figure.
func FuzzProof(f *testing.F) {
	f.Add("#/proof/10214336/account@1/825820ff00?trust=10192001:" + hash)
	f.Add("#/proof/1/past_block@12/81182a")
	f.Add("#/proof/7/supply@1/80?trust=%zz&trust=a%26b")
	f.Fuzz(func(t *testing.T, in string) {
		r := Parse(in)
		if r.Page != Proof {
			return
		}
		link := ToProof(r.Height, r.Program, r.Args, r.Trust)
		if link == "" {
			if len(in) < longest/4 {
				t.Fatalf("%q has no link", in)
			}
			return
		}
		back := Parse(link)
		if back.Path, r.Path = "", ""; back != r {
			t.Fatalf("%q became %q: %+v, want %+v", in, link, back, r)
		}
	})
}

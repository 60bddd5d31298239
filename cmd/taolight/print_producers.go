package main

import (
	"fmt"
	"io"

	"github.com/taolight/taolight/core/view"
)

func printProducers(w io.Writer, v *view.Producers) {
	fmt.Fprintf(w, "ADDRESS\tPOWER\tSHARE\tKEY\n")
	for _, p := range v.Producers {
		fmt.Fprintf(w, "%s\t%d\t%.1f %%\t%s\n", p.Address, p.Power, 100*float64(p.Power)/float64(v.Power), p.Key)
	}
}

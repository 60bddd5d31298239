package main

import (
	"fmt"
	"io"

	"github.com/taolight/taolight/core/view"
)

func printProxies(w io.Writer, v *view.Proxies) {
	fmt.Fprintf(w, "DELEGATE\tTYPE\tDEPOSIT\n")
	for _, p := range v.Proxies {
		fmt.Fprintf(w, "%s\t%s\t%s\n", p.Delegate, oneLine(p.Type), amount(p.Deposit))
	}
	if len(v.Proxies) == 0 {
		fmt.Fprintln(w, "nobody acts for this address")
	}
}

func printOperations(w io.Writer, v *view.Operations) {
	fmt.Fprintf(w, "group\t%s\n", v.Address)
	for _, op := range v.Operations {
		fmt.Fprintf(w, "\nheight %d\tindex %d\n", op.Height, op.Index)
		fmt.Fprintf(w, "call\t%s, shown by: taolight query events %d\n", op.Call, op.Height)
		fmt.Fprintf(w, "approvals\t%d of %d\n", len(op.Approvals), op.Threshold)
		for _, who := range op.Approvals {
			fmt.Fprintf(w, "\t%s\n", who)
		}
		fmt.Fprintf(w, "deposit\t%s of %s\n", amount(op.Deposit), op.Depositor)
	}
	if len(v.Operations) == 0 {
		fmt.Fprintf(w, "\tnothing waits for approvals\n")
	}
}

func printColdkeySwap(w io.Writer, v *view.ColdkeySwap) {
	fmt.Fprintf(w, "coldkey\t%s\n", v.Address)
	if !v.Exists {
		fmt.Fprintf(w, "\tno swap is announced\n")
		return
	}
	fmt.Fprintf(w, "announced\tin block %d\nhash\t%s\n", v.Since, v.Hash)
	switch {
	case v.Disputed:
		fmt.Fprintf(w, "disputed\tit can't be executed until governance clears the dispute\n")
	case v.Begun:
		fmt.Fprintf(w, "begun\tfor %s; coldkey swap execute goes on until it is done\n", v.New)
	default:
		fmt.Fprintf(w, "allowed\tfrom block %d on\n", v.From)
		fmt.Fprintf(w, "another\tcan be announced from block %d on\n", v.Again)
	}
}

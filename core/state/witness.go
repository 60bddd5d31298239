package state

import (
	"errors"
)

// Witness is the part of a tree that a program used, encoded. Under the tree's root it lets the program run again
// without the tree. Nothing about it is trusted. The empty Witness is that of a program that used no node, and of an
// empty tree.
type Witness []byte

// WitnessStats says how large a checked witness is: its leaves and branches, and its encoding.
type WitnessStats struct{ Nodes, Bytes int }

// Run checks every hash of the witness against root and runs program on the tree that it stands for, of which nodes are
// missing that the witness doesn't have. The program may write, and take the new root with Root. When program has
// returned, Run applies what it wrote, so that a program needs the same nodes whether it takes the root or not.
//
// Run fails with, in this order,
//   - *FalseNodeError if the bytes are not a witness or belong to another root: the sender is to blame;
//   - *MissingError if the program needed a node that the witness lacks, whatever the program then made of it: this says
//     nothing about anybody, and nothing that the program has computed may be used;
//   - the program's own error;
//   - *UnusedError if there are nodes that the program didn't touch: the sender is to blame.
func (w Witness) Run(root Root, program func(*Tree) error) (WitnessStats, error) {
	stats := WitnessStats{Bytes: len(w)}
	t, nodes, err := w.open(root)
	if err != nil {
		return stats, err
	}
	stats.Nodes = nodes
	err = program(t)
	if t.err == nil && err == nil {
		t.Root()
	}
	var missing *MissingError
	if errors.As(t.err, &missing) {
		return stats, missing
	}
	if err == nil {
		err = t.err
	}
	if err != nil {
		return stats, err
	}
	if n := nodes - used(t.base); n > 0 {
		return stats, &UnusedError{Nodes: n}
	}
	return stats, nil
}

// open decodes the witness and checks that it belongs to root.
func (w Witness) open(root Root) (t *Tree, nodes int, err error) {
	t = &Tree{src: nowhere{}, partial: true, base: &ref{}}
	t.work = t.base
	t.base.hash = root
	if len(w) == 0 {
		return t, 0, nil
	}
	if len(w) > MaxWitness {
		return nil, 0, &FalseNodeError{Want: root, Reason: "it is too long"}
	}
	d := decoder{rest: w, maxNodes: MaxWitnessNodes}
	if err := d.tree(t.base); err != nil {
		return nil, 0, &FalseNodeError{Want: root, Reason: err.Error()}
	}
	if got := t.base.hash; got != root {
		return nil, 0, &FalseNodeError{Want: root, Got: got, Reason: "its nodes have root " + got.String()}
	}
	return t, d.nodes, nil
}

// used counts the nodes that a program has touched. Nothing below an untouched node was.
func used(r *ref) int {
	if l := r.leaf.Load(); l != nil && l.used {
		return 1
	}
	if b := r.branch.Load(); b != nil && b.used {
		return 1 + used(&b.kids[0]) + used(&b.kids[1])
	}
	return 0
}

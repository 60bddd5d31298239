package main

import (
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
)

func TestCheckpointsOfTheRelease(t *testing.T) {
	for chainID, root := range builtIn(checkpoints) {
		t.Logf("%s begins at %s", chainID, root)
	}
	root := light.TrustRoot{Height: 12, Hash: [32]byte{1}}
	got := builtIn(fmt.Sprintf("a=%s,=%s,b,c=1:2,d=%s", root, root, root))
	if len(got) != 2 || got["a"] != root || got["d"] != root {
		t.Errorf("%v", got)
	}
}

func TestPartiesOfTheRelease(t *testing.T) {
	list, err := checkpoint.ParseParties(parties)
	if err != nil {
		t.Error(err)
	}
	t.Logf("known: %v", list)
	const ana = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY=Ana"
	if got := knownParties(ana); len(got) != 1 || got[0].Name != "Ana" {
		t.Errorf("%v", got)
	}
	if got := knownParties(ana + "," + ana); got != nil {
		t.Errorf("a list that can't be read is in part taken: %v", got)
	}
}

func TestQueueKeepsOrderAndEnds(t *testing.T) {
	q := newQueue()
	for i := range maxQueued + 10 {
		q.put([]byte{byte(i), byte(i >> 8)})
	}
	for i := range maxQueued {
		if m := q.take(); m[0] != byte(i) || m[1] != byte(i>>8) {
			t.Fatalf("message %d is %v", i, m)
		}
	}
	taken := make(chan []byte)
	go func() { taken <- q.take() }()
	q.put([]byte{7})
	if m := <-taken; m[0] != 7 {
		t.Error("what came on top of a full queue was kept")
	}
}

package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/view"
)

// Commits count epochs as audit and history do: the first of a subnet is 1.
func TestCommitsCountEpochsFromOne(t *testing.T) {
	var out bytes.Buffer
	printCommits(&out, &view.Commits{Netuid: 1, Registered: true, Secret: true, Epoch: 31, Commits: []view.Commit{
		{Block: 7, Epoch: 30, Reveal: 32, From: 40, Until: 49}, {Block: 5, Epoch: 20, Reveal: 22, Expired: true},
	}})
	contains(t, out.String(), "epoch\t32 now\n", "committed in block 7, epoch 31\n", "is revealed in epoch 33, from block 40 to block 49\n",
		"committed in block 5, epoch 21\n", "it could be revealed in epoch 23\n")
}

// The root network has no name of a subnet.
func TestMetagraphNamesNetwork(t *testing.T) {
	for netuid, want := range []string{"root network: block 82, ", "subnet 1, one: block 82, "} {
		v := &view.Metagraph{Netuid: uint16(netuid), Exists: true}
		v.Block = 82
		if v.Name = "one"; netuid == 0 {
			v.Name = ""
		}
		var out bytes.Buffer
		if printMetagraph(&out, v); !strings.HasPrefix(out.String(), want) {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

// There is no block 0 whose state could be asked, and the newest is asked without --at.
func TestQueryAtZero(t *testing.T) {
	for _, command := range []string{"query supply", "subnet list", "root list"} {
		var said bytes.Buffer
		args := append(strings.Fields(command), "--at", "0", "--home", t.TempDir(), "--relay", "http://127.0.0.1:1")
		if status := run(context.Background(), args, nil, io.Discard, &said); status != 2 || !strings.Contains(said.String(), "--at 0: heights begin at 1") {
			t.Errorf("%s: status %d, %s", command, status, said.String())
		}
	}
}

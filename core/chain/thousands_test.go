package chain

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

var (
	pin   = flag.Bool("pin", false, "write testdata/roots.txt instead of holding the walks to it")
	trace = flag.Int("trace", -1, "print what each block of this chain did")
)

const (
	chains     = 20
	perChain   = 500
	perDigest  = 50
	perWitness = 8 // of so many blocks one is executed over its witness as well
)

// TestTenThousandBlocks executes 10,000 blocks of calls of every kind, valid, failed and invalid, on twenty chains of
// different rules, where epochs fall due every few blocks and producers are convicted now and then. Roots, results, events'
// roots and changes of producers are held, 50 blocks at a time, to digests that are the same on every platform. Every
// eighth block is executed over its witness, too, and does the same.
//
// Whoever changes what the state holds, or the table of calls or of codes, writes new digests:
//
//	go test ./core/chain -run 'TenThousandBlocks|MarketWalk' -args -pin
//
// and runs the same without -pin as wasm. Where platforms differ, the blocks of the first stretch that does are printed;
// with -args -trace CHAIN both platforms print every block of a chain, to find the first that differs.
func TestTenThousandBlocks(t *testing.T) {
	codes, ok := map[ledger.Code]string{}, 0
	for i := range chains {
		w := variedWalker(t, i)
		digests, last, lines := make([]string, 0, perChain/perDigest), [32]byte{}, make([]string, 0, perChain)
		for n := range perChain {
			var line string
			last, line = w.digest(last, w.varied(n))
			lines = append(lines, line)
			if (n+1)%perDigest == 0 {
				digests = append(digests, fmt.Sprintf("%x", last[:8]))
			}
		}
		if *trace == i {
			fmt.Printf("chain %d\n%s", i, strings.Join(lines, ""))
		}
		if at := pinned(t, fmt.Sprintf("chain-%02d", i), digests...); at >= 0 && *trace != i {
			t.Logf("chain %d\n%s", i, strings.Join(lines[at*perDigest:min((at+1)*perDigest, perChain)], ""))
		}
		for code, name := range w.codes {
			codes[code] = name
		}
		for _, n := range w.ok {
			ok += n
		}
	}
	if len(codes) < 60 || ok < 2000 {
		t.Errorf("%d codes were met and %d calls succeeded: the walks have become narrow", len(codes), ok)
	}
	t.Logf("%d codes met, %d calls succeeded", len(codes), ok)
}

// variedWalker begins chain i: its rules differ from those of the others.
func variedWalker(t testing.TB, i int) *walker {
	tree, err := state.Open(t.Context(), dssync.MutexWrap(datastore.NewMapDatastore()), state.Options{Keep: 1})
	if err != nil {
		t.Fatal(err)
	}
	var genesis *Genesis
	w := newWalker(t, 100+uint64(i), func(g *Genesis) {
		genesis = g
		g.Params.EpochsPerBlock = 1 + uint64(i)%4
		g.Params.TxRateLimit = uint64(i) % 2 * 3
		g.Params.RootQuorum *= uint64(i) % 3 // from the first setter of root weights on, or later
		for p := byte(2); p < 7; p++ {
			g.Producers = append(g.Producers, Producer{PubKey: [32]byte{p}, Power: int64(p)})
		}
		for s := range g.Subnets {
			h := &g.Subnets[s].Params
			h.CommitReveal, h.Yuma3, h.LiquidAlpha = (i+s)%3 == 0, (i+s)%2 == 0, (i+s)%4 < 2
			h.Tempo += uint16(i % 5)
		}
		if i%5 == 4 { // the first halving comes within the walk
			g.Balances = append(g.Balances, Balance{Address: keys.Account{9}, Free: tao.Cap/2 - 1750*tao.TAO})
		}
	})
	if err := genesis.Apply(tree); err != nil {
		t.Fatal(err)
	}
	w.tree, w.verify, w.audits, w.around = tree, verifyTags, 10, w.overWitness
	w.signer = func(k *sign.Key) sign.Signer { return tagger{k} }
	return w
}

// overWitness executes some blocks over their witness and holds what comes out to what they did.
func (w *walker) overWitness(b Block) func(Outcome) {
	if b.Height%perWitness != 0 {
		return func(Outcome) {}
	}
	w.t.Helper()
	root, err := w.tree.Commit(w.t.Context(), b.Height-1)
	if err != nil {
		w.t.Fatal(err)
	}
	snapshot, err := w.tree.At(b.Height - 1)
	if err != nil {
		w.t.Fatal(err)
	}
	recorder := state.Record(snapshot)
	if _, err := Execute(recorder, b, w.verify); err != nil {
		w.t.Fatalf("block %d, recorded: %v", b.Height, err)
	}
	witness, err := recorder.Witness()
	if err != nil {
		w.t.Fatal(err)
	}
	return func(want Outcome) {
		var got Outcome
		var after state.Root
		_, err := witness.Run(root, func(t *state.Tree) (err error) {
			got, err = Execute(t, b, w.verify)
			after = t.Root()
			return err
		})
		if err != nil {
			w.t.Fatalf("block %d, over its witness: %v", b.Height, err)
		}
		same := slices.Equal(got.Results, want.Results) && slices.Equal(got.Updates, want.Updates)
		if after != w.tree.Root() || !same || !bytes.Equal(codec.MustEncode(got.Events), codec.MustEncode(want.Events)) {
			w.t.Errorf("block %d gives root %s and %d results over its witness, %s and %d as a whole", b.Height, after, len(got.Results), w.tree.Root(), len(want.Results))
		}
	}
}

// varied is step with a few calls, and with evidence in some blocks: against a producer, or against nobody known.
func (w *walker) varied(n int) Outcome {
	if n%97 == 96 {
		p := Producer{PubKey: [32]byte{byte(1 + w.rnd.IntN(8))}}
		w.evidence = []Evidence{{Address: p.Address(), Height: w.height}}
	}
	return w.step(w.rnd.IntN(10))
}

// digest is what the last block did, chained to what those before did, and the same in words.
func (w *walker) digest(last [32]byte, out Outcome) ([32]byte, string) {
	root := w.tree.Root()
	past, _, err := ledger.ReadPastBlock(w.tree, w.height)
	if err != nil {
		w.t.Fatal(err)
	}
	b := slices.Concat(last[:], root[:], past.Events[:], codec.MustEncode(out.Updates))
	words := ""
	for _, r := range out.Results {
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, uint32(r.Code)), r.GasUsed)
		words += fmt.Sprintf(" %d/%d", r.Code, r.GasUsed)
	}
	return blake2b.Sum256(b), fmt.Sprintf("block %d: root %s, events %x, changed producers %d, results%s\n", w.height, root, past.Events[:8], len(out.Updates), words)
}

// tagger signs with a keyed hash where signatures would take all the time. Everybody can make such tags.
type tagger struct{ *sign.Key }

func (k tagger) Sign(message []byte) ([sign.Size]byte, error) {
	return tag(k.Scheme(), k.Account(), message), nil
}

func tag(s sign.Scheme, a keys.Account, message []byte) [sign.Size]byte {
	return blake2b.Sum512(slices.Concat([]byte{byte(s)}, a[:], message))
}

func verifyTags(checks []sign.Check) []bool {
	valid := make([]bool, len(checks))
	for i, c := range checks {
		valid[i] = c.Signature == tag(c.Scheme, c.Account, c.Message)
	}
	return valid
}

const pinFile = "testdata/roots.txt"

// pinned holds values to those on the line of that name in the file of pins, and returns the place of the first that
// differs, -1 if none does. With -pin it writes them.
func pinned(t testing.TB, name string, values ...string) int {
	t.Helper()
	raw, err := os.ReadFile(pinFile)
	if err != nil && !*pin {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, name+" ") })
	if *pin {
		if at < 0 {
			at, lines = len(lines), append(lines, "")
		}
		lines[at] = name + " " + strings.Join(values, " ")
		if err := os.WriteFile(pinFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return -1
	}
	var want []string
	if at >= 0 {
		want = strings.Fields(lines[at])[1:]
	}
	for i, v := range values {
		if i >= len(want) || v != want[i] {
			t.Errorf("%s: value %d of %d is %s, not as pinned; if the state was meant to change, run this with -args -pin", name, i, len(values), v)
			return i
		}
	}
	return -1
}

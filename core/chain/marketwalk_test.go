package chain

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/commitment"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
	"golang.org/x/crypto/blake2b"
)

// walker makes up calls on a chain: some sensible, many not.
type walker struct {
	*world
	rnd       *rand.Rand
	signer    func(*sign.Key) sign.Signer // what signs transactions for a key
	cold      []*sign.Key
	hot       []*sign.Key // two for each coldkey at genesis, the rest nobody's
	fresh     []keys.Account
	relays    []*sign.Key
	hidden    []hiddenRow        // committed to and not revealed yet
	asked     []multisig.Approve // operations that were proposed, as their proposers see them
	proxies   []proxy.Call       // that were made, and for whom
	delegates []keys.Account
	index     int // of the transaction being made up in its block
	used      map[nonceKey]uint64
	ok        map[string]int         // calls that succeeded, by name
	codes     map[ledger.Code]string // every code met, with a call that met it
}

type nonceKey struct {
	signer keys.Account
	free   bool
}

type hiddenRow struct {
	hotkey keys.Account
	reveal weights.Reveal
}

const walkers, spareHotkeys = 8, 6

// newWalker begins a chain on which everything happens within a few blocks: three subnets of different kinds, short
// tempos and limits, cheap work. Each change is made to its genesis.
func newWalker(t testing.TB, seed uint64, changes ...func(*Genesis)) *walker {
	w := &walker{rnd: rand.New(rand.NewPCG(seed, 7)), signer: func(k *sign.Key) sign.Signer { return k }, ok: map[string]int{}, codes: map[ledger.Code]string{}}
	p := ledger.DefaultParams()
	p.SubnetLimit, p.NetworkRateLimit, p.NetworkImmunity, p.MinLock, p.LockInterval = 5, 15, 60, 20*tao.TAO, 200
	p.RootTempo, p.RootSeats, p.TakeInterval, p.ChildInterval, p.ColdkeySwapDelay, p.ColdkeySwapReannounce = 9, 4, 10, 5, 12, 6
	p.EpochsPerBlock, p.TxRateLimit = 2, 0
	p.RelayDeposit, p.RelayPeriod, p.RelayLimit, p.RelaysPerOwner = tao.TAO/2, 20, 5, 2
	g := &Genesis{
		Name: "walk", Time: 1_700_000_000_000, Source: "made up for a test", Params: p,
		Producers: []Producer{{PubKey: [32]byte{1}, Power: 10}},
	}
	for i := range walkers {
		w.cold = append(w.cold, edKey(t, fmt.Sprintf("//Cold%d", i)))
		g.Balances = append(g.Balances, Balance{Address: w.cold[i].Account(), Free: tao.Amount(i+1) * 40 * tao.TAO})
	}
	for i := range 2*walkers + spareHotkeys {
		w.hot = append(w.hot, edKey(t, fmt.Sprintf("//Hot%d", i)))
		if i < 2*walkers {
			g.Stakes = append(g.Stakes, StakeOf{Coldkey: w.cold[i%walkers].Account(), Hotkey: w.hot[i].Account(), Amount: tao.Amount(i+1) * tao.TAO})
		}
	}
	for i := range 4 {
		w.fresh = append(w.fresh, edKey(t, fmt.Sprintf("//Fresh%d", i)).Account())
	}
	for i := range 7 {
		w.relays = append(w.relays, edKey(t, fmt.Sprintf("//Relay%d", i)))
	}
	for n := range uint16(3) {
		h := hyper.Defaults()
		h.Tempo, h.ImmunityPeriod, h.MaxUIDs, h.MaxValidators, h.WeightsRateLimit, h.ServingRateLimit = 5+n, 4, 7, 4, 3, 2
		h.AdjustmentInterval, h.TargetRegs, h.MaxRegsPerBlock, h.MinDifficulty, h.MaxDifficulty, h.MaxBurn = 8, 2, 2, 1, 8, tao.TAO
		h.PowAllowed, h.CommitReveal, h.Yuma3, h.LiquidAlpha = true, n == 1, n > 0, n == 2
		g.Subnets = append(g.Subnets, SubnetOf{
			Netuid: n + 1, Name: fmt.Sprintf("subnet %d", n+1), Owner: w.cold[n].Account(), Hotkey: w.hot[n].Account(), Params: h,
			Hotkeys: []keys.Account{w.hot[n].Account(), w.hot[n+3].Account(), w.hot[n+6].Account()},
		})
	}
	for _, change := range changes {
		change(g)
	}
	g.sort()
	w.world = worldOf(t, g)
	return w
}

func edKey(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURIScheme(sign.Ed25519, uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func pick[T any](rnd *rand.Rand, all []T) T { return all[rnd.IntN(len(all))] }

// rare are the calls that succeed only behind others, and so are made up more often.
var rare = []string{
	"set_weights", "commit_weights", "commit_weights", "commit_weights", "reveal_weights", "reveal_weights", "batch_reveal_weights",
	"batch_reveal_weights", "batch_reveal_weights", "register", "proxy",
	"announce_coldkey_swap", "swap_coldkey", "swap_coldkey", "swap_hotkey", "associate_hotkey",
}

// next makes up one signed transaction.
func (w *walker) next() (raw []byte, name string) {
	call := pick(w.rnd, Calls)
	if w.rnd.IntN(3) == 0 {
		call, _ = LookupCall(pick(w.rnd, rare))
	}
	from := w.cold
	if call.Feeless {
		from = w.hot
	}
	signer := pick(w.rnd, from)
	for range 5 { // another one of the same signer often finds another nonce than it was made for
		if w.used[nonceKey{signer.Account(), call.Feeless}] == 0 {
			break
		}
		signer = pick(w.rnd, from)
	}
	args := reflect.New(reflect.TypeOf(call.Args())).Elem()
	w.fill(args, "", signer)
	w.improve(args.Addr().Interface(), signer)

	counted := nonceKey{signer.Account(), call.Feeless}
	nonce := w.nonce(signer.Account(), call) + w.used[counted]
	if w.rnd.IntN(30) == 0 {
		nonce += w.rnd.Uint64N(3)
	} else if !call.Worked {
		w.used[counted]++
	}
	if call.Worked {
		nonce = 0
	}
	body := Body{
		Signer: signer.Account(), Scheme: signer.Scheme(), Nonce: nonce, ValidUntil: w.height + 1 + w.rnd.Uint64N(50), Call: call.Name,
		Args: codec.MustEncode(args.Interface()),
	}
	raw, err := body.Sign(w.chainID, w.signer(signer))
	if err != nil {
		w.t.Fatal(err)
	}
	if w.rnd.IntN(60) == 0 {
		raw[len(raw)-1-w.rnd.IntN(len(raw))] ^= 1
	}
	return raw, call.Name
}

// nonce returns the next one of a signer for a call.
func (w *walker) nonce(signer keys.Account, call Call) uint64 {
	if !call.Feeless {
		return w.account(signer).Nonce
	}
	h, _, err := stake.GetHotkey(w.tree, signer)
	if err != nil {
		w.t.Fatal(err)
	}
	return h.Nonce
}

// fill gives a value of any type that arguments have, by type and name.
func (w *walker) fill(v reflect.Value, name string, signer *sign.Key) {
	rnd := w.rnd
	switch x := v.Addr().Interface().(type) {
	case *keys.Account:
		switch name {
		case "Hotkey", "Old", "FromHotkey", "ToHotkey", "Account":
			*x = w.hotkeyOf(signer).Account()
		default:
			*x = pick(rnd, w.cold).Account()
		}
		return
	case *tao.Amount:
		*x = tao.Amount(rnd.Uint64N(uint64(8 * tao.TAO)))
		if rnd.IntN(3) == 0 {
			*x = tao.Amount(rnd.Uint64() >> rnd.IntN(64))
		}
		return
	case *proxy.Kind:
		*x = proxy.Kind(rnd.IntN(9))
		return
	case *ledger.Nested:
		call := pick(rnd, Calls)
		for call.Feeless || reflect.TypeOf(call.Args()).Implements(reflect.TypeFor[carrier]()) {
			call = pick(rnd, Calls)
		}
		args := reflect.New(reflect.TypeOf(call.Args())).Elem()
		w.fill(args, "", signer)
		w.improve(args.Addr().Interface(), signer)
		*x = ledger.Nested{Call: call.Name, Args: codec.MustEncode(args.Interface())}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				w.fill(v.Field(i), f.Name, signer)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rnd.IntN(4), 4))
		for i := range v.Len() {
			w.fill(v.Index(i), name, signer)
		}
	case reflect.Array:
		for i := range v.Len() {
			w.fill(v.Index(i), name, signer)
		}
	case reflect.Bool:
		v.SetBool(rnd.IntN(5) == 0)
	case reflect.String:
		v.SetString(pick(rnd, []string{"", "a name", "kappa"}))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := rnd.Uint64()
		switch name {
		case "Netuid":
			n = rnd.Uint64N(6)
		case "UIDs", "Version":
			n = rnd.Uint64N(6)
		}
		v.SetUint(n >> (64 - v.Type().Bits()) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
		if name == "Netuid" || name == "UIDs" || name == "Version" {
			v.SetUint(n)
		}
	}
}

// hotkeyOf returns a hotkey, most often one of the signer's.
func (w *walker) hotkeyOf(signer *sign.Key) *sign.Key {
	i := slices.Index(w.cold, signer)
	if i < 0 || w.rnd.IntN(4) == 0 {
		return pick(w.rnd, w.hot)
	}
	return w.hot[i+walkers*w.rnd.IntN(2)]
}

// improve makes arguments sensible where chance never would.
func (w *walker) improve(args any, signer *sign.Key) {
	if w.rnd.IntN(8) == 0 {
		return
	}
	rnd := w.rnd
	switch c := args.(type) {
	case *account.Transfer:
		if c.All = rnd.IntN(20) == 0; c.All {
			c.Amount = 0
		}
	case *stake.Remove:
		if c.All {
			c.Amount = 0
		}
	case *stake.Move:
		c.ToHotkey = pick(rnd, w.hot).Account()
		if c.All {
			c.Amount = 0
		}
	case *stake.Transfer:
		if c.All {
			c.Amount = 0
		}
	case *stake.AssociateHotkey:
		k := pick(rnd, w.hot)
		c.Hotkey, c.Scheme = k.Account(), k.Scheme()
		c.Signature, _ = k.Sign(stake.AssociationPayload(w.chainID, k.Account(), signer.Account()))
	case *stake.SwapHotkey:
		k := pick(rnd, w.hot)
		c.New, c.Scheme = k.Account(), k.Scheme()
		c.Signature, _ = k.Sign(stake.AssociationPayload(w.chainID, k.Account(), signer.Account()))
	case *stake.AnnounceColdkeySwap:
		fresh := w.freshOf(signer)
		c.Hash = blake2b.Sum256(fresh[:])
	case *stake.SwapColdkey:
		c.New = w.freshOf(signer)
	case *stake.SetChildren:
		for i := range c.Children {
			c.Children[i].Hotkey = pick(rnd, w.hot).Account()
			c.Children[i].Proportion >>= 2
		}
	case *stake.IncreaseTake:
		c.Take = uint16(rnd.IntN(12_000))
	case *stake.DecreaseTake:
		c.Take = uint16(rnd.IntN(12_000))
	case *registration.Register:
		w.work(c, signer)
	case *subnet.SetHyperparameter:
		spec := pick(rnd, hyper.Table)
		c.Name = spec.Name
		c.Value = spec.Format(pick(rnd, []uint64{spec.Default, spec.Min, spec.Max}))
	case *weights.Set:
		w.row(c, signer.Account())
	case *weights.Batch:
		if len(c.Items) > 1 {
			c.Items = c.Items[:1]
		}
		for i := range c.Items {
			w.row(&c.Items[i], signer.Account())
		}
	case *serving.ServeAxon:
		w.home(signer.Account(), &c.Netuid)
		c.Address = serving.EndpointAt(netip.MustParseAddrPort("192.0.2.7:8091"))
	case *serving.ServePrometheus:
		w.home(signer.Account(), &c.Netuid)
		c.Address = serving.EndpointAt(netip.MustParseAddrPort("192.0.2.7:9090"))
	case *commitment.Set:
		w.home(signer.Account(), &c.Netuid)
	case *weights.Commit:
		row := weights.Set{Netuid: c.Netuid}
		w.row(&row, signer.Account())
		c.Netuid = row.Netuid
		o := weights.Opening{UIDs: row.UIDs, Values: row.Values, Salt: []uint16{uint16(rnd.Uint32())}}
		c.Hash = weights.Seal(signer.Account(), c.Netuid, o)
		w.hidden = append(w.hidden, hiddenRow{signer.Account(), weights.Reveal{Netuid: c.Netuid, UIDs: o.UIDs, Values: o.Values, Salt: o.Salt}})
	case *weights.Reveal:
		for _, h := range slices.Backward(w.hidden) {
			if h.hotkey == signer.Account() {
				*c = h.reveal
				break
			}
		}
	case *weights.BatchReveal:
		for _, h := range slices.Backward(w.hidden) {
			if h.hotkey == signer.Account() {
				c.Netuid = h.reveal.Netuid
				c.Items = []weights.Opening{{UIDs: h.reveal.UIDs, Values: h.reveal.Values, Salt: h.reveal.Salt}}
				break
			}
		}
	case *relays.Register:
		k := pick(rnd, w.relays)
		c.Addr = fmt.Sprintf("/ip4/8.8.8.8/tcp/%d/ws/p2p/%s", 1+rnd.IntN(3), multiaddr.PeerID(k.Account()))
		c.Until = w.height + rnd.Uint64N(9)
		c.Proof, _ = k.Sign(relays.ProofPayload(w.chainID, signer.Account(), c.Addr, c.Until))
	case *relays.Unregister:
		c.Peer = multiaddr.PeerID(pick(rnd, w.relays).Account())
	case *proxy.Add:
		c.Kind = pick(rnd, []proxy.Kind{proxy.Any, c.Kind})
		w.proxies = append(w.proxies, proxy.Call{Real: signer.Account(), Kind: c.Kind})
		w.delegates = append(w.delegates, c.Delegate)
	case *proxy.Call:
		for i, delegate := range slices.Backward(w.delegates) {
			if delegate == signer.Account() {
				c.Real, c.Kind = w.proxies[i].Real, w.proxies[i].Kind
				break
			}
		}
	case *multisig.Propose:
		c.Group = w.group(signer)
		w.asked = append(w.asked, multisig.Approve{Height: w.height + 1, Index: uint32(w.index), Call: c.Call})
	case *multisig.Approve:
		if len(w.asked) > 0 {
			*c = w.asked[len(w.asked)-1-rnd.IntN(min(len(w.asked), 4))]
		}
		c.Group = w.group(signer)
	case *multisig.Cancel:
		c.Group = w.group(signer)
		if len(w.asked) > 0 {
			last := w.asked[len(w.asked)-1-rnd.IntN(min(len(w.asked), 4))]
			c.Height, c.Index = last.Height, last.Index
		}
	}
}

// freshOf is the key that a coldkey would move to.
func (w *walker) freshOf(signer *sign.Key) keys.Account {
	return w.fresh[max(slices.Index(w.cold, signer), 0)%len(w.fresh)]
}

// home is a subnet on which a hotkey is registered, most often, and its size.
func (w *walker) home(hotkey keys.Account, netuid *uint16) (uids uint16) {
	for range 12 {
		s, ok, err := subnet.Get(w.tree, *netuid)
		if err != nil {
			w.t.Fatal(err)
		}
		if ok {
			if _, ok, _ = subnet.UIDOf(w.tree, s.ID, hotkey); ok {
				return s.Uids
			}
		}
		*netuid = uint16(w.rnd.IntN(6))
	}
	return 6
}

// group is one of a few groups of three with the signer in it.
func (w *walker) group(signer *sign.Key) multisig.Group {
	i := slices.Index(w.cold, signer)
	g := multisig.Group{Threshold: 2}
	for k := range 3 {
		if other := w.cold[(max(i, 0)/4*4+k)%walkers]; other != signer {
			g.Others = append(g.Others, other.Account())
		}
	}
	slices.SortFunc(g.Others, func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) })
	return g
}

// row gives uids of a subnet on which the hotkey is some weight.
func (w *walker) row(c *weights.Set, hotkey keys.Account) {
	n := w.home(hotkey, &c.Netuid)
	c.UIDs, c.Values, c.Version = []uint16{uint16(w.rnd.IntN(int(n)))}, []uint16{65_535}, 0
	for uid := range n {
		if uid != c.UIDs[0] && w.rnd.IntN(2) == 0 {
			c.UIDs, c.Values = append(c.UIDs, uid), append(c.Values, uint16(w.rnd.Uint32()))
		}
	}
}

// work finds a proof of work, which costs a few hashes here.
func (w *walker) work(c *registration.Register, signer *sign.Key) {
	c.Hotkey, c.Coldkey, c.Block = signer.Account(), pick(w.rnd, w.cold).Account(), w.height
	on, _, err := ledger.ReadPastBlock(w.tree, c.Block)
	if err != nil {
		w.t.Fatal(err)
	}
	s, ok, err := subnet.Get(w.tree, c.Netuid)
	if err != nil || !ok {
		return
	}
	p, err := subnet.ReadParams(w.tree, s.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Nonce = w.rnd.Uint64() >> 1
	for range 64 { // where a call has made the difficulty too high, the work isn't found
		if c.Work = work.Seal(on.Hash, c.Hotkey, c.Nonce); work.Meets(c.Work, p.Difficulty) {
			return
		}
		c.Nonce++
	}
}

// step executes a block of calls made up and says what it did.
func (w *walker) step(calls int) Outcome {
	w.used = map[nonceKey]uint64{}
	txs, names := make([][]byte, calls), make([]string, calls)
	for i := range txs {
		w.index = i
		txs[i], names[i] = w.next()
	}
	if w.rnd.IntN(20) == 0 && calls > 0 {
		w.alone(txs[0])
	}
	out := w.block(txs...)
	for i, r := range out.Results {
		w.codes[r.Code] = names[i]
		if r.Code == 0 {
			w.ok[names[i]]++
		}
	}
	return out
}

// alone holds a block with one transaction to the block without any: an invalid one changes nothing, a failed one the
// signer's nonce and by its fee the balance.
func (w *walker) alone(raw []byte) {
	w.t.Helper()
	run := func(txs ...[]byte) (map[string]string, Outcome) {
		o := state.NewOverlay(w.tree)
		out, err := Execute(o, w.blockOf(txs), w.verify)
		if err != nil {
			w.t.Fatal(err)
		}
		return dump(w.t, o), out
	}
	want, _ := run()
	got, out := run(raw)
	refusal := out.Refusals[0]
	if refusal == nil {
		return
	}
	if !refusal.Invalid {
		var p prepared
		if r := p.decode(raw); r != nil {
			w.t.Fatal(r)
		}
		fee := ledger.DefaultParams().Fee(p.cost)
		w.patch(want, p.tx.Body.Signer, fee)
	}
	if !maps.Equal(got, want) {
		for k := range got {
			if got[k] != want[k] {
				w.t.Errorf("block %d: a transaction that is refused with %s changed state key %x", w.height+1, refusal, k)
			}
		}
		for k := range want {
			if _, ok := got[k]; !ok {
				w.t.Errorf("block %d: a transaction that is refused with %s removed state key %x", w.height+1, refusal, k)
			}
		}
	}
}

// patch takes a fee in a dump of the state.
func (w *walker) patch(dumped map[string]string, signer keys.Account, fee tao.Amount) {
	key := string(ledger.TableAccount.Key().Account(signer))
	var a account.Account
	if err := codec.Decode([]byte(dumped[key]), &a); err != nil {
		w.t.Fatal(err)
	}
	a.Free -= fee
	a.Nonce++
	dumped[key] = string(codec.MustEncode(a))
	for k, v := range dumped {
		var totals ledger.Totals
		if k[0] == byte(ledger.TableGlobal) && codec.Decode([]byte(v), &totals) == nil {
			totals.Free -= fee
			totals.Issuance -= fee
			totals.Recycled += fee
			dumped[k] = string(codec.MustEncode(totals))
		}
	}
}

func dump(t testing.TB, r state.Reader) map[string]string {
	t.Helper()
	all := map[string]string{}
	for e, err := range r.Iterate(nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		all[string(e.Key)] = string(e.Value)
	}
	return all
}

// walk takes a walker through so many blocks of ten calls each and returns the roots on the way.
func walk(t testing.TB, seed uint64, blocks int) (*walker, []state.Root) {
	w := newWalker(t, seed)
	roots := make([]state.Root, blocks)
	for i := range roots {
		w.step(10)
		roots[i] = w.tree.Root()
	}
	return w, roots
}

// earlyBlocks are walked on every platform: the state machine gives the same bits. The root after them is pinned in
// testdata/roots.txt, see [TestTenThousandBlocks].
const earlyBlocks = 60

// TestMarketWalk takes 20,000 calls of every kind over 2,000 blocks, on eight chains. The amounts add up after every
// block, whatever is refused changes nothing, and every kind of call has succeeded at some time.
func TestMarketWalk(t *testing.T) {
	ok := map[string]int{}
	codes := map[ledger.Code]string{}
	for seed := range uint64(walkChains) {
		w, roots := walk(t, seed, walkBlocks)
		for name, n := range w.ok {
			ok[name] += n
		}
		maps.Copy(codes, w.codes)
		if seed > 0 {
			continue
		}
		pinned(t, "signed", roots[earlyBlocks-1].String())
		if _, again := walk(t, seed, walkBlocks); !slices.Equal(again, roots) {
			t.Error("the same calls from genesis on lead to other roots")
		}
	}
	if walkChains < 8 {
		return
	}
	for _, c := range Calls {
		if ok[c.Name] == 0 {
			t.Errorf("%s never succeeded", c.Name)
		}
	}
	t.Logf("%d codes met; successes %v", len(codes), ok)
}

package relays

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tao"
)

var alice, bob = keys.Account{1}, keys.Account{2}

const deposit = 3 * tao.TAO

// market is a ledger in block 10 on which Alice and Bob have 20 TAO each; relays are listed for 5 blocks.
func market(t testing.TB) *ledger.Ledger {
	t.Helper()
	l := ledgertest.New(t)
	l.Height = 10
	l.Params.RelayDeposit, l.Params.RelayPeriod, l.Params.RelayLimit, l.Params.RelaysPerOwner = deposit, 5, 4, 3
	for _, who := range []keys.Account{alice, bob} {
		if err := account.Credit(l, who, 20*tao.TAO); err != nil {
			t.Fatal(err)
		}
		l.Mint(20 * tao.TAO)
	}
	return l
}

// relayKeyOf is the identity of the n-th relay.
func relayKeyOf(t testing.TB, n int) *sign.Key {
	t.Helper()
	k, err := sign.FromURIScheme(sign.Ed25519, fmt.Sprintf("//Relay%d", n))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func peerOf(t testing.TB, n int) multiaddr.PeerID {
	return multiaddr.PeerID(relayKeyOf(t, n).Account())
}

// register is the call that lists the n-th relay as owner's, with a proof that is good for long.
func register(t testing.TB, n int, owner keys.Account, path string) Register {
	t.Helper()
	c := Register{Addr: path + "/p2p/" + peerOf(t, n).String(), Name: fmt.Sprintf("relay %d", n), Until: 1000}
	prove(t, &c, n, owner)
	return c
}

func prove(t testing.TB, c *Register, n int, owner keys.Account) {
	t.Helper()
	var err error
	if c.Proof, err = relayKeyOf(t, n).Sign(ProofPayload(ledgertest.ChainID, owner, c.Addr, c.Until)); err != nil {
		t.Fatal(err)
	}
}

const path = "/dns/relay.tao.net/tcp/443/wss"

func reserved(t testing.TB, l *ledger.Ledger, who keys.Account) tao.Amount {
	t.Helper()
	a, _, err := account.Get(l, who)
	if err != nil {
		t.Fatal(err)
	}
	return a.Reserved
}

// run runs a call as a transaction is run: a refusal undoes it.
func run(t interface {
	Helper()
	Fatal(...any)
}, l *ledger.Ledger, c interface {
	Run(*ledger.Ledger, keys.Account) error
}, signer keys.Account) ledger.Code {
	t.Helper()
	refusal, err := l.Scope(func() error { return c.Run(l, signer) })
	if err != nil {
		t.Fatal(err)
	}
	if refusal == nil {
		return 0
	}
	return refusal.Code
}

func TestRefusals(t *testing.T) {
	good := register(t, 1, alice, path)
	with := func(change func(c *Register)) Register {
		c := good
		change(&c)
		return c
	}
	for _, c := range []struct {
		name   string
		call   Register
		signer keys.Account
		want   ledger.Code
	}{
		{"all is well", good, alice, 0},
		{"no name", with(func(c *Register) { c.Name = "" }), alice, 0},
		{"the longest name", with(func(c *Register) { c.Name = strings.Repeat("~", MaxName) }), alice, 0},
		{"the proof's last block", with(func(c *Register) { c.Until = 10; prove(t, c, 1, alice) }), alice, 0},
		{"no address", with(func(c *Register) { c.Addr = "" }), alice, ledger.InvalidRelayAddress},
		{"no peer id", with(func(c *Register) { c.Addr = path }), alice, ledger.InvalidRelayAddress},
		{"not a WebSocket", register(t, 1, alice, "/dns/relay.tao.net/tcp/443"), alice, ledger.InvalidRelayAddress},
		{"a long address", register(t, 1, alice, "/dns/"+strings.Repeat("abcdefghi.", 20)+"net/tcp/443/wss"), alice, ledger.InvalidRelayAddress},
		{"a long name", with(func(c *Register) { c.Name = strings.Repeat("n", MaxName+1) }), alice, ledger.InvalidRelayName},
		{"a name with a line feed", with(func(c *Register) { c.Name = "two\nlines" }), alice, ledger.InvalidRelayName},
		{"a name beyond ASCII", with(func(c *Register) { c.Name = "rélais" }), alice, ledger.InvalidRelayName},
		{"an old proof", with(func(c *Register) { c.Until = 9; prove(t, c, 1, alice) }), alice, ledger.RelayProofExpired},
		{"a proof made younger", with(func(c *Register) { c.Until++ }), alice, ledger.InvalidRelayProof},
		{"a proof for another owner", good, bob, ledger.InvalidRelayProof},
		{"a proof for another address", with(func(c *Register) { c.Addr = strings.Replace(c.Addr, "443", "444", 1) }), alice, ledger.InvalidRelayProof},
		{"a proof by another relay", with(func(c *Register) { prove(t, c, 2, alice) }), alice, ledger.InvalidRelayProof},
		{"no proof", with(func(c *Register) { c.Proof = [64]byte{} }), alice, ledger.InvalidRelayProof},
		{"a key that anybody signs for", Register{Addr: path + "/p2p/" + multiaddr.PeerID{}.String(), Until: 10, Proof: [64]byte{0: 1}}, alice, ledger.InvalidRelayProof},
		{"nothing to pay with", register(t, 1, keys.Account{9}, path), keys.Account{9}, ledger.InsufficientBalance},
	} {
		if got := run(t, market(t), c.call, c.signer); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// A proof for another chain.
	l := market(t)
	for _, id := range []string{"other-0123456789abcdef", strings.Repeat("x", len(ledgertest.ChainID)), ledgertest.ChainID[1:] + "0"} {
		l.ChainID = id
		if got := run(t, l, good, alice); got != ledger.InvalidRelayProof {
			t.Errorf("on the chain %s: %s", id, got)
		}
	}
}

// A relay that came and went leaves no entry in the state, not even a count of none.
func TestNothingIsLeft(t *testing.T) {
	for name, end := range map[string]func(*ledger.Ledger) ledger.Code{
		"unregistered": func(l *ledger.Ledger) ledger.Code { return run(t, l, Unregister{Peer: peerOf(t, 1)}, alice) },
		"expired": func(l *ledger.Ledger) ledger.Code {
			l.Height = 15
			if err := Expire(l); err != nil {
				t.Fatal(err)
			}
			return 0
		},
	} {
		l := market(t)
		if got := run(t, l, register(t, 1, alice, path), alice); got != 0 {
			t.Fatal(got)
		}
		if got := end(l); got != 0 {
			t.Fatal(got)
		}
		for _, key := range []ledger.Key{relayKey(peerOf(t, 1)), endKey(15, peerOf(t, 1)), ownerKey(alice), totalKey()} {
			if v, err := l.Get(key); v != nil || err != nil {
				t.Errorf("%s: state key %x holds %x, %v", name, key, v, err)
			}
		}
		if got := reserved(t, l, alice); got != 0 {
			t.Errorf("%s: %d rao stay reserved", name, got)
		}
	}
}

func TestDepositIsReservedAndGivenBack(t *testing.T) {
	l := market(t)
	if got := run(t, l, register(t, 1, alice, path), alice); got != 0 {
		t.Fatal(got)
	}
	if got := reserved(t, l, alice); got != deposit {
		t.Errorf("%d rao are reserved", got)
	}
	peer := peerOf(t, 1)
	want := Relay{Owner: alice, Addr: path + "/p2p/" + peer.String(), Name: "relay 1", Since: 10, Expires: 15, Deposit: deposit}
	if got, ok, err := Get(l, peer); !ok || err != nil || got != want {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	if got := run(t, l, Unregister{Peer: peer}, bob); got != ledger.RelayOfAnother {
		t.Errorf("taken off by another: %s", got)
	}
	if got := run(t, l, Unregister{Peer: peer}, alice); got != 0 {
		t.Error(got)
	}
	if got := run(t, l, Unregister{Peer: peer}, alice); got != ledger.RelayNotFound {
		t.Errorf("taken off twice: %s", got)
	}
	if a, _, _ := account.Get(l, alice); a.Reserved != 0 || a.Free != 20*tao.TAO {
		t.Errorf("%+v", a)
	}
	if err := l.End(); err != nil {
		t.Error(err)
	}
	var names []string
	for _, e := range l.Events() {
		names = append(names, e.Name)
	}
	if got := strings.Join(names, " "); got != "RelayRegistered RelayUnregistered" {
		t.Errorf("events %s", got)
	}
}

// Who renews keeps the date of the first time; deposit, address and name are the new ones.
func TestRenewal(t *testing.T) {
	l := market(t)
	run(t, l, register(t, 1, alice, path), alice)
	for _, s := range []struct {
		height  uint64
		deposit tao.Amount
	}{{12, deposit}, {13, 2 * deposit}, {14, deposit / 2}, {19, deposit}} {
		l.Height, l.Params.RelayDeposit = s.height, s.deposit
		c := register(t, 1, alice, fmt.Sprintf("/ip4/8.8.8.8/tcp/%d/ws", s.height))
		c.Name = "renewed"
		if got := run(t, l, c, alice); got != 0 {
			t.Fatal(got)
		}
		want := Relay{Owner: alice, Addr: c.Addr, Name: "renewed", Since: 10, Expires: s.height + 5, Deposit: s.deposit}
		if got, _, err := Get(l, peerOf(t, 1)); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if got := reserved(t, l, alice); got != s.deposit {
			t.Errorf("%d rao are reserved, want %d", got, s.deposit)
		}
		if err := Expire(l); err != nil {
			t.Fatal(err)
		}
		check(t, l)
	}
	if n, err := CountOf(l, alice); n != 1 || err != nil {
		t.Errorf("%d relays, %v", n, err)
	}
}

func TestOneOwnerAtATime(t *testing.T) {
	l := market(t)
	run(t, l, register(t, 1, alice, path), alice)
	theirs := register(t, 1, bob, path)
	l.Height = 14
	if got := run(t, l, theirs, bob); got != ledger.RelayOfAnother {
		t.Errorf("while it is Alice's: %s", got)
	}
	l.Height = 15 // over, and not swept yet
	if got := run(t, l, theirs, bob); got != 0 {
		t.Errorf("after it expired: %s", got)
	}
	if a, b := reserved(t, l, alice), reserved(t, l, bob); a != 0 || b != deposit {
		t.Errorf("reserved of Alice %d, of Bob %d", a, b)
	}
	if r, _, err := Get(l, peerOf(t, 1)); err != nil || r.Since != 15 || r.Owner != bob {
		t.Errorf("%+v, %v", r, err)
	}
	check(t, l)
}

func TestLimits(t *testing.T) {
	l := market(t)
	for n := range 3 {
		if got := run(t, l, register(t, n, alice, path), alice); got != 0 {
			t.Fatal(got)
		}
	}
	if got := run(t, l, register(t, 3, alice, path), alice); got != ledger.TooManyRelays {
		t.Errorf("a fourth of one owner's: %s", got)
	}
	if got := run(t, l, register(t, 2, alice, path), alice); got != 0 {
		t.Errorf("renewing one of three: %s", got)
	}
	if got := run(t, l, register(t, 3, bob, path), bob); got != 0 {
		t.Error(got)
	}
	if got := run(t, l, register(t, 4, bob, path), bob); got != ledger.RelayListFull {
		t.Errorf("a fifth: %s", got)
	}
	run(t, l, Unregister{Peer: peerOf(t, 0)}, alice)
	if got := run(t, l, register(t, 4, bob, path), bob); got != 0 {
		t.Errorf("in the place of another: %s", got)
	}
	check(t, l)
}

// Relays end at the end of their last block, a few in each.
func TestExpiry(t *testing.T) {
	l := market(t)
	const many = ExpirePerBlock + 3
	l.Params.RelaysPerOwner, l.Params.RelayLimit, l.Params.RelayDeposit = many, many, tao.TAO/10
	for n := range many {
		if got := run(t, l, register(t, n, alice, path), alice); got != 0 {
			t.Fatal(got)
		}
	}
	for _, s := range []struct{ height, left uint64 }{{14, many}, {15, 3}, {16, 0}, {17, 0}} {
		l.Height = s.height
		if err := Expire(l); err != nil {
			t.Fatal(err)
		}
		if n, err := Count(l); n != s.left || err != nil {
			t.Errorf("block %d: %d relays are listed, want %d (%v)", s.height, n, s.left, err)
		}
		check(t, l)
	}
	if got := reserved(t, l, alice); got != 0 {
		t.Errorf("%d rao are still reserved", got)
	}
}

func TestListIsPaged(t *testing.T) {
	l := market(t)
	l.Params.RelaysPerOwner, l.Params.RelayLimit = 9, 9
	l.Params.RelayDeposit = 0
	for n := range 7 {
		if got := run(t, l, register(t, n, alice, path), alice); got != 0 {
			t.Fatal(got)
		}
	}
	var all []Entry
	var from multiaddr.PeerID
	for pages := 0; ; pages++ {
		page, next, err := List(l, from, 3)
		if err != nil || len(page) > 3 || pages > 3 {
			t.Fatal(len(page), err)
		}
		all = append(all, page...)
		if next == (multiaddr.PeerID{}) {
			break
		}
		from = next
	}
	for i, e := range all {
		if i > 0 && string(all[i-1].Peer[:]) >= string(e.Peer[:]) || !strings.HasSuffix(e.Addr, e.Peer.String()) {
			t.Errorf("%d: %+v", i, e)
		}
	}
	if len(all) != 7 {
		t.Errorf("%d relays", len(all))
	}
}

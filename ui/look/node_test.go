//go:build !js

package look

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"io"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// script is what a node in the tab would say, told by the test. It stands behind two addresses that the test's own
// worker.js knows: ask answers a request, say gives what the node tells on its own.
type script struct {
	mu     sync.Mutex
	status tab.Status
	blocks []tab.Block // newest first
	level  level.Level
	silent bool // queries get no answer
	crash  bool // the next question ends the worker
	broken bool // the dashboard's program is cut short on its way
	asked  map[string]int
	news   []tab.Message
	wake   chan struct{}
}

func newScript() *script {
	return &script{asked: map[string]int{}, wake: make(chan struct{}, 1), level: proven}
}

// proven is what the light node would say of a figure; only a test may name it.
var proven = func() (l level.Level) {
	if err := l.UnmarshalText([]byte("proven")); err != nil {
		panic(err)
	}
	return l
}()

func (s *script) say(list ...tab.Message) {
	s.mu.Lock()
	s.news = append(s.news, list...)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *script) tell(change func(*tab.Status)) {
	s.mu.Lock()
	change(&s.status)
	copied := s.status
	s.mu.Unlock()
	s.say(tab.Message{Status: &copied})
}

func frame(list []tab.Message) []byte {
	var out []byte
	for _, m := range list {
		b := codec.MustEncode(m)
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
	}
	return out
}

func (s *script) serveSay(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.wake:
	case <-r.Context().Done():
		return
	case <-time.After(5 * time.Second):
	}
	s.mu.Lock()
	list := s.news
	s.news = nil
	s.mu.Unlock()
	w.Write(frame(list))
}

func (s *script) serveAsk(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	var req tab.Request
	if err == nil {
		err = codec.Decode(b, &req)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[req.Method]++
	if s.crash {
		s.crash = false
		http.Error(w, "the test ends this worker", http.StatusTeapot)
		return
	}
	answer := tab.Answer{ID: req.ID}
	body, fault := s.answer(req)
	if fault != nil {
		answer.Error = &tab.Error{Code: "not_found", Message: fault.Error()}
	} else if body == nil {
		return
	} else {
		answer.Body = codec.MustEncode(body)
	}
	list := []tab.Message{{Answer: &answer}}
	if req.Method == tab.Start {
		st := s.status
		list = append(list, tab.Message{Status: &st})
	}
	w.Write(frame(list))
}

func (s *script) answer(req tab.Request) (any, error) {
	switch req.Method {
	case tab.Start, tab.Retry, tab.Forget:
		return struct {
			_ struct{} `cbor:",toarray"`
		}{}, nil
	case tab.Blocks:
		var p tab.BlocksParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		out := tab.BlockList{Blocks: []tab.Block{}}
		for _, b := range s.blocks {
			if (p.Below == 0 || b.Height <= p.Below) && uint64(len(out.Blocks)) < p.Count {
				out.Blocks = append(out.Blocks, b)
			}
		}
		return out, nil
	case tab.Body:
		var p tab.BodyParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		if len(s.blocks) == 0 || p.Height > s.blocks[0].Height {
			return nil, fmt.Errorf("block %d is not there yet", p.Height)
		}
		return body(p.Height, s.level), nil
	case tab.Examine:
		var p tab.ExamineParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		_, hash, _ := strings.Cut(p.Text, ":")
		if len(hash) != 64 {
			return tab.Examined{Fault: fmt.Sprintf("A checkpoint is a height, a colon and 64 hex digits. This has %d.", len(hash))}, nil
		}
		said := tab.Examined{Height: 10_214_201}
		hex.Decode(said.Hash[:], []byte(hash))
		return said, nil
	case tab.Query:
		if s.silent {
			return nil, nil
		}
		var p tab.QueryParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		return s.query(p)
	}
	return s.trust(req)
}

func (s *script) query(p tab.QueryParams) (any, error) {
	head := s.blocks[0]
	f := tab.Figure{Level: s.level, Height: head.Height - 1, Root: head.AppHash, Checked: uint64(time.Now().UnixMilli()), Relay: "Birch", Bytes: 2140, Nodes: 14, Micros: 8900}
	switch p.Program {
	case "supply@1":
		f.Result = codec.MustEncode(supply(head.Height))
	case "subnets@1":
		f.Result = codec.MustEncode(subnets())
	case "subnet@1", "metagraph@1":
		var args struct {
			_      struct{} `cbor:",toarray"`
			Netuid uint16
		}
		var columns struct {
			_      struct{} `cbor:",toarray"`
			Netuid uint16
			Select []string
		}
		if p.Program == "subnet@1" {
			if err := codec.Decode(p.Args, &args); err != nil {
				return nil, err
			}
			f.Result = codec.MustEncode(subnet(args.Netuid, head.Height-1))
			break
		}
		if err := codec.Decode(p.Args, &columns); err != nil {
			return nil, err
		}
		f.Nodes, f.Bytes = 1_240, 152_300
		f.Result = codec.MustEncode(metagraph(columns.Netuid, head.Height-1))
	case "account@1":
		var args struct {
			_       struct{} `cbor:",toarray"`
			Address keys.Account
			From    uint64
		}
		if err := codec.Decode(p.Args, &args); err != nil {
			return nil, err
		}
		f.Nodes, f.Bytes = 231, 34_512
		f.Result = codec.MustEncode(account(args.Address, args.From))
	default:
		return nil, fmt.Errorf("no program %q", p.Program)
	}
	return f, nil
}

func chain(height uint64, n int, producers int) []tab.Block {
	now := uint64(time.Now().UnixMilli())
	out := make([]tab.Block, n)
	for i := range out {
		h := height - uint64(i)
		out[i] = block(h, now-1500-2000*uint64(i)-(h*h*7919)%170, producers)
	}
	return out
}

func block(h, ms uint64, producers int) tab.Block {
	seed := func(kind string) [32]byte { return sha256.Sum256([]byte(kind + strconv.FormatUint(h, 10))) }
	proposer := sha256.Sum256([]byte{byte(h % uint64(producers))})
	b := tab.Block{Level: proven, Height: h, Hash: seed("hash"), Time: ms, AppHash: seed("root"), Data: seed("data"), Bytes: 3600, Micros: 2400 + h%700}
	copy(b.Proposer[:], proposer[:])
	for i := range producers {
		power := uint64(40 + (i*i*37)%60)
		s := tab.Signer{Power: power, Signed: producers == 1 || (uint64(i)+h)%6 != 0}
		id := sha256.Sum256([]byte{byte(i)})
		copy(s.Address[:], id[:])
		b.Total += power
		if s.Signed {
			b.Signed += power
		}
		b.Signers = append(b.Signers, s)
	}
	return b
}

func supply(h uint64) view.Supply {
	const free, staked = 2_931_114_004_127_331, 2_469_008_551_902_244
	s := view.Supply{Height: h, Time: uint64(time.Now().UnixMilli()), Free: free, Staked: staked, Reserved: 0, Pending: tao.Amount(h) * tao.TAO, Recycled: 51_200,
		BlockEmission: tao.TAO, NextHalving: 10_500_000 * tao.TAO, Cap: tao.Cap, Accounts: 18_636, Subnets: 2, Source: "the network's balances of March 2023, not today's"}
	s.Issuance = s.Free + s.Staked + s.Pending + s.Reserved
	return s
}

func subnets() view.Subnets {
	return view.Subnets{Subnets: []view.Subnet{
		{Netuid: 1, ID: 1, Name: "prose", Tempo: 99, Pending: 200 * tao.TAO, Emission: 500_000_000},
		{Netuid: 2, ID: 2, Name: "<b>folding</b>", Tempo: 99, Pending: 200 * tao.TAO, Emission: 300_000_000},
		{Netuid: 3, ID: 3, Name: "a name that is as long as the chain lets it be", Tempo: 99, Emission: 200_000_000},
	}}
}

func subnet(netuid uint16, height uint64) view.SubnetDetail {
	out := view.SubnetDetail{Hyperparameters: []view.Hyperparameter{}}
	if netuid == 0 || netuid > 3 {
		return out
	}
	s := subnets().Subnets[netuid-1]
	s.Owner, s.Uids, s.MaxUids, s.Epochs, s.Last, s.Next = keys.Account{7}, 150, 256, 28_294, height-height%99, height-height%99+99
	out.Exists, out.Subnet, out.Description = true, s, "Miners predict protein structures; validators score them against held-back data."
	for _, h := range hyper.Table {
		out.Hyperparameters = append(out.Hyperparameters, view.Hyperparameter{Name: h.Name, Value: h.Format(h.Default)})
	}
	return out
}

// metagraph has 150 neurons: a few validators, miners that earn less from uid to uid, and one that earns more with each block.
func metagraph(netuid uint16, height uint64) view.Metagraph {
	m := view.Metagraph{Netuid: netuid, Exists: true, Block: height}
	for i := range 150 {
		m.Hotkeys = append(m.Hotkeys, sha256.Sum256([]byte{byte(i), byte(netuid)}))
		m.Active, m.ValidatorPermit = append(m.Active, i%7 != 6), append(m.ValidatorPermit, i < 9)
		stake, emission := tao.Amount(i)*1_731_005_377%90_000_000_000, tao.Amount(150-i)*tao.Amount(150-i)*1_310_033
		var incentive, dividends, trust uint16
		if i < 9 {
			stake, dividends, trust = tao.Amount(9-i)*4_321_000_000_123, uint16(9000-700*i), uint16(65_535-300*i)
		} else {
			incentive = uint16((150 - i) * 17)
		}
		if i == 149 {
			emission, incentive = tao.Amount(height)*3_000, 1
		}
		if i == 140 {
			emission, incentive = 0, 0
		}
		m.Stake, m.Emission = append(m.Stake, stake), append(m.Emission, emission)
		m.Incentive, m.Dividends = append(m.Incentive, incentive), append(m.Dividends, dividends)
		m.Consensus, m.ValidatorTrust = append(m.Consensus, incentive), append(m.ValidatorTrust, trust)
	}
	return m
}

func account(a keys.Account, from uint64) view.Account {
	out := view.Account{Address: a, Stakes: []view.Stake{}}
	if a[0] == 0x8e { // the development account Bob has nothing here
		return out
	}
	out.Exists, out.Nonce, out.Free, out.Owner = true, 7, 1284_500312775, keys.Account{1}
	for i := range 210 {
		v := tao.Amount(uint64(i*i*i)*1_731_005_377%9_000_000_000_000) + 1_000_000
		out.Staked += v
		out.Stakes = append(out.Stakes, view.Stake{Pool: uint64(i + 1), Hotkey: sha256.Sum256([]byte{byte(i), 9}), Netuid: uint16(i % 3), Value: v})
	}
	return out
}

func body(h uint64, l level.Level) tab.BlockBody {
	hash := func(i byte) [32]byte { return sha256.Sum256([]byte{byte(h), i}) }
	alice := "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	return tab.BlockBody{Level: l, ResultsLevel: l, Height: h, Relay: "Birch", Txs: []tab.Tx{
		{Hash: hash(1), Signer: alice, Call: "transfer", Args: []tab.Arg{{Name: "to", Value: "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"}, {Name: "amount", Value: "12.5"}}, Nonce: 3, Fee: 41_000, Bytes: 183, Result: "ok"},
		{Hash: hash(2), Signer: alice, Call: "add_stake", Args: []tab.Arg{{Name: "hotkey", Value: "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"}, {Name: "amount", Value: "99999"}}, Nonce: 4, Fee: 41_000, Bytes: 190, Code: 3, Result: "insufficient_balance"},
		{Hash: hash(3), Bytes: 12, Broken: "it is cut short"},
	}}
}

func live(height uint64, producers int) (tab.Status, []tab.Block) {
	blocks := chain(height, 120, producers)
	now := uint64(time.Now().UnixMilli())
	head := blocks[0]
	return tab.Status{
		Sync: tab.Live, ChainID: "taolight-dev-4be1", Head: &head, Target: height,
		Phases: []tab.Phase{
			{Name: "Trust root", State: "done", Text: "first use, from this page’s host", Micros: 2100},
			{Name: "Saved head", State: "done", Text: "resumed at " + strconv.FormatUint(height-90, 10), Micros: 60_000},
			{Name: "Relays", State: "done", Text: "2 of 3 answered", Micros: 310_000},
			{Name: "Catch up", State: "done", Text: "2 hops over 90 blocks", Micros: 120_000},
			{Name: "Following", State: "now", Text: "each block checked", Micros: 2400},
		},
		Trust: tab.Trust{Height: height - 3000, Hash: sha256.Sum256([]byte("trust")), Time: now - 3*86_400_000, Source: "first use, from this page’s host", Pinned: now - 2*86_400_000, Period: 14 * 86400},
		Relays: []tab.Relay{
			{Name: "Birch", Addr: "/ip4/127.0.0.1/tcp/8080/ws/p2p/12D3KooWGmH8tLxq6cTjX1bLZ2xwVYyEbqSbM5nDqFxV2yqPx7Qe", State: "connected", Latency: 900, In: 1_210_332, Out: 45_120, Height: height, Origin: "host list", Score: 99, Verified: height},
			{Name: "Cairn", Addr: "/dns4/relay.example.org/tcp/443/wss/p2p/12D3KooWQyHkUgnqTi8dUGkCxM1XYtXvWqpVv2EAJk8cJkZ2HrNx", State: "connected", Latency: 31_400, In: 88_112, Out: 9_120, Height: height, Origin: "on chain", Score: 97, Verified: height},
			{Name: "Gannet", Addr: "/dns4/gannet.example.org/tcp/443/wss/p2p/12D3KooWJ8aS3xBq7nFUpzLtvV1r4Jm1ePZ4dEnfTT3dVbcNb2Mw", State: "waiting", Error: "the connection was refused", RetryAt: now + 8000, Origin: "last visit", Score: 70},
		},
		Counts: tab.Counts{Headers: 412, Signatures: 6592, Witnesses: 38, WitnessSize: 240_112, Nodes: 5_120, Skipped: 2910},
		Log: []tab.LogLine{
			{Time: now - 9000, Kind: "info", Text: "Trust root taken from this page’s host, on first use."},
			{Time: now - 8000, Kind: "info", Text: "Relay Birch answers."},
			{Time: now - 7000, Kind: "warn", Text: "Relay Gannet does not answer: the connection was refused."},
			{Time: now - 6000, Kind: "info", Text: "Caught up."},
		},
		Alarms: []tab.Alarm{}, Build: "0.1.0 b21f9c04",
	}, blocks
}

package serving

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
)

var member1, stranger = keys.Account{1}, keys.Account{9}

// market is a chain with subnets 1 and 2; member1 is on subnet 1 only.
func market(t testing.TB) (*ledger.Ledger, subnet.Entry) {
	t.Helper()
	l := ledgertest.New(t)
	s, err := subnet.Create(l, subnet.Subnet{Netuid: 1}, hyper.Defaults())
	if err == nil {
		_, err = subnet.Append(l, &s, member1)
	}
	if err == nil {
		_, err = subnet.Create(l, subnet.Subnet{Netuid: 2}, hyper.Defaults())
	}
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func at(text string) Endpoint { return EndpointAt(netip.MustParseAddrPort(text)) }

func axon(text string) ServeAxon {
	return ServeAxon{Netuid: 1, Version: 3, Address: at(text), Protocol: 4}
}

func TestAddresses(t *testing.T) {
	wide := [16]byte{11: 1, 15: 1}
	for name, c := range map[string]struct {
		e    Endpoint
		want ledger.Code
	}{
		"first":            {at("0.0.0.1:1"), 0},
		"last":             {at("255.255.255.254:65535"), 0},
		"private":          {at("192.168.1.1:80"), 0},
		"other loopback":   {at("127.0.0.2:80"), 0},
		"v6":               {at("[2001:db8::1]:80"), 0},
		"v6, second":       {at("[::2]:80"), 0},
		"port 0":           {at("1.2.3.4:0"), ledger.InvalidPort},
		"zero":             {at("0.0.0.0:80"), ledger.InvalidIpAddress},
		"loopback":         {at("127.0.0.1:80"), ledger.InvalidIpAddress},
		"broadcast":        {at("255.255.255.255:80"), ledger.InvalidIpAddress},
		"v6 zero":          {at("[::]:80"), ledger.InvalidIpAddress},
		"v6 loopback":      {at("[::1]:80"), ledger.InvalidIpAddress},
		"v6 all":           {at("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:80"), ledger.InvalidIpAddress},
		"v4, wide":         {Endpoint{IP: wide, Port: 80, Type: 4}, ledger.InvalidIpAddress},
		"v4, widest":       {Endpoint{IP: [16]byte{0: 1, 15: 1}, Port: 80, Type: 4}, ledger.InvalidIpAddress},
		"no version":       {Endpoint{IP: wide, Port: 80}, ledger.InvalidIpType},
		"version 5":        {Endpoint{IP: wide, Port: 80, Type: 5}, ledger.InvalidIpType},
		"nowhere, untyped": {Endpoint{}, ledger.InvalidIpType},
	} {
		l, _ := market(t)
		if got := ledgertest.Code(t, ServeAxon{Netuid: 1, Address: c.e}.Run(l, member1)); got != c.want {
			t.Errorf("axon, %s: got %s, want %s", name, got, c.want)
		}
		if got := ledgertest.Code(t, ServePrometheus{Netuid: 1, Address: c.e}.Run(l, member1)); got != c.want {
			t.Errorf("prometheus, %s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestOnlyMembersServe(t *testing.T) {
	l, _ := market(t)
	for name, c := range map[string]struct {
		who    keys.Account
		netuid uint16
		want   ledger.Code
	}{
		"a member": {member1, 1, 0}, "a stranger": {stranger, 1, ledger.NotRegistered},
		"a member of another subnet": {member1, 2, ledger.NotRegistered}, "no subnet": {member1, 7, ledger.NetworkDoesNotExist},
	} {
		if got := ledgertest.Code(t, ServeAxon{Netuid: c.netuid, Address: at("1.2.3.4:80")}.Run(l, c.who)); got != c.want {
			t.Errorf("axon of %s: got %s, want %s", name, got, c.want)
		}
		if got := ledgertest.Code(t, ServePrometheus{Netuid: c.netuid, Address: at("1.2.3.4:80")}.Run(l, c.who)); got != c.want {
			t.Errorf("prometheus of %s: got %s, want %s", name, got, c.want)
		}
	}
}

// The limit counts from the last announcement of the same kind: one elapsed limit is enough.
func TestRateLimits(t *testing.T) {
	l, _ := market(t)
	prometheus := ServePrometheus{Netuid: 1, Address: at("1.2.3.4:90")}
	steps := []struct {
		block uint64
		call  interface {
			Run(*ledger.Ledger, keys.Account) error
		}
		want ledger.Code
	}{
		{10, axon("1.2.3.4:80"), 0},
		{20, prometheus, 0},
		{59, axon("1.2.3.4:81"), ledger.ServingRateLimitExceeded},
		{59, axon("1.2.3.4:0"), ledger.ServingRateLimitExceeded}, // before the port is looked at
		{60, axon("1.2.3.4:81"), 0},
		{69, prometheus, ledger.ServingRateLimitExceeded},
		{70, prometheus, 0},
	}
	for _, s := range steps {
		l.Height = s.block
		if got := ledgertest.Code(t, s.call.Run(l, member1)); got != s.want {
			t.Errorf("block %d, %T: got %s, want %s", s.block, s.call, got, s.want)
		}
	}
}

func TestAxonsAreReadAndWithdrawn(t *testing.T) {
	l, s := market(t)
	read := func(want bool) AxonInfo {
		t.Helper()
		a, ok, err := Axon(l, s.ID, 0)
		if err != nil || ok != want {
			t.Fatalf("got %+v, %v, %v", a, ok, err)
		}
		return a
	}
	serve := func(c ServeAxon, want ledger.Code) {
		t.Helper()
		if got := ledgertest.Code(t, c.Run(l, member1)); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	read(false)
	l.Height = 10
	serve(axon("[2001:db8::7]:8091"), 0)
	if got := read(true); got != (AxonInfo{Block: 10, Version: 3, Address: at("[2001:db8::7]:8091"), Protocol: 4}) {
		t.Errorf("%+v", got)
	}
	l.Height = 60
	serve(ServeAxon{Netuid: 1, Version: 3, Address: at("0.0.0.0:0")}, 0)
	read(false)
	l.Height = 109 // coming back is limited, too
	serve(axon("1.2.3.4:80"), ledger.ServingRateLimitExceeded)
	l.Height = 110
	serve(axon("1.2.3.4:80"), 0)
	read(true)
	if got := ledgertest.Code(t, ServePrometheus{Netuid: 1, Address: at("0.0.0.0:0")}.Run(l, member1)); got != ledger.InvalidIpAddress {
		t.Errorf("metrics withdrawn: %s", got)
	}
}

func TestText(t *testing.T) {
	for _, text := range []string{"1.2.3.4:80", "0.0.0.0:0", "[2001:db8::1]:65535", "[::]:0"} {
		var c ServeAxon
		if err := json.Unmarshal([]byte(`{"address":"`+text+`"}`), &c); err != nil || c.Address.String() != text {
			t.Errorf("%s became %s (%v)", text, c.Address, err)
		}
	}
	if got := at("[::ffff:1.2.3.4]:80").String(); got != "1.2.3.4:80" {
		t.Errorf("a mapped address became %s", got)
	}
	for _, text := range []string{"", "1.2.3.4", "1.2.3.4:65536", "example.org:80", "1.2.3.4:-1"} {
		var e Endpoint
		if err := e.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %s", text, e)
		}
	}
}

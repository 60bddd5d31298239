package vector

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/yuma"
)

// inputsOf returns the inputs of every epoch, with nothing carried from one to the next.
func inputsOf(t *testing.T, doc string) (all []yuma.Inputs) {
	t.Helper()
	err := Walk(strings.NewReader(doc), func(s *Step) (*yuma.Outputs, error) {
		raw, _ := json.Marshal(s.Inputs)
		var in yuma.Inputs
		if err := json.Unmarshal(raw, &in); err != nil {
			t.Fatal(err)
		}
		all = append(all, in)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPatches(t *testing.T) {
	base := inputsOf(t, `{"init":`+tiny+`}`)[0]
	for _, c := range []struct {
		patch string
		want  func(*yuma.Inputs)
	}{
		{`{}`, func(*yuma.Inputs) {}},
		{`{"block":5,"owner_uid":1,"yuma3":true,"alpha_stake":[1,2],"weights":[[0,1,0,2],[]]}`, func(in *yuma.Inputs) {
			in.Block, in.Owner, in.Yuma3, in.AlphaStake = 5, 1, true, []uint64{1, 2}
			in.Weights = []yuma.Row{{{UID: 0, Value: 1}, {UID: 0, Value: 2}}, nil}
		}},
		{`{"replace_neuron":[[1,77]]}`, func(in *yuma.Inputs) {
			in.RegisteredAt[1], in.LastUpdate[1], in.ValidatorPermit[1], in.AlphaStake[1], in.TaoStake[1] = 77, 77, false, 0, 0
			in.Weights = []yuma.Row{{{UID: 1, Value: 0}}, nil}
		}},
		// Whole fields come first, then neurons, then weights, whatever the order in the document.
		{`{"set_weights":[[1,[1,9]],[1,[1,8,0,3]]],"replace_neuron":[[1,77],[0,78]],"weights":[[0,4,1,5],[0,6]],"block":2000}`,
			func(in *yuma.Inputs) {
				in.Block, in.RegisteredAt, in.LastUpdate = 2000, []uint64{78, 77}, []uint64{78, 2000}
				in.ValidatorPermit, in.AlphaStake, in.TaoStake = []bool{false, false}, []uint64{0, 0}, []uint64{0, 0}
				in.Weights, in.Bonds = []yuma.Row{nil, {{UID: 1, Value: 8}, {UID: 0, Value: 3}}}, []yuma.Row{nil, nil}
			}},
		{`{"last_update":[],"validator_permit":[],"set_weights":[[1,[]]],"replace_neuron":[[1,3]]}`, func(in *yuma.Inputs) {
			in.LastUpdate, in.ValidatorPermit = []uint64{0, 1000}, nil
			in.RegisteredAt[1], in.AlphaStake[1], in.TaoStake[1] = 3, 0, 0
			in.Weights = []yuma.Row{{{UID: 1, Value: 0}}, nil}
		}},
		{`{"n":1,"block_at_registration":[1],"alpha_stake":[1],"tao_stake":[1],"validator_permit":[1],"weights":[[]],"bonds":[[]]}`,
			func(in *yuma.Inputs) {
				in.N, in.RegisteredAt, in.AlphaStake, in.TaoStake, in.ValidatorPermit = 1, []uint64{1}, []uint64{1}, []uint64{1}, []bool{true}
				in.Weights, in.Bonds = []yuma.Row{nil}, []yuma.Row{nil}
			}},
	} {
		var want yuma.Inputs
		raw, _ := json.Marshal(base)
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		c.want(&want)
		if got := inputsOf(t, stepped(c.patch))[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.patch, got, want)
		}
	}
}

// Bonds and permits go from one epoch into the next, and nothing else does.
func TestWhatEpochsCarry(t *testing.T) {
	var w yuma.Workspace
	var before *yuma.Outputs
	steps := 0
	err := Walk(strings.NewReader(stepped(`{}`, `{"block":1360}`, `{"bonds":[[],[0,7]]}`)), func(s *Step) (*yuma.Outputs, error) {
		switch in := s.Inputs; {
		case s.Number != steps || s.Vector != "x":
			t.Errorf("step %d of %s", s.Number, s.Vector)
		case steps == 1 && (fmt.Sprint(in.Bonds, in.ValidatorPermit) != fmt.Sprint(before.Bonds, before.ValidatorPermit) || in.Block != 1360):
			t.Errorf("%+v after %+v", in, before)
		case steps == 2 && (fmt.Sprint(in.Bonds) != "[[] [{0 7}]]" || in.Block != 1360):
			t.Errorf("%+v", in)
		}
		steps++
		out, err := w.Epoch(s.Inputs, nil)
		before = out
		return out, err
	})
	if err != nil || steps != 3 {
		t.Errorf("%d steps, %v", steps, err)
	}
}

// Both epochs that a traced step takes see the same inputs, and writing what comes out of one spoils none.
func TestTracesOfLaterSteps(t *testing.T) {
	raw, _ := io.ReadAll(openData(t, "small.json"))
	var bundle struct {
		Vectors []struct{ Init json.RawMessage }
	}
	if err := json.Unmarshal(raw, &bundle); err != nil {
		t.Fatal(err)
	}
	for _, v := range bundle.Vectors {
		out, err := eval(`{"init":`+string(v.Init)+`,"steps":[{"patch":{}},{"patch":{}},{"patch":{}}]}`, Options{Trace: true})
		if err != nil {
			t.Fatal(err)
		}
		if epochs := compareAll(t, strings.NewReader(out)); epochs != 3 {
			t.Errorf("%d epochs", epochs)
		}
	}
}

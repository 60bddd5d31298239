package vector

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/yuma"
)

// tiny is a vector's init with two neurons. Tests replace parts of it.
const tiny = `{"n":2,"block":1000,"tempo":360,"activity_cutoff_factor_milli":1000,"activity_cutoff_blocks":360,` +
	`"last_mechanism_step_block":639,"kappa":32767,"bonds_moving_average":900000,"bonds_penalty":65535,"liquid_alpha":false,` +
	`"alpha_low":45875,"alpha_high":58982,"alpha_sigmoid_steepness":-1000,"yuma3":false,"stake_threshold":0,` +
	`"tao_weight":3320413933267719290,"owner_uid":null,"max_allowed_validators":1,"commit_reveal":false,"commit_blocks":[],` +
	`"rao_emission":361000000000,"last_update":[990,990],"block_at_registration":[1,2],"alpha_stake":[1000000000,5],` +
	`"tao_stake":[7,0],"validator_permit":[1,0],"weights":[[1,65535],[0,1]],"bonds":[[1,65535],[]]}`

func swapped(old, new string) string {
	if !strings.Contains(tiny, old) {
		panic("no " + old)
	}
	return strings.Replace(tiny, old, new, 1)
}

func stepped(patches ...string) string {
	for i, p := range patches {
		patches[i] = `{"patch":` + p + `}`
	}
	return `{"name":"x","init":` + tiny + `,"steps":[` + strings.Join(patches, ",") + `]}`
}

func eval(doc string, o Options) (string, error) {
	var out bytes.Buffer
	err := Eval(strings.NewReader(doc), &out, o)
	return out.String(), err
}

func TestBadDocumentsAreRefusedByPath(t *testing.T) {
	initial := func(old, new string) string { return `{"init":` + swapped(old, new) + `}` }
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat("0,", n), ",") }
	for _, c := range []struct{ doc, path, reason string }{
		{``, "$", "the input ends here"},
		{`[]`, "$", "want an object, found a list"},
		{`{}`, "$", `field "init" or "vectors" is missing`},
		{`{"format":"yuma-oracle-v1"}`, "$", `field "init" or "vectors" is missing`},
		{`{"format":"yuma-oracle-v2","vectors":[]}`, "$.format", `"yuma-oracle-v2": want "yuma-oracle-v1"`},
		{`{"name":"x"}`, "$", `field "init" is missing`},
		{`{"vectors":[{"name":"x"}]}`, "$.vectors[0]", `field "init" is missing`},
		{`{"vectors":[],"init":` + tiny + `}`, "$.init", "a bundle has no such field"},
		{`{"init":` + tiny + `,"vectors":[]}`, "$.vectors", "a vector has no such field"},
		{`{"vectors":[],"vectors":[]}`, "$.vectors", "repeated field"},
		{`{"vectors":[]}{}`, "$", "an object follows the end"},
		{`{"steps":[],"init":` + tiny + `}`, "$.steps", "steps before init"},
		{`{"init":` + tiny + `,"colour":1}`, "$.colour", "unknown field"},
		{`{"name":1}`, "$.name", "want a string"},
		{`{"name":"` + strings.Repeat("x", MaxText+1) + `"}`, "$.name", "at most 65536 are allowed"},
		{initial(`"n":2,`, ``), "$.init", `field "n" is missing`},
		{initial(`"n":2,`, `"n":2,"n":2,`), "$.init.n", "repeated field"},
		{initial(`"n":2`, `"n":2,"uid":1`), "$.init.uid", "unknown field"},
		{initial(`"n":2`, `"n":65536`), "$.init.n", "65536: want a whole number from 0 to 65535"},
		{initial(`"n":2`, `"n":"2"`), "$.init.n", "found a string"},
		{initial(`"n":2`, `"n":2.0`), "$.init.n", "2.0: want a whole number"},
		{initial(`"n":2`, `"n":3`), "$.init.block_at_registration", "2 values, want 3"},
		{initial(`:32767`, `:70000`), "$.init.kappa", "70000: want a whole number from 0 to 65535"},
		{initial(`:3320413933267719290`, `:18446744073709551616`), "$.init.tao_weight", "from 0 to 18446744073709551615"},
		{initial(`_milli":1000`, `_milli":4294967296`), "$.init.activity_cutoff_factor_milli", "from 0 to 4294967295"},
		{initial(`:-1000`, `:-32769`), "$.init.alpha_sigmoid_steepness", "from -32768 to 32767"},
		{initial(`"yuma3":false`, `"yuma3":0`), "$.init.yuma3", "want true or false"},
		{initial(`"owner_uid":null`, `"owner_uid":-1`), "$.init.owner_uid", "from 0 to 65535"},
		{initial(`blocks":360`, `blocks":361`), "$.init.activity_cutoff_blocks", "361, but factor 1000 of tempo 360 is 360 blocks"},
		{initial(`"commit_blocks":[]`, `"commit_blocks":[1,2,3]`), "$.init.commit_blocks", "3 values, at most 2 are allowed"},
		{initial(`"validator_permit":[1,0]`, `"validator_permit":[1,2]`), "$.init.validator_permit[1]", "2: want a whole number from 0 to 1"},
		{initial(`"validator_permit":[1,0]`, `"validator_permit":[1,0,0]`), "$.init.validator_permit", "3 values"},
		{initial(`"last_update":[990,990]`, `"last_update":[`+many(65536)+`]`), "$.init.last_update", "more than 65535 entries"},
		{initial(`"alpha_stake":[1000000000,5]`, `"alpha_stake":[1]`), "$.init.alpha_stake", "1 values, want 2"},
		{initial(`"tao_stake":[7,0]`, `"tao_stake":[7,-1]`), "$.init.tao_stake[1]", "-1: want"},
		{initial(`"weights":[[1,65535],[0,1]]`, `"weights":[[1,65535]]`), "$.init.weights", "1 values, want 2"},
		{initial(`"weights":[[1,65535],[0,1]]`, `"weights":[[1,65535],[0]]`), "$.init.weights[1]", "1 values; a row is pairs"},
		{initial(`"weights":[[1,65535],[0,1]]`, `"weights":[[1,65536],[0,1]]`), "$.init.weights[0][1]", "65536: want"},
		{initial(`"weights":[[1,65535],[0,1]]`, `"weights":[[`+many(2*yuma.MaxEntries+1)+`],[]]`), "$.init.weights[0]", "more than 131072 entries"},
		{initial(`"bonds":[[1,65535],[]]`, `"bonds":[[1,65535],[],[]]`), "$.init.bonds", "3 values, at most 2"},
		{stepped(`{}`, `{}`, `{"kappa":-1}`), "$.steps[2].patch.kappa", "-1: want"},
		{`{"vectors":[{"init":` + tiny + `},` + stepped(`{}`, `{"kappa":-1}`) + `]}`, "$.vectors[1].steps[1].patch.kappa", "-1: want"},
		{stepped(`{"colour":-1}`), "$.steps[0].patch.colour", "unknown field"},
		{stepped(`{"n":3}`), "$.steps[0].patch", "block_at_registration: 2 values, want 3"},
		{stepped(`{"alpha_stake":[]}`), "$.steps[0].patch.alpha_stake", "0 values, want 2"},
		{stepped(`{"activity_cutoff_blocks":1}`), "$.steps[0].patch.activity_cutoff_blocks", "1, but factor"},
		{stepped(`{"replace_neuron":[[1,5],[2,5]]}`), "$.steps[0].patch.replace_neuron[1][0]", "uid 2 of a subnet with 2"},
		{stepped(`{"replace_neuron":[[1,5,6]]}`), "$.steps[0].patch.replace_neuron[0]", "want [uid, block]"},
		{stepped(`{"replace_neuron":[[1]]}`), "$.steps[0].patch.replace_neuron[0]", "want [uid, block]"},
		{stepped(`{"set_weights":[[2,[]]]}`), "$.steps[0].patch.set_weights[0][0]", "uid 2 of a subnet with 2"},
		{stepped(`{"set_weights":[[0,[0,1,2,3,65536]]]}`), "$.steps[0].patch.set_weights[0][1][4]", "65536: want"},
		{stepped(`{"set_weights":[[0,[0,1,2]]]}`), "$.steps[0].patch.set_weights[0][1]", "3 values; a row is pairs"},
		{`{"init":` + tiny + `,"steps":[{}]}`, "$.steps[0]", `field "patch" is missing`},
		{`{"init":` + tiny + `,"steps":[{"patch":{},"out":{"a":[}}]}`, "$.steps[0].out", "not JSON"},
		{`{"init":` + tiny + `,"steps":[{"patch":{},"trace":` + strings.Repeat("[", 99) + `}]}`, "$.steps[0].trace", "levels deep"},
	} {
		out, err := eval(c.doc, Options{Trace: true})
		var bad *strictjson.Error
		if !errors.As(err, &bad) || bad.Path != c.path || !strings.Contains(bad.Reason, c.reason) {
			t.Errorf("%.80s: %v, want %s: %s", c.doc, err, c.path, c.reason)
		}
		if json.Valid([]byte(out)) {
			t.Errorf("%.80s: a whole document in spite of %v", c.doc, err)
		}
	}
}

// Lists that may be shorter or longer are, and all extremes of numbers are legal.
func TestEdgesAreLegal(t *testing.T) {
	for _, doc := range edges() {
		for _, o := range []Options{{}, {Trace: true}} {
			if out, err := eval(doc, o); err != nil || !json.Valid([]byte(out)) {
				t.Errorf("%.200s: %v", doc, err)
			}
		}
	}
}

// edges are documents at the edges of what is legal.
func edges() []string {
	const most = "18446744073709551615"
	empty := tiny
	for _, field := range []string{`"last_update":[990,990]`, `"block_at_registration":[1,2]`, `"alpha_stake":[1000000000,5]`,
		`"tao_stake":[7,0]`, `"validator_permit":[1,0]`, `"weights":[[1,65535],[0,1]]`, `"bonds":[[1,65535],[]]`} {
		name, _, _ := strings.Cut(field, ":")
		empty = strings.Replace(empty, field, name+":[]", 1)
	}
	one := strings.NewReplacer(`"n":2`, `"n":1`, `[990,990]`, `[990]`, `[1,2]`, `[1]`, `[1000000000,5]`, `[5]`, `[7,0]`, `[7]`,
		`[1,0]`, `[1]`, `[[1,65535],[0,1]]`, `[[0,65535]]`, `[[1,65535],[]]`, `[[]]`).Replace(tiny)
	saturated := strings.NewReplacer(`[1000000000,5]`, `[`+most+`,`+most+`]`, `[7,0]`, `[`+most+`,`+most+`]`,
		`:361000000000`, `:`+most, `:3320413933267719290`, `:`+most, `:900000`, `:`+most).Replace(tiny)
	docs := []string{strings.Replace(empty, `"n":2`, `"n":0`, 1), one, saturated}
	for _, pair := range [][2]string{
		{`"last_update":[990,990]`, `"last_update":[]`}, {`"last_update":[990,990]`, `"last_update":[1,2,3]`},
		{`"validator_permit":[1,0]`, `"validator_permit":[]`}, {`"validator_permit":[1,0]`, `"validator_permit":[1]`},
		{`"commit_reveal":false,"commit_blocks":[]`, `"commit_reveal":true,"commit_blocks":[5]`},
		{`"commit_reveal":false,"commit_blocks":[]`, `"commit_reveal":true,"commit_blocks":[0,` + most + `]`},
		{`"weights":[[1,65535],[0,1]]`, `"weights":[[1,5,0,9,1,7,65535,1],[0,1]]`},
		{`"bonds":[[1,65535],[]]`, `"bonds":[[1,5,0,9,1,7,65535,1],[2,3]]`},
		{`"kappa":32767`, `"kappa":0`}, {`"kappa":32767`, `"kappa":65535`}, {`"owner_uid":null`, `"owner_uid":65535`},
		{`"activity_cutoff_blocks":360,`, ``}, {`"max_allowed_validators":1`, `"max_allowed_validators":0`},
		{`"yuma3":false`, `"yuma3":true`}, {`"liquid_alpha":false`, `"liquid_alpha":true`},
		{`"alpha_sigmoid_steepness":-1000`, `"alpha_sigmoid_steepness":-32768`},
	} {
		docs = append(docs, swapped(pair[0], pair[1]),
			strings.NewReplacer(`"yuma3":false`, `"yuma3":true`, `"liquid_alpha":false`, `"liquid_alpha":true`).Replace(swapped(pair[0], pair[1])))
	}
	for i, d := range docs {
		docs[i] = `{"init":` + d + `,"steps":[{"patch":{}},{"patch":{"block":1360}}]}`
	}
	return append(docs, stepped(), `{"format":"yuma-oracle-v1","vectors":[]}`, `{"vectors":[{"init":`+tiny+`}],"format":"yuma-oracle-v1"}`)
}

// Members come in the order they came in, as they stand but for space.
func TestEcho(t *testing.T) {
	doc := ` { "note" : "a\u00e9 \" b" , "init" : ` + strings.ReplaceAll(tiny, ",", " ,\n") + `, "steps" : [ { "out" : 1 , "patch" : { } } ] , "name" : "x" } `
	out, err := eval(doc, Options{})
	want := `{"note":"a\u00e9 \" b","init":` + tiny + `,"steps":[{"patch":{},"out":{"active":`
	if err != nil || !strings.HasPrefix(out, want) || !strings.HasSuffix(out, `}}],"name":"x"}`+"\n") {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := eval(`{"init":`+tiny+`,"steps":[]}`, Options{}); err != nil || out != `{"init":`+tiny+`,"steps":[]}`+"\n" {
		t.Errorf("%s, %v", out, err)
	}
}

func TestStop(t *testing.T) {
	for _, doc := range []string{stepped(`{}`, `{"nonsense`), `{"vectors":[{"init":` + tiny + `}, nonsense`} {
		if in, err := Read(strings.NewReader(doc)); err != nil || in.N != 2 {
			t.Errorf("%v", err)
		}
	}
	own := errors.New("own")
	err := Walk(strings.NewReader(stepped(`{}`)), func(*Step) (*yuma.Outputs, error) { return nil, own })
	if err != own {
		t.Errorf("got %v", err)
	}
	if _, err := Read(strings.NewReader(stepped())); err == nil {
		t.Error("inputs of no epoch")
	}
}

func TestFailingWriter(t *testing.T) {
	if err := Eval(openData(t, "small.json"), failing{}, Options{Trace: true}); err != io.ErrClosedPipe {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

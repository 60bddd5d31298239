package hyper_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
)

// Each field of Params has one line in the table, and each line one field.
func TestTableCoversParams(t *testing.T) {
	fields := reflect.TypeFor[hyper.Params]().NumField() - 1 // without the one that names the encoding
	if len(hyper.Table) != fields {
		t.Errorf("%d lines for %d fields", len(hyper.Table), fields)
	}
	seen := map[string]bool{}
	for _, s := range hyper.Table {
		if seen[s.Name] || s.Doc == "" {
			t.Errorf("%s: twice, or without a word of help", s.Name)
		}
		seen[s.Name] = true
		before, after := hyper.Defaults(), hyper.Defaults()
		other := s.Max
		if s.Get(&after) == other {
			other = s.Min
		}
		if err := s.Set(&after, other); err != nil {
			other = s.Get(&after) - 1 // bound to another one
			if s.Set(&after, other) != nil {
				other += 2
				err = s.Set(&after, other)
			} else {
				err = nil
			}
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
		changed := 0
		a, b := reflect.ValueOf(before), reflect.ValueOf(after)
		for i := 1; i < a.NumField(); i++ {
			if !a.Field(i).Equal(b.Field(i)) {
				changed++
			}
		}
		if changed != 1 || s.Get(&after) != other {
			t.Errorf("%s: setting it changes %d fields", s.Name, changed)
		}
	}
}

// The defaults are what the table says, within range, and survive encoding.
func TestDefaults(t *testing.T) {
	p := hyper.Defaults()
	for _, s := range hyper.Table {
		if q := p; s.Get(&p) != s.Default || s.Set(&q, s.Default) != nil {
			t.Errorf("%s: default %s", s.Name, s.Format(s.Default))
		}
	}
	var q hyper.Params
	if err := codec.Decode(codec.MustEncode(p), &q); err != nil || p != q {
		t.Errorf("%+v came back as %+v, %v", p, q, err)
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"tempo", "1", true}, {"tempo", "0", false}, {"tempo", "50401", false}, {"tempo", "-1", false}, {"tempo", "1.5", false},
		{"alpha_sigmoid_steepness", "-32768", true}, {"alpha_sigmoid_steepness", "-32769", false}, {"alpha_sigmoid_steepness", "32768", false},
		{"adjustment_alpha", "18446744073709551615", true}, {"adjustment_alpha", "18446744073709551616", false},
		{"yuma3", "true", true}, {"yuma3", "0", true}, {"yuma3", "2", false}, {"yuma3", "maybe", false},
		{"max_allowed_validators", "256", true}, {"max_allowed_validators", "257", false},
		{"alpha_low", "58983", false}, {"alpha_high", "45874", false}, {"bonds_moving_avg", "975001", false},
	} {
		_, s, ok := hyper.Find(c.name)
		if !ok {
			t.Fatalf("no %s", c.name)
		}
		p := hyper.Defaults()
		v, err := s.Parse(c.text)
		if err == nil {
			err = s.Set(&p, v)
		}
		var bad *hyper.RangeError
		if (err == nil) != c.ok || err != nil && (!errors.As(err, &bad) || p != hyper.Defaults()) {
			t.Errorf("%s %s: %v", c.name, c.text, err)
		}
	}
}

// A difficulty that is set is within its bounds, which are named; bounds may be set to leave out the one of now.
func TestDifficultyWithinBounds(t *testing.T) {
	_, difficulty, _ := hyper.Find("difficulty")
	_, least, _ := hyper.Find("min_difficulty")
	_, most, _ := hyper.Find("max_difficulty")
	p := hyper.Defaults()
	p.MinDifficulty, p.MaxDifficulty, p.Difficulty = 10, 100, 50
	for v, rule := range map[uint64]string{9: "at least min_difficulty 10", 10: "", 100: "", 101: "at most max_difficulty 100", 0: "allowed is 1 to 18446744073709551615"} {
		q := p
		err := difficulty.Set(&q, v)
		var bad *hyper.RangeError
		if rule == "" && (err != nil || q.Difficulty != v) || rule != "" && (!errors.As(err, &bad) || bad.Rule != rule || q != p) {
			t.Errorf("%d: %v, %d", v, err, q.Difficulty)
		}
	}
	q := p
	if err := least.Set(&q, 60); err != nil || q.Difficulty != 50 {
		t.Errorf("least: %v, %d", err, q.Difficulty)
	}
	q = p
	if err := most.Set(&q, 40); err != nil || q.Validate() != nil || difficulty.Put(&q, 41) != nil {
		t.Errorf("most: %v", err)
	}
}

// A name of the protocol's table and of the field's tools leads to the one line that it means, and to no other.
func TestFindByOtherNames(t *testing.T) {
	taken := map[string]string{}
	for i, s := range hyper.Table {
		for _, name := range append([]string{s.Name}, s.Also()...) {
			if other, is := taken[name]; is {
				t.Errorf("%s is %s and %s", name, other, s.Name)
			}
			taken[name] = s.Name
			if id, found, ok := hyper.Find(name); !ok || id != i || found.Name != s.Name {
				t.Errorf("%s leads to %d, %v", name, id, ok)
			}
		}
	}
	for name, want := range map[string]string{
		"commit_reveal": "commit_reveal_weights_enabled", "yuma3_enabled": "yuma3", "liquid_alpha_enabled": "liquid_alpha", "max_weights_limit": "max_weight_limit",
		"max_validators": "max_allowed_validators", "pow_allowed": "pow_registration_allowed", "network_pow_registration_allowed": "pow_registration_allowed",
	} {
		if taken[name] != want {
			t.Errorf("%s is %q, not %s", name, taken[name], want)
		}
	}
	if _, _, ok := hyper.Find("activity_cutoff"); ok { // blocks there, thousandths of a tempo here
		t.Error("activity_cutoff means something else")
	}
}

// Each line says of what type its values are, and its range is within that.
func TestTypes(t *testing.T) {
	most := map[string]uint64{"u16": 1<<16 - 1, "u32": 1<<32 - 1, "u64": 1<<64 - 1, "i16": 1<<15 - 1, "bool": 1}
	for _, s := range hyper.Table {
		if limit, ok := most[s.Type]; !ok || s.Max > limit || (s.Type == "i16") != s.Signed || (s.Type == "bool") != (s.Kind == hyper.Switch) {
			t.Errorf("%s: type %q, up to %d", s.Name, s.Type, s.Max)
		}
	}
}

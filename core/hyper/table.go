package hyper

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Spec is what the table says of one hyperparameter. Values are numbers of 64 bits; where Signed is set they are two's
// complement.
type Spec struct {
	Name      string
	Kind      Kind
	Type      string // of its values: u16, u32, u64, i16 or bool
	Doc       string
	Default   uint64
	Min, Max  uint64
	Signed    bool
	Setter    Setter
	RateLimit uint16 // tempos between two changes by the owner

	also string // other names, see [Spec.Also]
	get  func(*Params) uint64
	set  func(*Params, uint64)
}

// usual is the rate limit of what owners set: once in two tempos.
const usual = 2

// Table lists the hyperparameters in the order in which people read them. A spec's place is its id: new ones are added at
// the end. Behind a name stand the others that it answers to: those of the protocol's table and of the field's tools.
var Table = []Spec{
	spec("tempo", Blocks, "blocks from epoch to epoch", 360, 1, 50_400, Root, func(p *Params) *uint16 { return &p.Tempo }),
	spec("rho", Number, "steepness of the consensus sigmoid in the root epoch", 10, 1, 100, Owner, func(p *Params) *uint16 { return &p.Rho }),
	spec("kappa", Share, "stake that makes a majority", 32_767, 0, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.Kappa }),
	spec("activity_cutoff_factor", Number, "thousandths of a tempo after which a validator that sets no weights is inactive", 13_889, 1_000, 50_000, Owner, func(p *Params) *uint32 { return &p.ActivityCutoffFactor }),
	spec("bonds_moving_avg bonds_moving_average", Number, "millionths of the old bonds that an epoch keeps", 900_000, 0, 975_000, Owner, func(p *Params) *uint64 { return &p.BondsMovingAverage }),
	spec("bonds_penalty", Share, "0: bonds follow weights as set, 65535: as consensus leaves them", 65_535, 0, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.BondsPenalty }),
	flag("yuma3 yuma3_enabled", "bonds of each pair by themselves", false, Owner, func(p *Params) *bool { return &p.Yuma3 }),
	flag("liquid_alpha liquid_alpha_enabled", "bonds move faster where a validator leads consensus; Yuma 3 only", false, Owner, func(p *Params) *bool { return &p.LiquidAlpha }),
	spec("alpha_low", Share, "least rate of liquid alpha", 45_875, 1_638, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.AlphaLow }),
	spec("alpha_high", Share, "largest rate of liquid alpha", 58_982, 1_638, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.AlphaHigh }),
	steepness("alpha_sigmoid_steepness", "hundredths; of liquid alpha's sigmoid", 1_000, Owner, func(p *Params) *int16 { return &p.AlphaSteepness }),
	spec("max_allowed_uids", Number, "neurons at most; more than there are", 256, 1, 4_096, Root, func(p *Params) *uint16 { return &p.MaxUIDs }),
	spec("max_allowed_validators max_validators", Number, "permits at most; no more than max_allowed_uids", 64, 1, 4_096, Root, func(p *Params) *uint16 { return &p.MaxValidators }),
	spec("immunity_period", Blocks, "blocks in which a new neuron is not replaced", 5_000, 0, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.ImmunityPeriod }),
	spec("min_allowed_weights", Number, "entries that a row of weights has at least", 1, 0, 4_096, Owner, func(p *Params) *uint16 { return &p.MinWeights }),
	spec("max_weight_limit max_weights_limit", Share, "part of a row that one weight is at most", 65_535, 1, math.MaxUint16, Owner, func(p *Params) *uint16 { return &p.MaxWeight }),
	spec("weights_rate_limit weights_set_rate_limit", Blocks, "blocks between two rows of weights of a neuron", 100, 0, 1<<20, Owner, func(p *Params) *uint64 { return &p.WeightsRateLimit }),
	limited(5, spec("weights_version weights_version_key", Number, "least version key of weights, 0 for any", 0, 0, math.MaxUint64, Owner, func(p *Params) *uint64 { return &p.WeightsVersion })),
	flag("commit_reveal_weights_enabled commit_reveal", "weights are committed to before they are revealed", false, Owner, func(p *Params) *bool { return &p.CommitReveal }),
	spec("commit_reveal_period reveal_period commit_reveal_weights_interval", Number, "epochs between commit and reveal", 1, 1, 100, Owner, func(p *Params) *uint16 { return &p.RevealPeriod }),
	flag("registration_allowed network_registration_allowed", "registration by burning", true, Owner, func(p *Params) *bool { return &p.RegistrationAllowed }),
	flag("pow_registration_allowed pow_allowed network_pow_registration_allowed", "registration by proof of work", false, Owner, func(p *Params) *bool { return &p.PowAllowed }),
	spec("max_regs_per_block max_registrations_per_block", Number, "registrations in one block at most", 1, 1, 64, Root, func(p *Params) *uint16 { return &p.MaxRegsPerBlock }),
	spec("target_regs_per_interval target_registrations_per_interval", Number, "registrations that an adjustment interval aims at; three times as many are refused", 1, 1, 1_000, Root, func(p *Params) *uint16 { return &p.TargetRegs }),
	spec("adjustment_interval", Blocks, "blocks from adjustment to adjustment of burn and difficulty", 360, 1, math.MaxUint16, Root, func(p *Params) *uint16 { return &p.AdjustmentInterval }),
	spec("adjustment_alpha", Wide, "part of the old burn and difficulty that an adjustment keeps", 17_893_341_751_498_265_066, 0, math.MaxUint64, Owner, func(p *Params) *uint64 { return &p.AdjustmentAlpha }),
	spec("min_burn", Rao, "least cost of a registration", 1, 1, 1_000_000_000, Owner, func(p *Params) *uint64 { return (*uint64)(&p.MinBurn) }),
	spec("max_burn", Rao, "largest cost of a registration", 100_000_000_000, 100_000_000, 1_000_000_000_000, Owner, func(p *Params) *uint64 { return (*uint64)(&p.MaxBurn) }),
	spec("min_difficulty", Number, "least difficulty of a proof of work", 10_000_000, 1, math.MaxUint64, Owner, func(p *Params) *uint64 { return &p.MinDifficulty }),
	spec("max_difficulty", Number, "largest difficulty of a proof of work", math.MaxUint64/4, 1, math.MaxUint64, Owner, func(p *Params) *uint64 { return &p.MaxDifficulty }),
	spec("serving_rate_limit", Blocks, "blocks between two announcements of an axon", 50, 0, 1<<20, Owner, func(p *Params) *uint64 { return &p.ServingRateLimit }),
	spec("difficulty", Number, "difficulty of a proof of work, until the next adjustment moves it", 10_000_000, 1, math.MaxUint64, Owner, func(p *Params) *uint64 { return &p.Difficulty }),
}

func spec[T uint16 | uint32 | uint64](names string, k Kind, doc string, def, least, most uint64, who Setter, at func(*Params) *T) Spec {
	name, also, _ := strings.Cut(names, " ")
	return Spec{
		Name: name, also: also, Kind: k, Doc: doc, Default: def, Min: least, Max: most, Setter: who, RateLimit: usual,
		Type: typeOf(uint64(^T(0))),
		get:  func(p *Params) uint64 { return uint64(*at(p)) },
		set:  func(p *Params, v uint64) { *at(p) = T(v) },
	}
}

// typeOf names the type of numbers up to most.
func typeOf(most uint64) string {
	switch most {
	case math.MaxUint16:
		return "u16"
	case math.MaxUint32:
		return "u32"
	}
	return "u64"
}

func flag(names, doc string, def bool, who Setter, at func(*Params) *bool) Spec {
	name, also, _ := strings.Cut(names, " ")
	s := Spec{
		Name: name, also: also, Kind: Switch, Type: "bool", Doc: doc, Max: 1, Setter: who, RateLimit: usual,
		get: func(p *Params) uint64 {
			if *at(p) {
				return 1
			}
			return 0
		},
		set: func(p *Params, v uint64) { *at(p) = v == 1 },
	}
	if def {
		s.Default = 1
	}
	return s
}

func steepness(names, doc string, def uint64, who Setter, at func(*Params) *int16) Spec {
	least := int64(math.MinInt16)
	name, also, _ := strings.Cut(names, " ")
	return Spec{
		Name: name, also: also, Kind: Number, Type: "i16", Doc: doc, Default: def, Min: uint64(least), Max: math.MaxInt16, Signed: true,
		Setter: who, RateLimit: usual,
		get: func(p *Params) uint64 { return uint64(int64(*at(p))) },
		set: func(p *Params, v uint64) { *at(p) = int16(v) },
	}
}

func limited(tempos uint16, s Spec) Spec {
	s.RateLimit = tempos
	return s
}

// Defaults are the hyperparameters of a new subnet.
func Defaults() (p Params) {
	for i := range Table {
		Table[i].set(&p, Table[i].Default)
	}
	return p
}

// Find returns the id of a hyperparameter and its spec, by its name or by another that it is known by.
func Find(name string) (id int, s *Spec, ok bool) {
	for i := range Table {
		if Table[i].Name == name || slices.Contains(Table[i].Also(), name) {
			return i, &Table[i], true
		}
	}
	return 0, nil, false
}

// Also returns the other names that a hyperparameter answers to.
func (s *Spec) Also() []string { return strings.Fields(s.also) }

// RangeError says that a value is outside of what a hyperparameter may be.
type RangeError struct {
	Name, Value, Rule string
}

// Error names the hyperparameter, the value and the rule.
func (e *RangeError) Error() string { return fmt.Sprintf("%s %s: %s", e.Name, e.Value, e.Rule) }

// Get returns the value in p.
func (s *Spec) Get(p *Params) uint64 { return s.get(p) }

// Set writes v to p. The error is a [*RangeError], and p is as it was, when v is out of range or doesn't go with the rest
// of p.
func (s *Spec) Set(p *Params, v uint64) error {
	next := *p
	if err := s.Put(&next, v); err != nil {
		return err
	}
	rule := next.broken()
	if rule == "" && s.Name == "difficulty" {
		rule = next.outOfBounds()
	}
	if rule != "" {
		return &RangeError{s.Name, s.Format(v), rule}
	}
	*p = next
	return nil
}

// Put writes v to p whatever the rest of p is, for those who write several and then call [Params.Validate]. The error is
// a [*RangeError] when v is out of range.
func (s *Spec) Put(p *Params, v uint64) error {
	if s.less(v, s.Min) || s.less(s.Max, v) {
		return &RangeError{s.Name, s.Format(v), fmt.Sprintf("allowed is %s to %s", s.Format(s.Min), s.Format(s.Max))}
	}
	s.set(p, v)
	return nil
}

// Validate returns an error that names the first rule between hyperparameters that p breaks.
func (p *Params) Validate() error {
	if rule := p.broken(); rule != "" {
		return errors.New(rule)
	}
	return nil
}

func (s *Spec) less(a, b uint64) bool {
	if s.Signed {
		return int64(a) < int64(b)
	}
	return a < b
}

// broken returns the rule between hyperparameters that p breaks, "" when it breaks none.
func (p *Params) broken() string {
	switch {
	case p.MaxValidators > p.MaxUIDs:
		return fmt.Sprintf("max_allowed_validators %d is at most max_allowed_uids %d", p.MaxValidators, p.MaxUIDs)
	case p.AlphaLow > p.AlphaHigh:
		return fmt.Sprintf("alpha_low %d is at most alpha_high %d", p.AlphaLow, p.AlphaHigh)
	case p.MinBurn > p.MaxBurn:
		return fmt.Sprintf("min_burn %d is at most max_burn %d", p.MinBurn, p.MaxBurn)
	case p.MinDifficulty > p.MaxDifficulty:
		return fmt.Sprintf("min_difficulty %d is at most max_difficulty %d", p.MinDifficulty, p.MaxDifficulty)
	}
	return ""
}

// outOfBounds returns which bound of p its difficulty passes, "" when none. It is no rule of [Params.Validate]: new bounds may
// leave out the difficulty of now, which the next adjustment brings within them.
func (p *Params) outOfBounds() string {
	switch {
	case p.Difficulty < p.MinDifficulty:
		return fmt.Sprintf("at least min_difficulty %d", p.MinDifficulty)
	case p.Difficulty > p.MaxDifficulty:
		return fmt.Sprintf("at most max_difficulty %d", p.MaxDifficulty)
	}
	return ""
}

// Format writes a value in decimal.
func (s *Spec) Format(v uint64) string {
	if s.Signed {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatUint(v, 10)
}

// Parse reads a value: a whole number; for switches also true and false.
func (s *Spec) Parse(text string) (uint64, error) {
	var v uint64
	var err error
	switch {
	case s.Kind == Switch && text == "true":
		v = 1
	case s.Kind == Switch && text == "false":
	case s.Signed:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v = uint64(n)
	default:
		v, err = strconv.ParseUint(text, 10, 64)
	}
	if err != nil && s.Kind == Switch {
		return 0, &RangeError{s.Name, strconv.Quote(text), "want true or false"}
	}
	if err != nil {
		return 0, &RangeError{s.Name, strconv.Quote(text), fmt.Sprintf("want a whole number from %s to %s", s.Format(s.Min), s.Format(s.Max))}
	}
	return v, nil
}

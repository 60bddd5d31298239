package bundle

import (
	"bytes"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// FigureKind is the kind of [Figure].
const FigureKind = "figure"

// maxPages is how many pages a long list may have.
const maxPages = 4096

// Figure is what a program of core/chain answers over the state that the last header of the path names.
type Figure struct {
	_       struct{} `cbor:",toarray"`
	Program string   // such as account@1
	Pages   []Page   // one, or those of a long list in order
}

// Whole puts the pages together: a pointer to what the program answers. It is a part of a list if that does not begin with
// the first page or goes on after the last one.
func (f *Figure) Whole() (value any, part bool, err error) {
	program, ok := chain.Lookup(f.Program)
	if !ok {
		return nil, false, &NewerError{What: fmt.Sprintf("the program %.40q", f.Program)}
	}
	for i, page := range f.Pages {
		first, next, err := program.Page(page.Args, page.Result)
		if err != nil {
			return nil, false, err
		}
		one := program.NewResult()
		if err := codec.Decode(page.Result, one); err != nil {
			return nil, false, err
		}
		switch {
		case i == 0:
			value, part = one, !first
		default:
			if err := view.AddPage(value, one); err != nil {
				return nil, false, err
			}
		}
		part = part || i == len(f.Pages)-1 && next != nil
	}
	return value, part, nil
}

// Page is one run of the program.
type Page struct {
	_       struct{} `cbor:",toarray"`
	Args    []byte   // canonical CBOR of the arguments
	Witness []byte   // the state nodes that the program touches
	Result  []byte   // canonical CBOR of the answer
}

// Kind implements [Body].
func (f *Figure) Kind() string { return FigureKind }

func (f *Figure) checkShape() error {
	if n := len(f.Pages); n == 0 || n > maxPages {
		return &FormatError{Reason: fmt.Sprintf("its figure has %d pages, 1 to %d are allowed", n, maxPages)}
	}
	return nil
}

func (f *Figure) above() int { return 0 }

func (f *Figure) checks() []check {
	var results [][]byte
	return []check{
		{"witness", "The witness hashes to the signed root", func(c *run) (detail string, err error) {
			results, err = f.answer(c)
			return fmt.Sprintf("%s under %s", some(c.r.Nodes, "node"), short(c.r.State[:])), err
		}},
		{"answer", "The answer follows", func(*run) (string, error) {
			program, _ := chain.Lookup(f.Program) // which has run
			var next []byte                       // arguments of the page that has to follow
			for i, page := range f.Pages {
				if !bytes.Equal(results[i], page.Result) {
					return "", f.falseAnswer(results, i)
				}
				if i > 0 && (next == nil || !bytes.Equal(page.Args, next)) {
					return "", &BodyError{Reason: fmt.Sprintf("its page %d does not go on where page %d ends", i+1, i)}
				}
				var err error
				if _, next, err = program.Page(page.Args, page.Result); err != nil {
					return "", err
				}
			}
			return fmt.Sprintf("program %s run here over the witness", f.Program), nil
		}},
	}
}

// falseAnswer says that a page claims another answer than the program gives, and what all pages say together: nobody is shown
// a page's sum beside that of the list.
func (f *Figure) falseAnswer(results [][]byte, page int) error {
	e := &AnswerError{Program: f.Program, Claimed: f.Pages[page].Result, Computed: results[page]}
	if len(f.Pages) == 1 {
		return e
	}
	truth := &Figure{Program: f.Program}
	for i := range f.Pages {
		truth.Pages = append(truth.Pages, Page{Args: f.Pages[i].Args, Result: results[i]})
	}
	claimed, _, err := f.Whole()
	computed, _, failed := truth.Whole()
	if err == nil && failed == nil {
		e.Claimed, e.Computed = codec.MustEncode(claimed), codec.MustEncode(computed)
	}
	return e
}

// answer runs the program over the witness of each page.
func (f *Figure) answer(c *run) (results [][]byte, err error) {
	program, ok := chain.Lookup(f.Program)
	if !ok {
		return nil, &NewerError{What: fmt.Sprintf("the program %.40q", f.Program)}
	}
	root, err := stateUnder(c, c.b.Path.Last())
	if err != nil {
		return nil, err
	}
	for _, page := range f.Pages {
		result, stats, err := light.Answer(program, page.Witness, root, page.Args)
		if err != nil {
			return nil, err
		}
		c.r.Nodes += stats.Nodes
		results = append(results, result)
	}
	return results, nil
}

// stateUnder returns the state root that a header names, if its rules are known here.
func stateUnder(c *run, h *light.Header) (state.Root, error) {
	if h.AppVersion != chain.AppVersion {
		return state.Root{}, &light.VersionError{Height: h.Height, Got: h.AppVersion, Known: chain.AppVersion}
	}
	root, err := (&light.LightBlock{Header: *h}).StateRoot()
	c.r.State = root
	return root, err
}

func (f *Figure) conclude(r *Report, p *light.Path) {
	if h := p.Last(); h != nil {
		r.Height, r.Time = h.Height-1, h.Time
	}
	r.Silent = []string{
		"anything about later blocks",
		"that the rules of the chain led to this state: it was signed, and not replayed here",
	}
	if _, part, err := f.Whole(); err == nil && part {
		r.Part = true
		r.Silent = append([]string{"the rest of the list: sums are those of the part that it holds"}, r.Silent...)
	}
}

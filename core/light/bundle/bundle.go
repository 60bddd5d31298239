package bundle

import (
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
)

// Limits and constants of the file.
const (
	MaxFile   = 24 << 20    // bytes
	Extension = ".taoproof" // of a file's name
	Version   = 1           // of the format
	magic     = "taoproof"
	maxKind   = 32 // bytes
)

// Bundle is a proof that was read or is about to be written. One from [Decode] is well-formed and nothing more.
type Bundle struct {
	ChainID string
	Root    light.TrustRoot // where the path begins
	Path    light.Path
	Body    Body
}

// Body is what a bundle shows; there is one type for each kind: [*Figure], [*Transaction], [*Block], [*Fork].
type Body interface {
	// Kind is the kind's name in the file.
	Kind() string
	// checkShape holds counts to their limits, where the types don't.
	checkShape() error
	// above is how many headers above the path's last it leans on: a trusted block below those vouches for none of them.
	above() int
	// checks are the steps that are the kind's own, in order, after those that all have.
	checks() []check
	// conclude enters into a report what the body says and doesn't, as far as it can be known without believing it.
	conclude(*Report, *light.Path)
}

// newBody returns an empty body of a kind, nil for one that this version doesn't know.
func newBody(kind string) Body {
	switch kind {
	case FigureKind:
		return new(Figure)
	case TransactionKind:
		return new(Transaction)
	case BlockKind:
		return new(Block)
	case ForkKind:
		return new(Fork)
	}
	return nil
}

// file is the document, see the package's doc.
type file struct {
	_       struct{} `cbor:",toarray"`
	Magic   string
	Version uint64
	Kind    string
	Chain   string
	Height  uint64
	Hash    [32]byte
	Up      [][]byte
	Down    [][]byte
	Body    codec.Raw
}

// Decode reads a file. It accepts exactly what [Bundle.Encode] writes. Errors are [FormatError], [NewerError] for a version
// or kind that this program doesn't know, and those of the light blocks.
func Decode(raw []byte) (*Bundle, error) {
	if len(raw) > MaxFile {
		return nil, &FormatError{Reason: fmt.Sprintf("it has %d bytes, at most %d are allowed", len(raw), MaxFile)}
	}
	if err := checkHead(raw); err != nil {
		return nil, err
	}
	var f file
	if err := codec.Decode(raw, &f); err != nil {
		return nil, &FormatError{Reason: err.Error()}
	}
	if len(f.Chain) == 0 || len(f.Chain) > light.MaxChainID {
		return nil, &FormatError{Reason: fmt.Sprintf("its chain id has %d bytes, 1 to %d are allowed", len(f.Chain), light.MaxChainID)}
	}
	if f.Height == 0 || f.Hash == [32]byte{} {
		return nil, &FormatError{Reason: "it has no trust root"}
	}
	b := &Bundle{ChainID: f.Chain, Root: light.TrustRoot{Height: f.Height, Hash: f.Hash}, Body: newBody(f.Kind)}
	if b.Body == nil {
		return nil, &NewerError{What: fmt.Sprintf("the kind %.*q", maxKind, f.Kind)}
	}
	if err := codec.Decode(f.Body, b.Body); err != nil {
		return nil, &FormatError{Reason: err.Error()}
	}
	if err := b.Body.checkShape(); err != nil {
		return nil, err
	}
	return b, b.readPath(f.Up, f.Down)
}

// checkHead tells files that are no bundle, and those of another version, from damaged ones.
func checkHead(raw []byte) error {
	const head = 1 + 1 + len(magic) + 1 // array, text, its bytes, version: each fits into a byte
	want := append([]byte{0x89, 0x60 | byte(len(magic))}, magic...)
	if len(raw) < head || string(raw[1:head-1]) != string(want[1:]) {
		return &FormatError{Reason: "it is no " + Extension + " file"}
	}
	switch v := raw[head-1]; {
	case v == Version:
		return nil
	case v > Version && v < 0x1c: // as an integer of one byte, or the first byte of a longer one
		return &NewerError{What: fmt.Sprintf("version %d of the format", v)}
	}
	return &FormatError{Reason: "its version is none"}
}

func (b *Bundle) readPath(up, down [][]byte) error {
	if len(up) == 0 || len(up) > light.MaxHops || len(down) > light.MaxLinks {
		return &FormatError{Reason: fmt.Sprintf("its path has %d blocks and %d headers, 1 to %d and at most %d are allowed", len(up), len(down), light.MaxHops, light.MaxLinks)}
	}
	for _, one := range up {
		block, err := light.DecodeLightBlock(one)
		if err != nil {
			return err
		}
		b.Path.Up = append(b.Path.Up, block)
	}
	for _, one := range down {
		h, err := light.DecodeHeader(one)
		if err != nil {
			return err
		}
		b.Path.Down = append(b.Path.Down, h)
	}
	return nil
}

// Encode writes the file. It fails with [FormatError] for a bundle that is too large or that [Decode] would not read.
func (b *Bundle) Encode() ([]byte, error) {
	f := file{Magic: magic, Version: Version, Kind: b.Body.Kind(), Chain: b.ChainID, Height: b.Root.Height, Hash: b.Root.Hash, Up: [][]byte{}, Down: [][]byte{}}
	for _, block := range b.Path.Up {
		f.Up = append(f.Up, block.Encode())
	}
	for _, h := range b.Path.Down {
		f.Down = append(f.Down, h.Encode())
	}
	var err error
	if f.Body, err = codec.Encode(b.Body); err != nil {
		return nil, err
	}
	raw, err := codec.Encode(f)
	if err != nil {
		return nil, err
	}
	if _, err := Decode(raw); err != nil {
		return nil, err
	}
	return raw, nil
}

package tab

// Fork is two chains that two thirds of the producers signed. From here on nothing of either is shown, and which of them is
// right nobody can tell from the signatures.
type Fork struct {
	_       struct{} `cbor:",toarray"`
	Kind    string   // "equivocation": both blocks of one height and round; "lunatic": one of the headers breaks the rules; "amnesia": of two rounds; empty: not known yet
	Shared  uint64   // height of the last block that both sides have; 0: not known yet
	A, B    ForkSide
	Both    []Signer // producers that signed both blocks: guilty whichever is right. Empty for amnesia, which convicts nobody
	Power   uint64   // of theirs
	Total   uint64   // of all producers of block A
	Telling bool     // relays are being handed the evidence
	Reports []ForkReport
}

// ForkSide is one of the two chains.
type ForkSide struct {
	_     struct{} `cbor:",toarray"`
	Relay string   // who showed it first
	Block Block    // the first one that is known to differ, with its signatures as checked here; its level is claimed
	Alone []Signer // lunatic only: producers that signed no other side; guilty if this one is the false one
}

// ForkReport is what a relay said to the evidence against the other side.
type ForkReport struct {
	_       struct{} `cbor:",toarray"`
	Relay   string
	Against string // the relay that showed the accused side
	Taken   bool   // it found the evidence right, now or before: a block will hold it, and the chain goes on without the accused
	Code    string // of its refusal
	Answer  string // in words
}

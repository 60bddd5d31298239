package checkpoint

// Compare holds two checkpoints of one chain against each other, each with whose signatures under it are right. agree says
// that they name the same block; false without an error that they are of different heights, where only verification
// from one to the other tells. It never says which of two is right. Errors: [ChainError], [ConflictError], [DateError].
func Compare(a, b Checkpoint, byA, byB Signers) (agree bool, err error) {
	if a.ChainID != b.ChainID {
		return false, &ChainError{Got: b.ChainID, Want: a.ChainID}
	}
	if a.Height == b.Height && a.Hash != b.Hash {
		return false, &ConflictError{Height: a.Height, A: side(a, byA), B: side(b, byB)}
	}
	if a.Height == b.Height && a.Time != b.Time || a.Height < b.Height && a.Time > b.Time || a.Height > b.Height && a.Time < b.Time {
		return false, &DateError{Height: a.Height, Date: a.Time, Other: b.Time, By: byA.String(), OtherBy: byB.String()}
	}
	return a.Height == b.Height, nil
}

func side(c Checkpoint, by Signers) Side {
	return Side{Height: c.Height, Hash: c.Hash, By: by.String(), Makes: c.Hash}
}

package model

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/client"
	"github.com/taolight/taolight/ui/text"
)

// Saving is the file that is being made, or was made last.
type Saving struct {
	Key  string // of the button: what is saved
	Busy bool
	Note string // what came of it
}

// SaveFigure makes a file of a figure and gives it to the visitor.
func (a *App) SaveFigure(of *Asked) {
	q := of.Query
	q.Height = of.Figure.Height
	a.save(KeyOf(of), tab.SaveParams{Figure: &q})
}

// KeyOf names a figure's button.
func KeyOf(of *Asked) string { return of.Query.Program + string(of.Query.Args) }

// SaveTx makes a file of a transaction.
func (a *App) SaveTx(block uint64, tx [32]byte) {
	a.save(string(tx[:]), tab.SaveParams{Block: block, Tx: tx})
}

func (a *App) save(key string, p tab.SaveParams) {
	if a.Saving.Busy {
		return
	}
	a.Saving = Saving{Key: key, Busy: true}
	client.Ask(a.Node, tab.Save, p, func(f tab.ProofFile, err error) {
		a.Saving.Busy = false
		if err != nil {
			a.Saving.Note = "No file was made. " + err.Error()
			return
		}
		a.Host.Save(f.Name, f.File)
		a.Saving.Note = "Saved as " + f.Name + ", " + text.Bytes(uint64(len(f.File))) + "."
	})
}

// EvidenceKey names the button for the evidence of a fraud or a fork.
const EvidenceKey = "evidence"

// SaveEvidence makes a file of what stopped the node.
func (a *App) SaveEvidence() {
	a.save(EvidenceKey, tab.SaveParams{Fraud: a.Status.Fraud != nil, Fork: a.Status.Fraud == nil})
}

// SaveBlock makes a file of a block to execute again.
func (a *App) SaveBlock(height uint64) {
	a.save("block "+text.Count(height), tab.SaveParams{Replay: height})
}

// SavingNote says what became of the file with this key.
func (a *App) SavingNote(key string) string {
	switch s := &a.Saving; {
	case s.Key != key:
		return ""
	case s.Busy:
		return "Making the file …"
	default:
		return s.Note
	}
}

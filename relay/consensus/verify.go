package consensus

import (
	"context"
	"runtime"
	"sync"

	"github.com/taolight/taolight/core/keys/sign"
)

// verifyChunk is how many signatures one worker takes at a time: enough for a batch to pay off.
const verifyChunk = 64

// verifier checks signatures on all processors. Its workers live as long as it does, so that executing a block starts
// no goroutine of its own.
type verifier struct {
	jobs chan verifyJob
	done sync.WaitGroup
}

type verifyJob struct {
	checks  []sign.Check
	valid   []bool // as long as checks
	pending *sync.WaitGroup
}

// newVerifier starts the workers; they end with ctx, after which wait returns.
func newVerifier(ctx context.Context) *verifier {
	v := &verifier{jobs: make(chan verifyJob)}
	for range runtime.GOMAXPROCS(0) {
		v.done.Go(func() {
			for {
				select {
				case j := <-v.jobs:
					j.run()
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return v
}

func (j verifyJob) run() {
	defer j.pending.Done()
	copy(j.valid, sign.VerifyAll(j.checks))
}

// verify is a [sign.Verifier]. What no worker is free for, the caller does itself; so it works without workers, too.
func (v *verifier) verify(checks []sign.Check) []bool {
	valid := make([]bool, len(checks))
	var pending sync.WaitGroup
	for start := 0; start < len(checks); start += verifyChunk {
		end := min(start+verifyChunk, len(checks))
		j := verifyJob{checks: checks[start:end], valid: valid[start:end], pending: &pending}
		pending.Add(1)
		if end == len(checks) { // the last chunk, often the only one, is the caller's
			j.run()
			break
		}
		select {
		case v.jobs <- j:
		default:
			j.run()
		}
	}
	pending.Wait()
	return valid
}

func (v *verifier) wait() { v.done.Wait() }

// Package light lets a program that holds nothing but a trust root check what relays tell it about the chain.
//
// Begin with [NewClient] and one [Source] per relay ([NewRelay] makes one from a connection): [Client.Sync] brings it
// from the trust root to the newest block, [Client.Follow] keeps it there, [Client.Query] runs a query of the chain
// over a witness and says how far the answer was checked ([Proven]), [Client.Block] and [Client.Events] fetch what a block
// holds and what it did. [Client.At] reaches earlier blocks, and [Client.QueryAt] asks their states; core/light/series does
// so for figures over time. [Client.Replay] executes a block again here, [Client.ReplayFrom] and [Client.ReplayNext] one after
// the other, and [Client.Audit] computes an epoch again. core/light/bundle puts what was proven into files. [Client.Report]
// tells the relays when two of them show different chains. Whoever has light blocks from elsewhere calls the pure functions: [DecodeLightBlock], [VerifyAdjacent], [VerifyNonAdjacent], [Verify].
//
// # What is trusted
//
// The trust root (a block's height and hash, from somewhere else than a relay), this computer's clock to within
// [Params].MaxClockDrift, and that of the block producers that were in office at a trusted block fewer than one third,
// by voting power, have turned dishonest until [Params].TrustingPeriod after that block's time. Relays are not trusted:
// a relay can withhold, delay and say which transactions it doesn't like; it can't make a false header, figure or block
// look verified. Two thirds of the producers can fork the chain, censor and sign a state that its rules forbid: the
// client notices a fork when another relay shows the other side ([ForkError]) and then has evidence against who signed it
// ([Attack]); a forbidden state it notices where it replays ([FraudError]).
//
// # Errors are decisions
//
// [VerdictOf] sorts every error of this package into one of three: [Accept] (nil), [Blame] (whoever sent it said
// something that can't be true: stop using it, tell the user) and [Inconclusive] (nothing was shown: ask again, ask
// another). [SourceError] adds who said it.
package light

package main

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// powPath is how the call register is made: by a flag of the command of burned_register.
const powPath = "register --pow"

// workWithin is how many blocks behind the one that work is on may hold it.
const workWithin = 2

// powCommand is the command that registers, with --pow given: a name that is known from elsewhere.
func (a *app) powCommand(burning callSpec, name string) *cobra.Command {
	burning.short, burning.long = "Register on a subnet by proof of work", "As register --pow: --from is the hotkey itself, nothing is paid."
	burning.example = "  taolight subnet pow-register --netuid 1 --from worker --coldkey savings"
	c := a.command(burning, name)
	a.addPow(c)
	c.Flags().Set("pow", "true")
	return c
}

// addPow adds registration by proof of work to the command that registers.
func (a *app) addPow(c *cobra.Command) {
	var pow bool
	var coldkey string
	var threads int
	f := c.Flags()
	f.BoolVar(&pow, "pow", false, "register by proof of work; --from is the hotkey's wallet")
	f.StringVar(&coldkey, "coldkey", "", "with --pow, `ADDRESS` of the coldkey that owns the hotkey, or will")
	f.IntVar(&threads, "threads", runtime.NumCPU(), "with --pow, how many search side by side")
	c.RegisterFlagCompletionFunc("coldkey", a.completeWallets)
	burn := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if !pow {
			if coldkey != "" || f.Changed("threads") {
				return usage(cmd, "--coldkey and --threads go with --pow; by burning, --from is the coldkey")
			}
			return burn(cmd, args)
		}
		netuid := f.Lookup("netuid").Value.String()
		if netuid == "" && len(args) > 0 {
			netuid, args = args[0], args[1:]
		}
		from, _ := f.GetString("from")
		switch {
		case f.Changed("hotkey") || len(args) > 0:
			return usage(cmd, "with --pow the hotkey registers itself: name its wallet with --from")
		case from == "":
			return usage(cmd, "--from is missing: name the hotkey's wallet")
		case coldkey == "":
			return usage(cmd, "--coldkey is missing: name the hotkey's owner")
		case netuid == "":
			return usage(cmd, "--netuid is missing")
		case threads < 1 || threads > 1024:
			return usage(cmd, "--threads %d: want 1 to 1024", threads)
		}
		n, err := strconv.ParseUint(netuid, 10, 16)
		if err != nil {
			return fmt.Errorf("--netuid: %.40q: want a whole number from 0 to 65535", netuid)
		}
		owner, err := a.address(coldkey)
		if err != nil {
			return fmt.Errorf("--coldkey: %w", err)
		}
		me, err := a.identify(from)
		if err != nil {
			return err
		}
		sg := signing{from: from}
		if err := sg.read(cmd); err != nil {
			return err
		}
		if !sg.dryRun {
			if me.key, err = a.signer(from); err != nil {
				return err
			}
		}
		return a.mine(cmd.Context(), &sg, &miner{me: me, netuid: uint16(n), coldkey: owner, threads: threads})
	}
}

// read takes the values of flags that [app.signingFlags] has made for another signing.
func (s *signing) read(cmd *cobra.Command) (err error) {
	f := cmd.Flags()
	all := []error{}
	keep := func(e error) { all = append(all, e) }
	var e error
	s.relays, e = f.GetStringArray("relay")
	keep(e)
	s.trust, e = f.GetString("trust")
	keep(e)
	s.network.wait, e = f.GetDuration("timeout")
	keep(e)
	if !f.Changed("timeout") {
		s.network.wait = 24 * time.Hour // a search takes what it takes
	}
	s.yes, e = f.GetBool("yes")
	keep(e)
	s.dryRun, e = f.GetBool("dry-run")
	keep(e)
	s.await, e = f.GetBool("wait")
	keep(e)
	s.noWait, e = f.GetBool("no-wait")
	keep(e)
	s.save, e = f.GetString("save")
	keep(e)
	return errors.Join(all...)
}

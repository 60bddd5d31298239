package view

import "fmt"

// AddPage adds a further page of a list to what is there, both pointers to one of the types that have a Next, which becomes
// that of the page. What an account has staked is summed up.
func AddPage(whole, page any) (err error) {
	switch w := whole.(type) {
	case *Account:
		p := page.(*Account)
		w.Stakes, w.Next = append(w.Stakes, p.Stakes...), p.Next
		w.Staked, err = w.Staked.Add(p.Staked)
	case *Delegates:
		p := page.(*Delegates)
		w.Delegates, w.Next = append(w.Delegates, p.Delegates...), p.Next
	case *Nominators:
		p := page.(*Nominators)
		w.Nominators, w.Next = append(w.Nominators, p.Nominators...), p.Next
	case *Operations:
		p := page.(*Operations)
		w.Operations, w.Next = append(w.Operations, p.Operations...), p.Next
	case *Proxies:
		p := page.(*Proxies)
		w.Proxies, w.Next = append(w.Proxies, p.Proxies...), p.Next
	case *Relays:
		p := page.(*Relays)
		w.Relays, w.Next = append(w.Relays, p.Relays...), p.Next
	default:
		err = fmt.Errorf("%T has pages that this version doesn't put together", whole)
	}
	return err
}

package look

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

func TestZZ(t *testing.T) {
	url := os.Getenv("ZZ_URL")
	if url == "" {
		t.Skip()
	}
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), all...)
	defer stop()
	w, cl := chromedp.NewContext(allocator)
	defer cl()
	if err := chromedp.Do(w); err != nil {
		t.Fatal(err)
	}
	chromedp.Listen(w, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			for _, a := range ev.Args {
				t.Logf("console: %s %s", a.Value, a.Description)
			}
		case *runtime.EventExceptionThrown:
			t.Logf("exception: %v", ev.ExceptionDetails)
		}
	})
	p := &page{t: t, ctx: w, url: url}
	for name, frag := range map[string]string{"real-overview": "#/", "real-account": "#/account/5FF8MMhvVXsdMNsiLb3dr48zqhMtCcq5CnqqA3M1mg26LQiU", "real-node": "#/node", "real-blocks": "#/blocks", "real-block": "#/block/3", "real-alice": "#/account/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"} {
		p.visit(frag)
		if name == "real-overview" {
			p.until("x", `document.querySelector('[data-program][data-level=proven]')`)
			t.Log("first proof at", eval[float64](p, "performance.now()"), "ms")
		}
		p.until("live", `document.documentElement.dataset.sync === 'live'`)
		time.Sleep(2500 * time.Millisecond)
		p.shots(name)
	}
}

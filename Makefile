# make run   builds everything and starts a local chain with its dashboard
# make test  runs every test, in a real browser too
# Both do all their own set-up on a machine with Go, make and a shell.

GO      ?= go
# One set of flags for everything, so that tests and programs share what was compiled.
export GOFLAGS := -trimpath -buildvcs=false
export CGO_ENABLED := 0
BUILD   := static/build
GOROOT  := $(shell $(GO) env GOROOT)
WASM    := GOOS=js GOARCH=wasm $(GO) build -ldflags='-s -w'
# Small functions that are called everywhere cost a visitor download when they are inlined: only where the time goes they are.
MODULE  := github.com/taolight/taolight
COLD    := $(MODULE)/... github.com/fxamacker/cbor/v2 github.com/ipfs/go-datastore/... github.com/google/uuid \
	github.com/flynn/noise github.com/libp2p/go-yamux/v5 github.com/multiformats/go-multistream \
	encoding/json log net net/netip os internal/poll io/fs path regexp syscall/js text/... time
HOT     := $(MODULE)/core/yuma $(MODULE)/core/fixed $(MODULE)/core/state
SMALL   := $(foreach p,$(COLD),-gcflags=$(p)=-l) $(foreach p,$(HOT),-gcflags=$(p)=)
EXEC    := $(GOROOT)/lib/wasm/go_js_wasm_exec
# Packages whose tests run again under GOOS=js; files that need a native machine leave themselves out by build tags.
PORTABLE := ./core/...
FUZZTIME ?= 30s
SOAK     ?= 30m

.PHONY: help build assets run test unit portable browser check bench soak size lint fuzz generate clean tools
help:           ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

build: assets   ## bin/taolight, with the dashboard inside
	$(GO) build -o bin/taolight ./cmd/taolight

assets:         ## the two wasm programs, compressed
	@mkdir -p $(BUILD)
	$(WASM) $(SMALL) -o $(BUILD)/node.wasm ./wasm
	$(WASM) -gcflags=-l -o $(BUILD)/ui.wasm ./ui
	@cmp -s $(GOROOT)/lib/wasm/wasm_exec.js $(BUILD)/wasm_exec.js || cp $(GOROOT)/lib/wasm/wasm_exec.js $(BUILD)/wasm_exec.js
	@$(GO) run ./cmd/assets $(BUILD)/node.wasm $(BUILD)/ui.wasm

run: build      ## a local chain on the real network's balances, with its dashboard
	@exec bin/taolight devnet $(ARGS)

test: tools check build unit portable browser ## everything

check:          ## formatting, vet, generated files
	@bad=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$bad" || { echo "run gofmt -w on $$bad"; exit 1; }
	$(GO) vet ./...
	@$(GO) run ./cmd/generate
	@git diff --exit-code --stat -- '*_gen.go' || { echo 'generated files differ: run make generate and commit'; exit 1; }

unit:           ## tests on this machine
	$(GO) test $$($(GO) list ./... | grep -v -e /ui/e2e)

portable:       ## the core's tests again, compiled to wasm
	GOOS=js GOARCH=wasm $(GO) test -exec="$(EXEC)" $(PORTABLE)

browser:        ## end to end in Chromium, against a real relay process
	TAOLIGHT_E2E=1 $(GO) test -count=1 -timeout 20m -p 1 ./wasm/idb ./wasm ./ui/look ./ui/e2e

bench: build    ## speed and sizes: state beside another tree, blocks, epochs, light verification, wasm, first proven figure
	cd core/state/iavlbench && GOFLAGS= $(GO) run . -keys 100000 && GOFLAGS= $(GO) run . -keys 1000000
	$(GO) test -run='^$$' -bench=. -benchmem ./core/... ./relay/... ./ui/...
	GOOS=js GOARCH=wasm $(GO) test $(SMALL) -run='^$$' -bench='Witness|Largest|Verif|Skip|Replay|Epoch|Step' -exec="$(EXEC)" ./core/coinbase ./core/light ./core/light/bundle ./core/state ./core/yuma ./relay/devnet
	TAOLIGHT_E2E=1 $(GO) test -count=1 -v -run TimeToFirstProof ./ui/e2e

soak: build     ## one tab that replays a full market for SOAK, with what it costs
	TAOLIGHT_E2E=1 TAOLIGHT_SOAK=$(SOAK) $(GO) test -count=1 -v -timeout 0 -run FullMarket ./ui/e2e

size: assets    ## the wasm programs at brotli 11, held to their budgets
	@rm -f $(BUILD)/*.br
	@$(GO) run ./cmd/assets -quality 11 -budget node.wasm=1900000 -budget ui.wasm=1000000 $(BUILD)/node.wasm $(BUILD)/ui.wasm

lint: check     ## vet, formatting and staticcheck
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.6.1 -checks inherit,-U1000 ./... # U1000: it sees one platform at a time

fuzz:           ## every fuzz target for FUZZTIME
	@for p in $$(grep -rl '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | cut -c6-); do \
	    echo "$$p $$f"; $(GO) test -run='^$$' -fuzz="^$$f$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x $$p || exit 1; done; done

generate:       ## Go from the .vugu files
	$(GO) run ./cmd/generate

tools:          # what the tests need beside Go; installed where that is possible
	@sh .ci/tools

clean:          ## built files
	rm -rf bin $(BUILD)/*.wasm $(BUILD)/*.br $(BUILD)/*.gz $(BUILD)/*.js

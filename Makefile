# make dev    build, then run everything on this machine to try it
# make test   install what the tests need, check the code, run all tests
# make prove  show at length that parties keep their rules under races, cuts and
#             kills; RELEASE=1 runs the figures of a release, ONLY=cuts one part
# make bench  measure what PartyKit takes of this machine, beside floors and peers;
#             ARGS="--rows messages" some of it, ARGS=--help says what else
# make hot    count bytes, allocations and instructions of the hot paths, beside the
#             counts that are committed
# make lighthouse  measure the invite page as a phone with a slow line sees it
# The rest: build, check, generate, clean.

GO      ?= go
ARGS    ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
SUDO    := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

# The version is told by the linker; a checkout owned by somebody else must
# build, too.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.PHONY: dev build test prove bench hot lighthouse check generate needs clean

dev: build
	./partykit dev $(ARGS)

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o partykit ./cmd/partykit

# Two packages at a time: several start browsers and servers, and -race is hungry.
test: needs check
	GO=$(GO) test/race.sh ./...

# docs/testing.md says what is run. A Go module cache and gcc are all it needs.
prove:
	@$(call need,gcc,gcc libc6-dev)
	$(GO) run ./test/prove $(if $(RELEASE),-release) $(if $(ONLY),-only="$(ONLY)")

# docs/performance.md says how to read it. It builds the server it measures, and
# installs the peers once; those that cannot be are named and left out.
bench:
	@$(call need,gcc nginx,gcc libc6-dev nginx-light)
	@command -v npm >/dev/null || $(call install,nodejs npm) || echo "There is no npm: peers that need it are left out."
	$(GO) run ./bench $(ARGS)

# A table, never a failure: docs/testing.md says how to read it.
hot:
	@$(call need,valgrind,valgrind)
	@now=$$(mktemp); trap 'rm -f $$now' EXIT; \
	 $(GO) run ./bench/hot > $$now && $(GO) tool benchstat bench/hot/baseline.txt $$now

# docs/performance.md says what came out.
lighthouse:
	@$(call need,node npm,nodejs npm)
	@$(call need_one,chromium-headless-shell chromium chromium-browser google-chrome,chromium-headless-shell,chromium)
	@[ -d test/lighthouse/node_modules ] || npm ci --prefix test/lighthouse --no-audit --no-fund
	$(GO) run ./test/lighthouse

# Format, vet, staticcheck.
check:
	@unformatted=$$(find . -name '*.go' -not -path '*/node_modules/*' -exec gofmt -l {} +); \
	 if [ -n "$$unformatted" ]; then echo "not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# Build again what is generated and committed: SDK, page script, docs of errors.
generate:
	$(GO) generate ./...

clean:
	rm -rf partykit sdk/js/node_modules test/openapi/node_modules test/webhooks/node_modules test/lighthouse/node_modules bench/peers/*/node_modules

# What the tests need beside Go: a C compiler for -race, Node for the SDK's
# tests, a Chromium for the end-to-end story.
needs:
	@$(call need,gcc,gcc libc6-dev)
	@$(call need,node npm,nodejs npm)
	@$(call need,zbarimg,zbar-tools)
	@$(call need,curl jq,curl jq)
	@$(call need_one,chromium-headless-shell chromium chromium-browser google-chrome,chromium-headless-shell,chromium)
	@[ -d sdk/js/node_modules ] || npm ci --prefix sdk/js --no-audit --no-fund
	@[ -d test/openapi/node_modules ] || npm ci --prefix test/openapi --no-audit --no-fund
	@[ -d test/webhooks/node_modules ] || npm ci --prefix test/webhooks --no-audit --no-fund

# need COMMANDS,PACKAGES: install the packages unless all commands are there.
define need
missing=; for c in $(1); do command -v $$c >/dev/null || missing="$$missing $$c"; done; \
if [ -n "$$missing" ]; then $(call install,$(2)) || { echo "The tests need$$missing, which could not be installed. Install it, then run make test again." >&2; exit 1; }; fi
endef

# need_one COMMANDS,PACKAGE,OTHER PACKAGE: install either unless one of the
# commands is there.
define need_one
found=; for c in $(1); do command -v $$c >/dev/null && found=1; done; \
if [ -z "$$found" ]; then $(call install,$(2)) || $(call install,$(3)) || { echo "The tests need a Chromium ($(2) or $(3)), which could not be installed. Install one, then run make test again." >&2; exit 1; }; fi
endef

install = { command -v apt-get >/dev/null && { $(SUDO) apt-get install -y --no-install-recommends $(1) </dev/null || { $(SUDO) apt-get update </dev/null && $(SUDO) apt-get install -y --no-install-recommends $(1) </dev/null; }; }; }

# The front door. Every target installs what it lacks, or says in one line what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# This machine's; make publish package RID=linux-arm64 on x64 builds for the other, into a directory of its name.
HERE := linux-$(patsubst x86_64,x64,$(patsubst aarch64,arm64,$(shell uname -m)))
RID := $(HERE)
ARTIFACTS := artifacts
OUT := $(ARTIFACTS)$(if $(filter-out $(HERE),$(RID)),/$(RID))
BIN := $(OUT)/bin
PACKAGES := $(OUT)/packages
TEST_HOST := $(ARTIFACTS)/test-host/test-host
TOOLS := tests/scripts/install-tools
DOTNET_FLAGS := -c Release -nologo -v quiet
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

COMMON := $(wildcard *.props *.xml *.json BannedSymbols.txt .editorconfig)
SOURCES = $(shell find $(1) shared -name '*.cs' -o -name '*.csproj' -o -name '*.xml' -o -name '*.json')
PACKAGING := $(shell find packaging -type f) Directory.Build.props PROTOCOL.md openrpc.json CHANGELOG.md LICENSE NOTICE
SCRIPTS = $(shell git ls-files -co --exclude-standard | while read -r f; do \
	[ -f "$$f" ] && head -c 64 "$$f" | head -n 1 | grep -aqE '^\#!.*\b(ba)?sh\b' && echo "$$f"; done)

QUICK = artifacts/quick
FUZZ = artifacts/fuzz
.PHONY: help quick fuzz build publish test-host cross nuget javascript package lint
.PHONY: unit integration vm check test bench bench-short growth demo format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

quick: ## unit tests alone, without analyzers: make quick [TEST=Name] runs the classes with Name in their names
	@$(TOOLS) build
	dotnet build tests/Unit $(DOTNET_FLAGS) -p:RunAnalyzers=false -p:ArtifactsPath=$(CURDIR)/$(QUICK)
	$(QUICK)/bin/GuestAgent.Tests.Unit/release/GuestAgent.Tests.Unit --no-progress \
	    $(if $(TEST),--filter-class '*$(TEST)*')

# Instrumented in a place of its own, so that no other target runs what counts its branches.
fuzz: ## any bytes, for a time: make fuzz SECONDS=600 or INPUTS=100000 [TARGET=name] [SEED=n], or REPLAY=file
	@$(TOOLS) build
	dotnet build tests/Fuzz $(DOTNET_FLAGS) -p:RunAnalyzers=false -p:ArtifactsPath=$(CURDIR)/$(FUZZ)
	@$(FUZZ)/bin/GuestAgent.Tests.Fuzz/release/GuestAgent.Tests.Fuzz instrument
	$(FUZZ)/bin/GuestAgent.Tests.Fuzz/release/GuestAgent.Tests.Fuzz $(if $(REPLAY),replay $(REPLAY), \
	    $(if $(INPUTS),--inputs $(INPUTS),--seconds $(or $(SECONDS),60)) \
	    $(if $(TARGET),--target $(TARGET)) $(if $(SEED),--seed $(SEED)))

build: ## compile everything, warnings are errors
	@$(TOOLS) build
	dotnet build GuestAgent.sln $(DOTNET_FLAGS)

publish: $(BIN)/guest-agent $(BIN)/guestctl ## the two static programs, in artifacts/bin

$(BIN)/guest-agent: $(call SOURCES,agent) $(COMMON)
	@$(call native,agent,guest-agent,$(BIN))

$(BIN)/guestctl: $(call SOURCES,host) $(COMMON)
	@$(call native,host/guestctl,guestctl,$(BIN))

test-host: $(TEST_HOST)

$(TEST_HOST): $(call SOURCES,host) $(wildcard tests/TestHost/*) $(COMMON)
	@$(call native,tests/TestHost,test-host,$(ARTIFACTS)/test-host)

cross: ## the two programs for arm64, in artifacts/linux-arm64/bin
	@$(MAKE) publish RID=linux-arm64

# The linker's remarks on static glibc say what DESIGN decided: no dlopen, no NSS. Everything else is shown.
define native
	$(TOOLS) build; \
	$(if $(filter-out $(HERE),$(RID)),$(TOOLS) cross; packaging/cross/libcrypto arm64 $(ARTIFACTS)/cross/$(RID); )\
	echo "publishing $(2) ($(RID))"; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	dotnet publish $(1) $(DOTNET_FLAGS) -r $(RID) -p:RunAnalyzers=false \
	    -o $(OUT)/publish/$(2) > "$$log" 2>&1 || { cat "$$log"; exit 1; }; \
	if grep -E 'IL[0-9]{4}' "$$log"; then echo 'trim or AOT warnings, see above'; exit 1; fi; \
	mkdir -p $(3) $(OUT)/debug; \
	mv $(OUT)/publish/$(2)/$(2).dbg $(OUT)/debug/; \
	install -m 755 $(OUT)/publish/$(2)/$(2) $(3)/$(2); \
	ls -l $(3)/$(2)
endef

nuget: $(ARTIFACTS)/nuget/made ## the library's NuGet package and its symbols, in artifacts/nuget

# The samples' folder of packages goes too: there the former one would be taken, as its version is the same.
$(ARTIFACTS)/nuget/made: $(call SOURCES,host/GuestAgent.Host) $(wildcard host/GuestAgent.Host/*) $(COMMON) LICENSE
	@$(TOOLS) build
	rm -rf $(ARTIFACTS)/nuget
	dotnet pack host/GuestAgent.Host $(DOTNET_FLAGS) -p:RunAnalyzers=false -p:ContinuousIntegrationBuild=true \
	    -p:ArtifactsPath=$(CURDIR)/$(ARTIFACTS)/nuget/build -o $(ARTIFACTS)/nuget
	@touch $@; ls -l $(ARTIFACTS)/nuget

# Of the registry that npm is set up for; the lock file has the hash of each package. Their scripts are not run.
javascript: $(ARTIFACTS)/javascript/made ## libraries of JavaScript that the tests let talk to the agent, in artifacts/javascript

$(ARTIFACTS)/javascript/made: $(wildcard $(addprefix tests/Integration/JsonRpcClients/,*.json .npmrc))
	@$(TOOLS) check
	rm -rf $(ARTIFACTS)/javascript; mkdir -p $(ARTIFACTS)/javascript
	cp $^ $(ARTIFACTS)/javascript
	npm ci --prefix $(ARTIFACTS)/javascript --ignore-scripts --no-audit --no-fund
	@touch $@

package: $(PACKAGES)/made ## .deb and .rpm of both programs and of their symbols, in artifacts/packages

$(PACKAGES)/made: $(BIN)/guest-agent $(BIN)/guestctl $(PACKAGING)
	@$(TOOLS) package
	packaging/build $(BIN) $(OUT)/debug $(PACKAGES)
	packaging/lint $(PACKAGES)
	@touch $@; ls -l $(PACKAGES)

lint: ## formatting, analyzers, shell scripts
	@$(TOOLS) lint
	@# Style and analyzers are warnings of the build, and so errors; what the compiler does not see is left.
	dotnet format whitespace GuestAgent.sln --verify-no-changes --no-restore
	shellcheck $(SCRIPTS)
	tests/scripts/check-text

unit: build
	@tests/scripts/run-tests Unit

integration: build publish test-host cross nuget javascript
	@$(TOOLS) check
	@tests/scripts/run-tests Integration

vm: build publish package test-host cross
	@tests/Vm/scripts/install-tools
	@tests/Vm/scripts/build-image
	@tests/Vm/scripts/build-arm64-image
	@tests/scripts/run-tests Vm

check: build lint publish test-host cross nuget javascript ## format, lint, and all tests that need no VM
	@$(TOOLS) check
	@tests/scripts/run-tests Unit Integration

test: check package ## everything: check, packages, and real VMs under QEMU
	@tests/Vm/scripts/install-tools
	@tests/Vm/scripts/build-image
	@tests/Vm/scripts/build-arm64-image
	@tests/scripts/run-tests --with-previous Vm

bench: publish test-host ## our agent and qemu-ga side by side: medians and ratios; make bench BASE=REV: and that of REV
	@$(TOOLS) bench
	$(if $(BASE),@tests/scripts/build-former $(BASE),@tests/Vm/scripts/install-tools && tests/Vm/scripts/build-image)
	dotnet run -c Release --project tests/Benchmarks -- --json=$(ARTIFACTS)/bench.jsonl \
	    $(if $(BASE),--base=$$(tests/scripts/build-former --path $(BASE))) $(BENCH)

bench-short: publish test-host ## a minute of the same for CI: prints, and never fails because something was slow
	@$(TOOLS) bench
	dotnet run -c Release --project tests/Benchmarks -- --quick --report --json=$(ARTIFACTS)/bench-short.jsonl

growth: publish ## what becomes more expensive when there is more of it: a table, and docs/performance.svg
	@$(TOOLS) bench
	dotnet run -c Release --project tests/Benchmarks -- growth --json=$(ARTIFACTS)/growth.jsonl --picture=docs/performance.svg

demo: publish ## build, start the agent with a sample policy, drive it with guestctl
	@packaging/demo/run $(BIN)

format: ## put the sources in order
	dotnet format GuestAgent.sln

clean: ## remove what was built
	rm -rf $(ARTIFACTS)

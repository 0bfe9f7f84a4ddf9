# The front door. Every target installs what it lacks, or says in one line what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

AOT_FRAMEWORK ?= net9.0
RID := linux-$(patsubst x86_64,x64,$(patsubst aarch64,arm64,$(shell uname -m)))
ARTIFACTS := artifacts
BIN := $(ARTIFACTS)/bin
PACKAGES := $(ARTIFACTS)/packages
TEST_HOST := $(ARTIFACTS)/test-host/test-host
TOOLS := tests/scripts/install-tools
DOTNET_FLAGS := -c Release -nologo -v quiet
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

COMMON := $(wildcard *.props *.json BannedSymbols.txt .editorconfig)
SOURCES = $(shell find $(1) shared -name '*.cs' -o -name '*.csproj')
PACKAGING := $(shell find packaging -type f) Directory.Build.props PROTOCOL.md CHANGELOG.md LICENSE
SCRIPTS = $(shell git ls-files -co --exclude-standard | while read -r f; do \
	[ -f "$$f" ] && head -c 64 "$$f" | head -n 1 | grep -aqE '^\#!.*\b(ba)?sh\b' && echo "$$f"; done)

.PHONY: help build publish test-host package lint unit integration vm check test bench demo format clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

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

# The linker's remarks on static glibc say what DESIGN decided: no dlopen, no NSS. Everything else is shown.
define native
	$(TOOLS) build; \
	echo "publishing $(2) ($(AOT_FRAMEWORK), $(RID))"; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	dotnet publish $(1) $(DOTNET_FLAGS) -f $(AOT_FRAMEWORK) -r $(RID) -p:AotFramework=$(AOT_FRAMEWORK) \
	    -o $(ARTIFACTS)/publish/$(2) > "$$log" 2>&1 || { cat "$$log"; exit 1; }; \
	if grep -E 'IL[0-9]{4}' "$$log"; then echo 'trim or AOT warnings, see above'; exit 1; fi; \
	mkdir -p $(3) $(ARTIFACTS)/debug; \
	mv $(ARTIFACTS)/publish/$(2)/$(2).dbg $(ARTIFACTS)/debug/; \
	install -m 755 $(ARTIFACTS)/publish/$(2)/$(2) $(3)/$(2); \
	ls -l $(3)/$(2)
endef

package: $(PACKAGES)/made ## .deb and .rpm of both programs and of their symbols, in artifacts/packages

$(PACKAGES)/made: $(BIN)/guest-agent $(BIN)/guestctl $(PACKAGING)
	@$(TOOLS) package
	packaging/build $(BIN) $(ARTIFACTS)/debug $(PACKAGES)
	packaging/lint $(PACKAGES)
	@touch $@; ls -l $(PACKAGES)

lint: ## formatting, analyzers, shell scripts
	@$(TOOLS) lint
	@# Style and analyzers are warnings of the build, and so errors; what the compiler does not see is left.
	dotnet format whitespace GuestAgent.sln --verify-no-changes --no-restore
	shellcheck $(SCRIPTS)

unit: build
	@tests/scripts/run-tests Unit

integration: build publish test-host
	@$(TOOLS) check
	@tests/scripts/run-tests Integration

vm: build publish package test-host
	@tests/Vm/scripts/install-tools
	@tests/Vm/scripts/build-image
	@tests/scripts/run-tests Vm

check: build lint publish test-host ## format, lint, and all tests that need no VM
	@$(TOOLS) check
	@tests/scripts/run-tests Unit Integration

test: check package ## everything: check, packages, and real VMs under QEMU
	@tests/Vm/scripts/install-tools
	@tests/Vm/scripts/build-image
	@tests/scripts/run-tests --with-previous Vm

bench: publish test-host ## our agent and qemu-ga side by side: medians and ratios
	@$(TOOLS) bench
	@tests/Vm/scripts/install-tools
	@tests/Vm/scripts/build-image
	dotnet run -c Release --project tests/Benchmarks -- $(BENCH)

demo: publish ## build, start the agent with a sample policy, drive it with guestctl
	@packaging/demo/run $(BIN)

format: ## put the sources in order
	dotnet format GuestAgent.sln

clean: ## remove what was built
	rm -rf $(ARTIFACTS)

# `make chat` and `make test` are all a newcomer needs; `make help` lists the rest.
# Every target can be run again at any time: what is in place is left as it is.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

SYSTEM_PACKAGES := libopenblas-dev libsqlite3-dev libsystemd-dev libzstd-dev pkg-config
RELEASE := .build/release
PREFIX ?= /usr
export SLMD_MODELS ?= $(CURDIR)/models

.PHONY: help system models build chat install install-models deb test test-kernels test-systemd test-deb bench conformance fuzz torture faults soak sanitize-address sanitize-thread format lint clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

system: ## install the system libraries that are missing (apt)
	@if ! command -v dpkg-query >/dev/null; then \
	    echo "Not a Debian system: install OpenBLAS, SQLite, systemd, zstd and pkg-config with their headers yourself."; exit 0; fi; \
	missing=(); for package in $(SYSTEM_PACKAGES); do \
	    [[ "$$(dpkg-query -W -f='$${Status}' $$package 2>/dev/null)" == "install ok installed" ]] || missing+=($$package); done; \
	python3 -m pip --version >/dev/null 2>&1 || missing+=(python3 python3-pip); \
	[ $${#missing[@]} -eq 0 ] && exit 0; \
	echo "Installing system packages: $${missing[*]}"; \
	root=(); if [ "$$(id -u)" -ne 0 ]; then \
	    command -v sudo >/dev/null || { echo "As root, run: apt-get install $${missing[*]}" >&2; exit 1; }; root=(sudo); fi; \
	"$${root[@]}" apt-get update -qq && \
	    "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}"

models: system ## fetch the pinned models and verify every hash
	@models/fetch

build: system models ## release build: .build/release/slmd and .build/release/slmctl
	@echo "Building slmd and slmctl (the first time takes some minutes) ..."
	@swift build -c release --static-swift-stdlib

# Starts a daemon when none answers, and ends the one it started when the chat ends.
chat: build ## start a daemon if none is running, and talk to it
	@if $(RELEASE)/slmctl status >/dev/null 2>&1; then exec $(RELEASE)/slmctl chat; fi; \
	log=$$(mktemp -t slmd-chat.XXXXXX); setsid $(RELEASE)/slmd 2>$$log & daemon=$$!; \
	trap 'kill -TERM $$daemon 2>/dev/null; wait $$daemon; rm -f $$log' EXIT; \
	echo "Starting slmd (process $$daemon) ..."; \
	until $(RELEASE)/slmctl status >/dev/null 2>&1; do \
	    kill -0 $$daemon 2>/dev/null || { cat $$log >&2; exit 1; }; sleep 0.1; done; \
	$(RELEASE)/slmctl chat

install: build ## install under DESTDIR and PREFIX (/usr), without the models
	@echo "Installing under $(DESTDIR)$(PREFIX) ..."
	@install -D -s -m 755 -t $(DESTDIR)$(PREFIX)/bin $(RELEASE)/slmd $(RELEASE)/slmctl
	@install -D -m 644 -t $(DESTDIR)/etc/slmd etc/slmd/slmd.yaml etc/slmd/tasks.yaml etc/slmd/bootstrap.jsonl
	@install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/slmd/sample etc/slmd/sample/slmd.yaml etc/slmd/sample/tasks.yaml \
	    etc/slmd/sample/reports.db
	@install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/slmd/models/grounding models/grounding/support.head models/grounding/README.md
	@install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system systemd/slmd.service systemd/slmd.socket
	@install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/user systemd/user/slmd.service systemd/user/slmd.socket
	@sed -i 's|/usr/bin/|$(PREFIX)/bin/|' $(DESTDIR)$(PREFIX)/lib/systemd/*/slmd.service
	@install -D -m 644 systemd/slmd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/slmd.conf
	@install -D -m 644 systemd/slmd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/slmd.conf
	@for page in man/*.[1-8]; do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/} && \
	    gzip -9nf $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/}; done
	@for shell in bash:bash-completion/completions/slmctl zsh:zsh/vendor-completions/_slmctl \
	    fish:fish/vendor_completions.d/slmctl.fish; do \
	    mkdir -p $$(dirname $(DESTDIR)$(PREFIX)/share/$${shell#*:}) && \
	    $(RELEASE)/slmctl --generate-completion-script $${shell%%:*} | sed '1{/^#!/d}' \
	        >$(DESTDIR)$(PREFIX)/share/$${shell#*:}; done

install-models: models ## install the fetched models under DESTDIR and PREFIX (/usr)
	@echo "Installing the models under $(DESTDIR)$(PREFIX)/share/slmd/models ..."
	@mkdir -p $(DESTDIR)$(PREFIX)/share/slmd/models
	@cp -r $(SLMD_MODELS)/*/ $(DESTDIR)$(PREFIX)/share/slmd/models/

deb: build ## the Debian packages slmd and slmd-models, in dist/
	@$(MAKE) --no-print-directory system SYSTEM_PACKAGES="dpkg-dev" && \
	stage=$$(mktemp -d) && trap "rm -rf $$stage" EXIT && \
	$(MAKE) --no-print-directory install install-models DESTDIR=$$stage PREFIX=/usr && \
	echo "Packing ..." && packaging/deb $$stage

test: build ## every test: Swift, the fetch script, and the protocol from Python
	@echo "Building and running the tests ..."
	@swift build --build-tests
	@swift test --skip-build
	@SLMD_BIN=$(CURDIR)/$(RELEASE) python3 -m unittest discover -s Tests/python
	@echo "Killing a workload at some of the points where it writes ..."
	@Tests/Torture/run .build/debug/slmd-torture --step 150
	@$(MAKE) --no-print-directory system SYSTEM_PACKAGES=strace
	@echo "Failing some of the daemon's system calls ..."
	@Tests/Faults/run $(RELEASE)/slmd --step 127

test-kernels: ## the kernels of processors that this one is not, emulated (takes minutes)
	@$(MAKE) --no-print-directory system SYSTEM_PACKAGES=libsimde-dev && Tests/Emulated/run

test-systemd: build ## the units in a systemd booted for them (as root)
	@if [ "$$(id -u)" -ne 0 ]; then echo "Not root: the tests of the units are skipped."; exit 0; fi; \
	$(MAKE) --no-print-directory system SYSTEM_PACKAGES="systemd systemd-container" && \
	stage=$$(mktemp -d) && trap "rm -rf $$stage" EXIT && \
	$(MAKE) --no-print-directory install install-models DESTDIR=$$stage && \
	echo "Booting systemd ..." && SLMD_STAGE=$$stage python3 -m unittest discover -s Tests/systemd

test-deb: deb ## the packages, in a Debian booted for them (as root)
	@if [ "$$(id -u)" -ne 0 ]; then echo "Not root: the tests of the packages are skipped."; exit 0; fi; \
	$(MAKE) --no-print-directory system SYSTEM_PACKAGES="debootstrap lintian systemd systemd-container" && \
	lintian --allow-root --fail-on error,warning dist/*.deb && Tests/deb/root .build/debian-root dist/*.deb && \
	echo "Booting Debian ..." && SLMD_ROOT=$(CURDIR)/.build/debian-root python3 -m unittest discover -s Tests/deb

bench: build ## print every figure the README states (takes minutes)
	@for figures in tokenizer-speed decoder-agreement decoder-kernels decoder-speed generation reply-load entity-speed encoder-quality grounding encoder-speed socket-load dialogue archive accuracy corrections slots poison policy search; do \
	    $(RELEASE)/slmd-bench $$figures || failed=1; done; \
	Benchmarks/slmctl_speed.py || failed=1; Benchmarks/log_scale.py || failed=1; Benchmarks/hostile_clients.py || failed=1; Benchmarks/answers.py || failed=1; exit $${failed:-0}

conformance: system ## entities beside Recognizers-Text and duckling, file by file (FAILURES=FILE prints what a file fails)
	@SLMD_FAILURES="$(FAILURES)" swift test --filter ConformanceTests

torture: build ## kill a workload at every point where it writes (takes minutes)
	@Tests/Torture/run $(RELEASE)/slmd-torture

faults: build ## fail each system call of a daemon in turn (takes minutes)
	@$(MAKE) --no-print-directory system SYSTEM_PACKAGES=strace
	@Tests/Faults/run $(RELEASE)/slmd

soak: build ## ten minutes of 500 requests a second: memory, descriptors and the p99 stay
	@Benchmarks/soak.py

fuzz: system ## fuzz what reads foreign bytes, SECONDS=600 each
	@Fuzz/run $(or $(SECONDS),600)

# What XCTest keeps, and what a program holds when it exits, is no leak of ours: leaks are not looked for.
sanitize-address: system models ## the Swift tests under AddressSanitizer
	@ASAN_OPTIONS=detect_leaks=0:suppressions=$(CURDIR)/Tests/Sanitize/address.supp SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 \
	    swift test --sanitize=address --scratch-path .build-asan

sanitize-thread: system models ## the Swift tests under ThreadSanitizer
	@swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	@$${CC:-clang} -O1 -shared -fPIC Tests/Sanitize/mutex_order.c -o .build-tsan/mutex_order.so
	@LD_PRELOAD=$(CURDIR)/.build-tsan/mutex_order.so SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 \
	    swift test --skip-build --sanitize=thread --scratch-path .build-tsan

format: ## rewrite the sources in the house format
	@swift format --in-place --recursive Package.swift Sources Tests Benchmarks

lint: ## check the format, the arrows between rooms, and what slmctl links
	@.ci/lint

clean: ## remove what was built (models stay)
	@rm -rf .build .build-asan .build-tsan dist Fuzz/.build

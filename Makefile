# One line of help a target: the text after '##'.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash -eu -o pipefail

SOURCES := Package.swift Sources Tests agent coordinator inventory
# An incremental build prints the breach and then "Build complete!": only the exit status tells.
IMPORT_GATE := --explicit-target-dependency-import-check error

# How many runs `make sim` makes; CI makes as many.
SEEDS ?= 3000

# Where `make install` installs.
PREFIX ?= /usr/local

.PHONY: help build install check fmt lint test sim plans agent man lab-test examples verify demo bench rates setup

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf 'make %-9s %s\n' "$$name" "$$text"; done

setup: ## install the Debian packages that all of this needs
	@tools/setup

build: agent ## coord and coord-agent in release, to bin/
	@swift build -c release --product coord
	@install -D "$$(swift build -c release --show-bin-path)/coord" bin/coord
	@echo "$(CURDIR)/bin/coord"

install: ## bin/'s programs, the man page and completions, below PREFIX (/usr/local); after 'make build'
	@tools/install "$(DESTDIR)$(PREFIX)"

agent: ## the static agent; the last line printed is its path
	@swift build -c release --product coord-agent --scratch-path .build-agent \
		-Xswiftc -Osize -Xswiftc -static-executable -Xlinker -s
	@install -D .build-agent/release/coord-agent bin/coord-agent
	@echo "$(CURDIR)/bin/coord-agent"

man: ## the man page, to bin/coord.1
	@swift build --product coord
	@mkdir -p bin
	@tools/man-page "$$(swift build --show-bin-path)/coord" > bin/coord.1
	@echo "$(CURDIR)/bin/coord.1"

fmt: ## format every Swift file
	@swift format -i -p -r $(SOURCES)

lint: ## format and lint rules, strict
	@swift format lint -s -p -r $(SOURCES)

# One after the other: many wait for processes of their own, and starve each other of threads.
test: ## unit tests and simulation
	@swift test --no-parallel

sim: ## simulation only; SEEDS=100000 runs so many, SIM_SEED=… replays a failure
	@if [ -n "$${SIM_SEED:-}" ]; then swift test --filter SimulationTests; \
		else swift run -c release SeedRuns $(SEEDS); fi

plans: ## every plan of every fleet of up to 6 hosts, certified; 8 million requests, 6 minutes of CPU
	@swift run -c release CertifyPlans

check: lint ## lint, build with the import gate, unit tests, simulation: before every commit
	@swift build --build-tests $(IMPORT_GATE)
	@swift test $(IMPORT_GATE) --skip-build --no-parallel

lab-test: build ## tests on real hosts: systemd, sshd, network, disk and their faults (root)
	@Tests/Lab/test

examples: build ## every strategy's example on real hosts behind real balancers (root)
	@Tests/Lab/test strategies

verify: setup check lab-test ## everything but the benchmarks

demo: ## six real hosts, three rollouts, one of them sick (root); KEEP=1 leaves the lab up
	@tools/demo

rates: ## how often canary comparisons are wrong: the tables of docs/analysis.md, from 10,000 canaries a cell
	@swift run -c release AnalysisBenchmark 10000

bench: build ## coord beside what people use instead, on local hosts (root; Benchmarks/README.md)
	@Benchmarks/run

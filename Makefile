# `make help` lists what can be asked for. Everything sets itself up first.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run demo check test bench policy docs screens audit lock clean
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
RUN_COMMAND := $(BIN)/client-sim house
DEMO_COMMAND := $(BIN)/client-sim demo
BENCH_COMMAND := $(BIN)/python benchmarks/signalling.py
SOURCES := $(wildcard signalling relay client_sim tests benchmarks)
QUICK := not slow and not root and not browser and not coturn and not postgres
say = @printf '%s\n'

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv from the locked versions (the others do this by themselves)
	@scripts/setup.sh

run: setup ## coordinator, a simulated Komp and AV1, and where to click; Ctrl-C ends all
	@exec $(RUN_COMMAND)

demo: setup ## the same without a browser: one call, its timeline, a received frame as PNG
	@exec $(DEMO_COMMAND)

check: setup ## style, types, floors and quick tests, under a minute
	$(say) 'check 1/5  ruff format'
	@$(BIN)/ruff format --quiet --check $(SOURCES) || { echo 'to put it right: $(BIN)/ruff format $(SOURCES)'; exit 1; }
	$(say) 'check 2/5  ruff'
	@$(BIN)/ruff check --quiet $(SOURCES)
	$(say) 'check 3/5  mypy, strict'
	@$(BIN)/mypy --no-error-summary $(SOURCES)
	$(say) 'check 4/5  floors'
	@$(BIN)/lint-imports --no-logo > .venv/floors.log 2>&1 || { cat .venv/floors.log; exit 1; }
	$(say) 'check 5/5  quick tests'
	@$(BIN)/pytest -m "$(QUICK)" $(wildcard tests/unit tests/protocol)

test: setup ## check, then every test; installs the Debian packages they use
	@scripts/debian.sh
	@$(MAKE) check
	@scripts/test.sh "$(QUICK)"

bench: setup ## measure the coordinator beside a bare relay
	@exec $(BENCH_COMMAND)

policy: setup ## run what holds each promise, print the table, write docs/policy.md
	@exec $(BIN)/python -m tests.policy.report

docs: setup ## write the generated parts of docs/ anew
	$(say) 'docs 1/9  schemas'
	@$(BIN)/signalling schema --write docs/reference
	$(say) 'docs 2/9  the call diagram'
	@$(BIN)/signalling diagram --write docs/design/calls.md
	$(say) 'docs 3/9  errors'
	@$(BIN)/signalling errors --write docs/reference/errors.md
	$(say) 'docs 4/9  settings'
	@$(BIN)/signalling settings-reference --write docs/reference/settings.md
	$(say) 'docs 5/9  tables of the protocol'
	@$(BIN)/signalling reference --write docs/reference/protocol.md
	$(say) 'docs 6/9  the HTTP API'
	@$(BIN)/signalling api --write docs/reference
	$(say) 'docs 7/9  the record of processing'
	@$(BIN)/signalling privacy article-30 --shipped --write docs/reference/article-30.md
	$(say) 'docs 8/9  the table of attacks'
	@$(BIN)/python -m tests.hostile.table
	$(say) 'docs 9/9  what stands in boxes, and test vectors'
	@$(BIN)/python -m client_sim.schema docs/reference
	@$(BIN)/python -m tests.golden.vectors.make

screens: setup ## take the pictures of docs/screens.md anew; needs Debian's Chromium
	@exec $(BIN)/python -m tests.e2e.screenshots

audit: setup ## end real calls in every way and look for what they left; takes root and coturn
	@exec $(BIN)/client-sim residue --report out/residue.html

lock: setup ## write the locked versions anew (UPGRADE=1: the newest allowed)
	@scripts/lock.sh

clean: ## remove .venv and everything that runs have left
	@rm -rf .venv .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist out
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

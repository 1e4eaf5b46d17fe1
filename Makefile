# Everything starts here. `make` alone explains.
# Needs Python >= 3.11 and make; the rest, the Kafka broker included, comes from package registries.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := requirements.lock

# The first interpreter that is really there and new enough (a version manager's stub on the PATH is not).
# Override with: make PYTHON=/path/to/python3.12 install
PYTHON ?=
FIND_PYTHON = for p in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then printf '%s\n' "$$p"; break; fi; done

.PHONY: help
help: ## What can be done here
	@printf 'Urban enforcement pipeline. First: make demo\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target words; do printf '%-16s %s\n' "$$target" "$$words"; done
	@printf '\nAfter make install: .venv/bin/enforcement --help\n'

PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
# A line for every tenth package, and all that pip said where it failed.
define SHOW_INSTALL
{ said[NR] = $$0 }
/^Collecting / { if (++fetched % 10 == 0) { printf "  %d of %d packages\n", fetched, total; fflush() } }
/^Installing collected packages/ && !unpacking++ { print "  all there; unpacking them takes the longest"; fflush() }
/^ERROR/ { failed = 1 }
END { if (failed) { for (line = NR > 40 ? NR - 40 : 1; line <= NR; line++) print said[line]; exit 1 } }
endef
export SHOW_INSTALL

.PHONY: install
install: $(STAMP) ## Make .venv from the lock file (does nothing when nothing changed)

$(STAMP): $(LOCK) pyproject.toml
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or newer found. Install one (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3.12 install" >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$python has no venv module. Debian: apt install python3-venv" >&2; exit 1; fi; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "Making $(VENV) with $$("$$python" --version)"; "$$python" -m venv --clear $(VENV) || exit 1; fi
	@echo "Installing from $(LOCK): one to three minutes the first time"
	@{ $(PIP) --requirement $(LOCK) && $(PIP) --no-deps --editable . || echo "ERROR: pip ended before all was installed"; } 2>&1 | \
		awk -v total="$$(grep -c == $(LOCK))" "$$SHOW_INSTALL"
	@$(BIN)/python -m compileall -q pipeline schemas # also where Python is told to write no bytecode: a command starts sooner
	@touch $@
	@echo "Installed. Next: make demo, or: . $(BIN)/activate && enforcement --help"

.PHONY: demo
demo: $(STAMP) ## A street at work on a real Kafka broker, in this terminal
	@$(BIN)/enforcement demo

# More than the cores: most of the time tests wait for a broker or for a session to end. One file is one process's.
PROCESSES ?= 3
.PHONY: test
test: $(STAMP) ## All tests but the long ones, in three processes, each on a real broker of its own
	@$(BIN)/pytest -n $(PROCESSES) --dist loadfile -m "not long"

SEED ?= 7
MINUTES ?= 2
BROKERS ?= 1
.PHONY: chaos
chaos: $(STAMP) ## A street's day while everything fails that can: make chaos SEED=1..20 MINUTES=2 BROKERS=3
	@$(BIN)/python -m tests.chaos.run --seed $(SEED) --minutes $(MINUTES) --brokers $(BROKERS)

SEEDS ?= 0..9999
.PHONY: simulate
simulate: $(STAMP) ## The worker in simulated trouble, thousands of seeds a minute: make simulate SEEDS=0..9999
	@$(BIN)/python -m tests.chaos.simulate --seeds $(SEEDS)

.PHONY: test-long
test-long: $(STAMP) ## The long tests, random actors for 5,000,000 steps, three minutes of faults on one broker and on three, every alert live: an hour
	@$(BIN)/python -m tests.deploy.alerts_live
	@$(BIN)/pytest -m long --ignore tests/chaos
	@CHAOS_MINUTES=3 PLAY_STEPS=5000000 $(BIN)/pytest -s tests/chaos/test_run.py tests/core/players/test_actors.py

.PHONY: lint
lint: $(STAMP) ## Style, types and the import rule: seconds, no broker
	@failed=; for tool in "ruff check ." "ruff format --check ." "mypy" "lint-imports --no-logo"; do \
		$(BIN)/$$tool || failed="$$failed [$$tool]"; done; \
	if [ -n "$$failed" ]; then echo "lint: failed:$$failed" >&2; exit 1; fi

.PHONY: check
check: lint test ## What must pass before a merge: lint, then test

.PHONY: format
format: $(STAMP) ## Rewrite the code in the agreed style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(STAMP) ## Measure, side by side in one run (see benchmarks/)
	@$(BIN)/python -m benchmarks

.PHONY: lock
lock: ## Write requirements.lock and deploy/image.lock anew, with the newest versions pyproject.toml allows
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "No Python 3.11 or newer found." >&2; exit 1; fi; \
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	"$$python" -m venv "$$scratch" && \
	"$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]' && \
	{ echo "# name==version of everything make install puts into .venv. Written by make lock: do not edit."; \
	  "$$scratch/bin/python" -m pip freeze --exclude-editable --disable-pip-version-check; } > "$$scratch/lock" && \
	cp "$$scratch/lock" $(LOCK) && "$$scratch/bin/python" -m deploy.image_lock
	@echo "$(LOCK): $$(grep -c '==' $(LOCK)) packages"

.PHONY: clean
clean: ## Remove what was made here: .venv, caches, the broker's data
	@if [ -x $(BIN)/enforcement ]; then $(BIN)/enforcement broker down >/dev/null 2>&1 || true; fi
	rm -rf $(VENV) .broker .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

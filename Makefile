# The two commands of the README, and what developers need. `make` alone lists them.
# The virtual environment is made once; a stamp notes what it was made from.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is 3.11 or later; name another with `make PYTHON=… chat`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help chat test check lock upgrade reference clean

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | \
		awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

chat: $(VENV)/stamp ## Talk to the coach in this terminal
	@$(BIN)/maturity-coach chat

test: $(VENV)/stamp-dev ## Run all tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(VENV)/stamp-dev ## Format, lint, types, import contracts, locks, reference
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lock --check
	$(BIN)/python -m tools.reference --check

lock: $(VENV)/stamp-dev ## Renew the locks after a change of pyproject.toml
	$(BIN)/python -m tools.lock

upgrade: $(VENV)/stamp-dev ## Take the newest versions of everything into the locks
	$(BIN)/python -m tools.lock --upgrade

reference: $(VENV)/stamp-dev ## Write docs/reference.md
	$(BIN)/python -m tools.reference

clean: ## Remove the virtual environment and what tools left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or later with venv is needed."; \
		echo "Debian: apt-get install python3 python3-venv. macOS: brew install python"; \
		exit 1; \
	fi
	@$(PYTHON) -m venv $(VENV)

# The lock names the hash of every file; the project itself is installed as it stands here.
define install
	@echo "Installing $(1) into $(VENV), once …"
	@$(PIP) install --require-hashes --requirement $(1)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(VENV)/stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)

$(VENV)/stamp-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $(VENV)/stamp

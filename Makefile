# Every target starts from a bare machine: `setup` brings what is missing and is a fast no-op where nothing is.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
TEMPLATES = $(wildcard resources/templates/*.yaml resources/templates/*.json)

.PHONY: help setup demo test check bench soak lock

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## Build .venv (and install what Debian lacks, as root)
	@packaging/bootstrap.sh

demo: setup ## Open the window on a local AWS; without a display it walks by itself, with a report in build/demo
	@$(BIN)/houseguest demo --output build/demo

test: setup ## Run the tests
	@$(BIN)/python -m pytest -n 4 --dist loadfile

check: setup ## Lint, format, types, templates and the architecture's rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict installer ui
	@$(if $(TEMPLATES),$(BIN)/cfn-lint $(TEMPLATES))
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_lock.py

bench: setup ## Measure; every number is a ratio against a floor of the same run
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m pytest -m speed

soak: setup ## Long sweeps, left out of `make test`
	@$(BIN)/python -m pytest -m soak

lock: ## Resolve requirements.lock anew from pyproject.toml
	@packaging/lock.sh

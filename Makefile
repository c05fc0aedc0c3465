# make demo · run · test · test-all · chaos-free · check · fix · bench · pins        CONTRIBUTING.md explains each
#
# Every target first makes its own virtual environment in .venv, once. To use another one as it is: make VENV=/path test
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ifeq ($(origin VENV),undefined)
VENV := .venv
READY := .venv/.ready
endif
BIN := $(VENV)/bin
SEED ?= $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
CONFIG ?= store.toml
ARGS ?=
CODE := $(patsubst %/,%,$(sort $(dir $(wildcard edge/*.py hq/*.py tests/*.py bench/*.py docs/*.py))))

.PHONY: help demo run test test-all chaos-free check fix bench pins

help:
	@grep -m1 '^# make' Makefile | cut -c3-

.venv/.ready: constraints.txt pyproject.toml .ci/venv
	@.ci/venv .venv
	@touch $@

demo: $(READY)
	@.ci/packages demo
	@$(BIN)/edge demo $(ARGS)

run: $(READY)
	@$(BIN)/edge run --config $(CONFIG) $(ARGS)

test: $(READY)
	@.ci/packages test
	$(BIN)/python -m pytest --seed=$(SEED) $(ARGS)

test-all: $(READY)
	@.ci/packages test
	$(BIN)/python -m pytest --all --seed=$(SEED) $(ARGS)

chaos-free: $(READY)
	@.ci/packages test
	$(BIN)/python -m pytest -m "not chaos" --seed=$(SEED) $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	.ci/addresses

fix: $(READY)
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/python -m docs.generate

bench: $(READY)
	@.ci/packages test
	$(BIN)/python -m bench $(ARGS)

pins: $(READY)
	.ci/pins

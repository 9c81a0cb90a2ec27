# make up      the whole console on http://127.0.0.1:8000/ (PORT=8001 for another port, ARGS=--no-demo for an empty book)
# make test    every check, on SQLite and on PostgreSQL
# make lock    the lock files anew, from requirements.in and requirements-dev.in

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: up test lock format python

up: .venv/run.stamp
	@exec $(BIN)/python manage.py up --port $(PORT) $(ARGS)

test: .venv/dev.stamp
	@exec scripts/check

format: .venv/dev.stamp
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

lock: .venv/dev.stamp
	@scripts/lock

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed, with venv (Debian: apt-get install python3.11-venv)" >&2; exit 1; }

.venv/run.stamp: requirements.txt | python
	@echo "installing …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt | python
	@echo "installing what the checks need …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

# Two commands suffice: `make run` and `make test`. `make help` names the rest.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench messages lock clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/ready translations/en/LC_MESSAGES/messages.mo ## the virtual environment with what the program needs

run: setup ## serve on http://127.0.0.1:8000 with demonstration people (PORT=9000 changes the port)
	@PORT=$(PORT) SHANGGANG_ENV=development $(FLASK) serve

test: .venv/ready-dev translations/en/LC_MESSAGES/messages.mo ## everything: rules, pages, both databases, real browser
	@sh tests/run.sh

lint: .venv/ready-dev ## ruff, mypy and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house

bench: .venv/ready-dev translations/en/LC_MESSAGES/messages.mo ## simulated candidates on SQLite and PostgreSQL (N=200), CRM search, drills, calls
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.search
	$(BIN)/python -m tests.bench.desks
	$(BIN)/python -m tests.bench.calls

messages: .venv/ready ## collect the texts of pages for translation
	@mkdir -p build
	$(BIN)/pybabel -q extract --project=Shanggang --version=1 --copyright-holder=Shanggang --msgid-bugs-address= -F babel.cfg -k __ -k lazy_gettext --no-location --sort-output -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d translations -l en --no-fuzzy-matching --ignore-obsolete --no-wrap

lock: .venv/ready ## pin requirements*.in anew, with hashes
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## remove what was installed and built; the database in instance/ stays
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/ready: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

translations/en/LC_MESSAGES/messages.mo: translations/en/LC_MESSAGES/messages.po .venv/ready
	@$(BIN)/pybabel -q compile -d translations

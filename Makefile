# `make demo` and `make test` are all that is needed; both set themselves up.
.DEFAULT_GOAL := help
PY := .venv/bin/python
XIAOER := .venv/bin/xiaoer

.PHONY: help setup web demo up test lint format lock clean

help:            ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup:           ## make .venv and install what is locked (seconds when nothing changed)
	@python3 scripts/setup.py

web:             ## build the chat widget and the staff console's scripts anew (needs Node.js 20.19)
	@python3 scripts/web_assets.py

demo: setup      ## talk to the shop: seed, train if anything changed, start, open `rasa shell`
	@$(XIAOER) chat

up: setup        ## start backends, action server and Rasa together (REST on port 5005)
	@$(XIAOER) up

lint: setup      ## ruff and mypy
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy components/xiaoer actions backends

format: setup    ## let ruff put the code in order
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

test: lint       ## lint, types, and all tests
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lock:            ## resolve pyproject.toml anew into requirements.lock (needs uv)
	@uv pip compile --universal --generate-hashes --all-extras --no-header -q pyproject.toml -o requirements.lock

clean:           ## remove what training, seeding and tests left (not .venv)
	rm -rf .xiaoer models results .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis

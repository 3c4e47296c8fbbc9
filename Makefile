# Everything here needs only make and Python 3.11 or newer; `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help run demo-load bench rush shell test test-fast pictures tour chaos siege-letters lint lock messages clean

# The first Python that is new enough; none at all becomes one line that says so.
NONE := sh -c 'echo "Countersign needs Python 3.11 or newer: apt install python3 python3-venv" >&2; exit 1' --
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && exit; done)
EMBEDDED = $(or $(PYTHON),$(NONE)) -m embedded

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: ## the whole site on this machine, until Ctrl-C; PORT=8001 moves it
	@$(EMBEDDED) run

demo-load: ## invented signatures for `make run`: SIGNATURES=1000000
	@$(EMBEDDED) manage load_signatures $${SIGNATURES:-100000}

bench: ## measure pages and counting on 1,000,000 signatures into docs/figures.md; SIGNATURES=50000
	@$(EMBEDDED) bench

shell: ## Django's shell on the data of `make run`
	@$(EMBEDDED) manage shell

test: ## all tests, with engines and a browser of their own
	@$(EMBEDDED) test

test-fast: ## the tests that take at most a minute: no browser, no starting of engines
	@$(EMBEDDED) test fast

pictures: ## the walk and every kind of page, photographed into var/pictures
	@TELLINGS=all PICTURES_DIR=$${PICTURES_DIR:-var/pictures} $(EMBEDDED) test -m browser

tour: ## every page of signatures photographed into docs/img, and docs/tour.md about them
	@$(EMBEDDED) tour

chaos: ## letters under kill -9, quick form (10 minutes); CYCLES=100 ONLY=L4,L7 SEED=1
	@$(EMBEDDED) chaos

siege-letters: ## 20,000 letters through a thousand deaths; LETTERS=600 in small
	@$(EMBEDDED) chaos siege

rush: ## 64 people sign at once while PostgreSQL is killed; RUSH=60000
	@$(EMBEDDED) chaos rush

lint: ## ruff, mypy, djlint, import-linter, missing migrations
	@$(EMBEDDED) lint

lock: ## compile requirements*.in to files with hashes
	@$(EMBEDDED) lock

messages: ## gather the strings to translate and compile the translations
	@$(EMBEDDED) messages

clean: ## remove .venv and caches; with CONFIRM=yes the data of `make run` too
	@$(EMBEDDED) clean

# make run   set up what is missing, then serve web, worker and beat on this machine (PORT=8000)
# make test  lint and all tests, on SQLite and on PostgreSQL with Redis
# Real files are the targets, so that nothing is installed or built twice.

PYTHON ?= python3
PY := .venv/bin/python
STAMPS := .venv/stamps
PO := $(wildcard locale/*/LC_MESSAGES/*.po)
NAMING := $(shell find templates static/js desk portal orders reports -name '*.html' -o -name '*.js' -o -name '*.py' 2>/dev/null)
STATIC := $(shell find static -type f -not -path 'static/vendor/*' 2>/dev/null)
TESTS ?= tests

.PHONY: run test lint bench drill docs lock setup clean
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

run: setup
	@exec $(PY) scripts/run.py

setup: $(STAMPS)/static

test: setup $(STAMPS)/dev
	@$(PY) scripts/test.py

lint: setup $(STAMPS)/dev
	@$(PY) scripts/lint.py

bench: setup $(STAMPS)/dev
	@$(PY) -m bench

drill: setup $(STAMPS)/dev
	@$(PY) -m pytest -q -m drill tests

docs: setup
	@$(PY) scripts/docs.py

lock: $(STAMPS)/dev
	@scripts/lock.sh

clean:
	rm -rf .venv node_modules static/vendor var

$(STAMPS)/venv: scripts/venv.sh requirements/uv.txt
	@echo "· Python environment"
	@scripts/venv.sh $(PYTHON)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements/run.txt requirements/build.txt scripts/install.sh $(STAMPS)/venv
	@echo "· packages"
	@scripts/install.sh run build
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	@echo "· packages for tests"
	@scripts/install.sh run build dev
	@touch $@

$(STAMPS)/npm: package.json package-lock.json .npmrc $(STAMPS)/run
	@echo "· front-end packages"
	@.venv/bin/npm ci --silent --ignore-scripts
	@touch $@

$(STAMPS)/assets: scripts/assets.py $(NAMING) $(STAMPS)/npm
	@$(PY) scripts/assets.py
	@touch $@

$(STAMPS)/messages: $(PO) scripts/messages.py $(STAMPS)/run
	@$(PY) scripts/messages.py
	@touch $@

$(STAMPS)/static: $(STATIC) $(STAMPS)/assets $(STAMPS)/messages
	@echo "· static files"
	@$(PY) manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

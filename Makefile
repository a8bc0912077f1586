# Everything that these targets make lives under var/. Needs Python 3.11 or later and nothing else.
PORT ?= 8000
SANDBOX_PORT ?= 8900
VAR_DIR ?= $(CURDIR)/var
PUBLIC_URL ?= http://127.0.0.1:$(PORT)
SANDBOX_URL ?= http://127.0.0.1:$(SANDBOX_PORT)
PYTEST_ARGS ?= -q -n auto
export VAR_DIR PUBLIC_URL SANDBOX_URL

VENV := $(VAR_DIR)/venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
PIP := $(PY) -m pip install --quiet --quiet --disable-pip-version-check

LIGHTHOUSE_DIR := $(VAR_DIR)/lighthouse
LIGHTHOUSE_PINS := .ci/install-lighthouse .ci/lighthouse/package.json .ci/lighthouse/package-lock.json
comma := ,

STATIC_SOURCES := $(shell find cms/static sites/static -type f 2>/dev/null)
MIGRATIONS := $(wildcard */migrations/*.py)
SEED := $(wildcard cms/management/commands/seed_demo.py cms/demo/*.py)

# The embedded database may be deleted, another one may be configured: the stamp of a database counts for neither.
DATABASE_READY := $(VAR_DIR)/.database
ifneq ($(DATABASE_URL),)
.PHONY: $(DATABASE_READY)
else ifeq ($(wildcard $(VAR_DIR)/hub.sqlite3),)
.PHONY: $(DATABASE_READY)
endif

# The demo's outlets and sites carry the addresses that they were loaded with: other ports, load again.
ADDRESSES := $(VAR_DIR)/.addresses

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-soak lighthouse check lint bench requirements messages clean always

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.installed $(VAR_DIR)/.static $(DATABASE_READY) ## the hub with the demo district and the sandbox (PORT, SANDBOX_PORT)
	@exec $(MANAGE) hub --port $(PORT) --sandbox --sandbox-port $(SANDBOX_PORT)

test: $(VENV)/.tools ## the tests; what needs a service or a browser that is not there is skipped
	@$(PY) -m pytest $(PYTEST_ARGS)

test-browser: $(VENV)/.tools ## the browser tests (needs Chromium; with LIGHTHOUSE=1 what `make lighthouse` installs, too)
	@REQUIRE_SERVICES=browser$(if $(LIGHTHOUSE),$(comma)lighthouse) $(PY) -m pytest -q -m browser

lighthouse: $(LIGHTHOUSE_DIR)/.installed ## what scores the pages in the browser tests (needs npm, Node 18 or later)

test-soak: $(VENV)/.tools ## the tests that take minutes (HISTORIES=10000: more of the mirror's)
	@REQUIRE_SERVICES=soak $(PY) -m pytest -q -m soak

check: lint test ## what has to hold before a change is taken

lint: $(VENV)/.tools ## format, lint, types, import contracts, migrations, deployment settings
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run --settings cms.settings.test
	.ci/check-deploy $(PY)

bench: $(VENV)/.tools ## the ratios of benchmarks/
	$(PY) -m benchmarks

requirements: $(VENV)/.tools ## pin requirements.txt and .ci/requirements.txt anew
	
	cd . && CUSTOM_COMPILE_COMMAND="make requirements" $(PY) -m piptools compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in
	cd .ci && CUSTOM_COMPILE_COMMAND="make requirements" $(PY) -m piptools compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in

messages: $(VENV)/.tools ## compile cms/locale/**/*.po
	$(PY) .ci/messages.py

clean: ## remove everything that was made, the demo's database included
	rm -rf "$(VAR_DIR)" .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(PY):
	@.ci/make-venv "$(VENV)"

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "安装依赖（首次约一分钟）……"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.tools: .ci/requirements.txt $(VENV)/.installed
	@echo "安装测试工具……"
	@$(PIP) -r .ci/requirements.txt
	@touch $@

$(LIGHTHOUSE_DIR)/.installed: $(LIGHTHOUSE_PINS)
	@.ci/install-lighthouse "$(LIGHTHOUSE_DIR)"

$(VAR_DIR)/.static: $(VENV)/.installed $(STATIC_SOURCES)
	@echo "收集静态文件……"
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@

$(ADDRESSES): always
	@mkdir -p "$(VAR_DIR)"
	@printf '%s\n' "$(PUBLIC_URL)" "$(SANDBOX_URL)" | cmp -s - $@ || printf '%s\n' "$(PUBLIC_URL)" "$(SANDBOX_URL)" > $@

$(DATABASE_READY): $(VENV)/.installed $(ADDRESSES) $(MIGRATIONS) $(SEED)
	@echo "准备数据库和演示内容……"
	@$(MANAGE) migrate --verbosity 0
ifneq ($(SEED),)
	@$(MANAGE) seed_demo
endif
	@touch $@

# make release: the environment from requirements.lock, then the main job. make test: all checks, with the rest
# of requirements-dev.lock in the same environment.
# PYTHON=/path/to/python3.12 chooses the interpreter; else the newest of 3.13, 3.12, 3.11 is taken.

SHELL := /bin/bash
.DELETE_ON_ERROR:
# pip leaves compiling to the first import. If this is set, bytecode is never cached and every process recompiles.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help portal portal-down release verify test quick fuzz lint format types lock extras wheel ui env clean

VENV := .venv
BIN := $(VENV)/bin
# What building a release needs, and what testing needs beside it.
READY := $(VENV)/.ready
READY_TO_TEST := $(VENV)/.ready-to-test
GOOD_PYTHON := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# One process more than there are processors: a third of the time of the long tests is spent waiting for servers.
# tests/conftest.py says which tests stay together.
PYTEST := $(BIN)/python -m pytest --numprocesses $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --no-loadscope-reorder
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	$$each -c '$(GOOD_PYTHON)' >/dev/null 2>&1 && { command -v $$each; break; }; done)

help:
	@echo 'make release  build the release                   生成数据发布版本'
	@echo 'make verify   build twice and compare every byte  在两个干净环境中各构建一次并比较'
	@echo 'make test     linter, types and all tests         代码检查与全部测试'
	@echo 'make quick    unit tests, half a minute           单元测试，约半分钟'
	@echo 'make fuzz     damaged files and wild texts, 60 s 对读取器和识别器做模糊测试'
	@echo 'make portal   a test portal with the release      启动测试门户并发布'
	@echo 'make ui       the graph in the browser            在浏览器中查看数据流程'
	@echo 'make wheel    the installable package, in dist/   生成安装包'
	@echo 'make extras EXTRAS=ckan,s3   add optional parts   安装可选部分'
	@echo 'make lock     choose the exact versions again     重新锁定依赖版本'
	@echo 'make clean    remove the environment and caches   清除环境与缓存'

release: $(READY)
	@$(BIN)/shenwan-data build

# Needs no environment of its own: it makes two, each from the lock, in two temporary folders.
verify:
	@.ci/verify

# Everything, with the real servers that publishing is tested on: CKAN, stores, a git remote. What needs but one
# processor goes on beside the rest: installing the portal's software, and checking the types. A background job
# of a shell does not see Ctrl-C, so it is ended here.
test:
	@test -n '$(PYTHON)' || $(MAKE) --silent --no-print-directory env
	@.ci/install-system-packages
	@$(PYTHON) tests/portal/ckan_server.py install & portal=$$!; trap 'kill $$portal 2>/dev/null' EXIT; \
	$(MAKE) --silent --no-print-directory env && wait $$portal
	@$(BIN)/python tests/validators.py
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'run: make format'; exit 1; }
	@said=$$(mktemp); $(BIN)/mypy > $$said 2>&1 & types=$$!; trap 'kill $$types 2>/dev/null; rm -f $$said' EXIT; \
	$(PYTEST); good=$$?; \
	wait $$types || { cat $$said; good=1; }; exit $$good

quick: $(READY_TO_TEST)
	@$(PYTEST) -m 'not slow' tests/unit tests/golden tests/conventions

# FUZZ_SECONDS bounds it; a failure prints the seed that repeats it.
fuzz: $(READY_TO_TEST)
	$(BIN)/python -m tests.fuzz --seconds $${FUZZ_SECONDS:-60}
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then \
		$(BIN)/python -m tests.fuzz.guided --seconds $${FUZZ_SECONDS:-60}; \
	else echo 'pip install atheris (Linux) to let coverage guide it as well'; fi

lint: $(READY_TO_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY_TO_TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY_TO_TEST)
	$(BIN)/mypy

ui: $(READY)
	@$(BIN)/python -c 'import dagster_webserver' 2>/dev/null || $(PYTHON) .ci/environment.py extras ui
	@mkdir -p .dagster
	@test -e .dagster/dagster.yaml || printf 'telemetry:\n  enabled: false\nnux:\n  enabled: false\nfreshness:\n  enabled: true\n' > .dagster/dagster.yaml
	DAGSTER_HOME="$${DAGSTER_HOME:-$(CURDIR)/.dagster}" DAGSTER_DISABLE_TELEMETRY=1 \
		$(BIN)/dagster dev -w workspace.yaml

# A real CKAN on this machine alone; docs/publishing.md says what it needs.
portal: $(READY_TO_TEST)
	@$(BIN)/python tests/portal/show_portal.py

portal-down: $(READY_TO_TEST)
	@$(BIN)/python tests/portal/show_portal.py down

env: $(READY_TO_TEST)

wheel: $(READY)
	@$(BIN)/python -m hatchling build -t wheel

# make extras EXTRAS=ckan,s3: what publishing there needs, in the versions of the lock.
extras: $(READY)
	@test -n '$(EXTRAS)' || { echo 'name them: make extras EXTRAS=ckan,s3 请写明，如 EXTRAS=ckan,s3' >&2; exit 2; }
	@$(PYTHON) .ci/environment.py extras '$(EXTRAS)'

# The stamp is written last: an installation that was cut off starts again, a finished one is kept.
$(READY): requirements.lock pyproject.toml
	@test -n '$(PYTHON)' || { echo 'Python 3.11, 3.12 or 3.13 with venv is needed (Debian: apt-get install python3-venv); or PYTHON=/path/to/python' >&2; \
		echo '需要带有 venv 的 Python 3.11 至 3.13' >&2; exit 2; }
	@$(PYTHON) -c '$(GOOD_PYTHON)' || { echo '$(PYTHON) is not Python 3.11 to 3.13 with venv' >&2; exit 2; }
	@$(PYTHON) .ci/environment.py release
	@touch $@

$(READY_TO_TEST): $(READY) requirements-dev.lock
	@$(PYTHON) .ci/environment.py test
	@touch $@

# Exact versions with hashes and no address, valid for every Python that pyproject.toml allows. Extras are kept
# with their packages: pip takes gql[requests] and gql for two requirements when it checks hashes. What both locks
# hold has one version: the first is chosen, the second keeps to it.
COMPILE = $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-strip-extras --quiet
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .ci/requirements-uv.txt
	$(COMPILE) --extra dev --upgrade -o requirements-dev.lock
	cp requirements-dev.lock requirements.lock
	$(COMPILE) --extra pipeline --extra review -o requirements.lock
	@! grep -n '://' requirements.lock requirements-dev.lock
	@touch requirements.lock requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build data/.build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

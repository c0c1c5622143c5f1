# make release: the environment from the lock, then the main job. make test: everything that is checked.
# PYTHON=/path/to/python3.12 chooses the interpreter; else the newest of 3.13, 3.12, 3.11 is taken.

SHELL := /bin/bash
.DELETE_ON_ERROR:
# pip leaves compiling to the first import. Where this is set that never lasts, and each process begins with it anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help portal portal-down release verify test quick fuzz lint format types lock ui env clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
GOOD_PYTHON := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# One process for each processor; tests/conftest.py says which tests stay together.
PYTEST := $(BIN)/python -m pytest --numprocesses logical --no-loadscope-reorder
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3 python; do \
	$$each -c '$(GOOD_PYTHON)' >/dev/null 2>&1 && { command -v $$each; break; }; done)

help:
	@echo 'make release  build the release                   生成数据发布版本'
	@echo 'make verify   build twice and compare every byte  在两个干净环境中各构建一次并比较'
	@echo 'make test     linter, types and all tests         代码检查与全部测试'
	@echo 'make quick    without servers and slow tests      不含真实服务器和耗时的测试'
	@echo 'make fuzz     damaged files and wild texts, 60 s 对读取器和识别器做模糊测试'
	@echo 'make portal   a test portal with the release      启动测试门户并发布'
	@echo 'make ui       the graph in the browser            在浏览器中查看数据流程'
	@echo 'make lock     choose the exact versions anew      重新锁定依赖版本'
	@echo 'make clean    remove the environment and caches   清除环境与缓存'

release: $(READY)
	@$(BIN)/shenwan-data build

# Needs no environment of its own: it makes two, each from the lock, in two temporary folders.
verify:
	@.ci/verify

# Everything, with the real servers that publishing is tested on: CKAN, stores, a git remote. What needs but one
# processor goes on beside the rest: installing the portal's software, and checking the types.
test:
	@test -n '$(PYTHON)' || $(MAKE) --silent --no-print-directory env
	@.ci/install-system-packages
	@$(PYTHON) tests/portal/ckan_server.py install & portal=$$!; \
	$(MAKE) --silent --no-print-directory env && wait $$portal
	@$(BIN)/python tests/validators.py
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'run: make format'; exit 1; }
	@said=$$(mktemp); $(BIN)/mypy > $$said 2>&1 & types=$$!; \
	$(PYTEST); good=$$?; \
	wait $$types || { cat $$said; good=1; }; \
	rm -f $$said; exit $$good

quick: $(READY)
	@$(PYTEST) -m 'not portal and not browser and not slow'

# FUZZ_SECONDS bounds it; a failure prints the seed that repeats it.
fuzz: $(READY)
	$(BIN)/python -m tests.fuzz --seconds $${FUZZ_SECONDS:-60}
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then \
		$(BIN)/python -m tests.fuzz.guided --seconds $${FUZZ_SECONDS:-60}; \
	else echo 'pip install atheris (Linux) to let coverage guide it as well'; fi

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

ui: $(READY)
	@mkdir -p .dagster
	@test -e .dagster/dagster.yaml || printf 'telemetry:\n  enabled: false\n' > .dagster/dagster.yaml
	DAGSTER_HOME="$${DAGSTER_HOME:-$(CURDIR)/.dagster}" DAGSTER_DISABLE_TELEMETRY=1 \
		$(BIN)/dagster dev -w workspace.yaml

# A real CKAN on this machine alone; docs/publishing.md says what it needs.
portal: $(READY)
	@$(BIN)/python tests/portal/show_portal.py

portal-down: $(READY)
	@$(BIN)/python tests/portal/show_portal.py down

env: $(READY)

# The stamp is written last: an installation that was cut off is begun again, a finished one is kept.
$(READY): requirements.lock pyproject.toml
	@test -n '$(PYTHON)' || { echo 'Python 3.11, 3.12 or 3.13 with venv is needed (Debian: apt-get install python3-venv); or PYTHON=/path/to/python' >&2; \
		echo '需要带有 venv 的 Python 3.11 至 3.13' >&2; exit 2; }
	@$(PYTHON) -c '$(GOOD_PYTHON)' || { echo '$(PYTHON) is not Python 3.11 to 3.13 with venv' >&2; exit 2; }
	@echo 'Installing the environment from requirements.lock (once; a few minutes) 正在安装环境'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Exact versions with hashes and no address, valid for every Python that pyproject.toml allows. Extras are
# kept with their packages: pip takes gql[requests] and gql for two requirements when it checks hashes.
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --extra dev --extra ui \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-strip-extras --upgrade --quiet -o requirements.lock
	@! grep -n '://' requirements.lock
	@touch requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build data/.build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

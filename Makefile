# Everything starts here: `make run` serves the demo, `make test` proves the tree. Needs make and Python 3.11 to 3.13.
# Paths are relative throughout, so that a folder with spaces in its name works.
SHELL := /bin/sh
PY := .venv/bin/python
CLI := $(PY) -m peerhub.cli
ARGS ?=

.DEFAULT_GOAL := help
LOCK = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --quiet pyproject.toml
.PHONY: help run test check bench format messages lock install clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1#/' | awk -F'#' '{ printf "%-16s %s\n", $$1, $$2 }'

run: install ## serve the demo on http://127.0.0.1:8000 (PORT=8123 HOST=0.0.0.0 change that)
	@exec $(CLI) run

test: install ## checks, then all tests on servers of its own (ARGS="tests/forums -k reply" for a part)
	@exec $(CLI) test $(ARGS)

check: install ## formatters, linters, types and import contracts only
	@exec $(CLI) check

bench: install ## measure, and print the figures beside their floor
	@exec $(PY) -m tests.bench $(ARGS)

format: install ## rewrite the sources as the formatters want them
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

messages: install ## collect the sentences to translate into locale
	@$(CLI) messages

lock: ## write both locks again from pyproject.toml (needs uv; ARGS=--upgrade for newer versions)
	uv pip compile $(LOCK) --all-extras --output-file requirements.txt $(ARGS)
	uv pip compile $(LOCK) --constraint requirements.txt --output-file requirements-production.txt
	uv pip compile $(LOCK) --constraint requirements.txt --extra s3 --output-file requirements-s3.txt

clean: ## remove what was built and kept, the demo's database included
	@$(if $(wildcard .venv/bin/python),$(CLI) clean)
	rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo

# The copy of requirements.txt inside .venv says what is installed there.
install:
	@set -e; \
	cmp -s requirements.txt .venv/requirements.txt && $(PY) -c '' 2>/dev/null && exit 0; \
	if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  found=; bare=; \
	  for python in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	    "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
	    if "$$python" -c 'import venv, ensurepip' 2>/dev/null; then found=$$python; break; else bare=$$python; fi; \
	  done; \
	  if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	    echo "$$bare cannot make a virtual environment: install its venv module (on Debian: apt install python3-venv)." >&2; exit 1; \
	  elif [ -z "$$found" ]; then \
	    echo "PeerHub needs Python 3.11, 3.12 or 3.13, and none was found: install one, or say PYTHON=/path/to/python." >&2; exit 1; \
	  fi; \
	  echo "  … Virtual environment ($$found)"; \
	  "$$found" -m venv --clear .venv; \
	fi; \
	echo "  … Python packages"; \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt || \
	  { echo "The Python packages could not be installed: the reason stands above." >&2; exit 1; }; \
	cp requirements.txt .venv/requirements.txt; \
	echo "  ✓ Python packages"

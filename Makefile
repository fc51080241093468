# make report   the sample's report, from nothing but Python and the package index
# make test     every test
# make test-engines   the tests of engines that make test does not fetch: Spark, Postgres, Airflow
# make lab      JupyterLab on the notebooks
# make dashboard   the what-if panel as a page of its own, THEME=dark for a dark one
# make bench    the engine beside a plain pandas script

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AIRFLOW := $(VENV)/airflow
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: report test lint types unit browser test-engines java-and-postgres lab dashboard bench clean

report: $(VENV)/installed
	$(BIN)/odr report data/sample --name "Sample seller" --out reports/sample

test: lint types unit

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache

types: $(VENV)/installed-test
	$(BIN)/mypy

unit: $(VENV)/installed-test browser
# A file's tests stay together, so that what they share is made once, and files come in the order of
# their names, which has the long ones first. Compiled modules are kept, also where the environment
# says otherwise: the many processes that tests start would compile them again and again.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
	  --ignore=tests/engines

# The browser tests drive a Chromium they find. Where there is none and this is Debian as
# root, install it; elsewhere they say that they did not run.
browser:
	@if ! command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	  && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing chromium for the browser tests"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
	    >/dev/null 2>&1 || echo "chromium could not be installed"; \
	fi

# More than a gigabyte that a newcomer need not fetch. Airflow brings another dateutil, so it gets an
# environment of its own, which knows this one by the kernel that the recipe has a user make.
test-engines: $(VENV)/installed-engines $(AIRFLOW)/installed java-and-postgres
	PYTHONDONTWRITEBYTECODE= AIRFLOW_PYTHON=$(CURDIR)/$(AIRFLOW)/bin/python \
	  $(BIN)/python -m pytest tests/engines

# As with the browser: where they are missing and this is Debian as root, install them. Elsewhere
# the tests say that they did not run, and fail where CI=true.
java-and-postgres:
	@if ! { command -v java && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
	  && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing Java and PostgreSQL for the tests of engines"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    default-jre-headless postgresql; } >/dev/null 2>&1 \
	    || echo "Java and PostgreSQL could not be installed"; \
	fi

lab: $(VENV)/installed
	$(BIN)/jupyter lab --notebook-dir=. notebooks

# Voila runs the notebook for each reader and hides its code. It takes no user's template, and the
# page asks nobody else for anything. It loads what widgets need and no other extension: one made
# for JupyterLab alone may fail in it.
THEME ?= light
dashboard: $(VENV)/installed-dashboard
	JUPYTER_PATH=$(CURDIR)/dashboard $(BIN)/voila notebooks/04-what-if.ipynb --template=odr \
	  --theme=$(THEME) --VoilaConfiguration.allow_theme_override=YES \
	  --VoilaConfiguration.extension_allowlist=@jupyter-widgets/jupyterlab-manager \
	  --VoilaConfiguration.extension_allowlist=@voila-dashboards/widgets-manager8

bench: $(VENV)/installed-test
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) reports .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/installed-dashboard: $(VENV)/installed
	$(PIP) -e '.[dashboard]'
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) -e '.[test]'
	@touch $@

$(VENV)/installed-engines: $(VENV)/installed-test
	$(PIP) -e '.[engines]'
	@touch $@

# Airflow compiles the few modules it imports when it does; compiling all takes a quarter
# of the time and of the space.
$(AIRFLOW)/installed: $(BIN)/python tests/engines/airflow-constraints.txt
	$(BIN)/python -m venv $(AIRFLOW)
	$(AIRFLOW)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  -c tests/engines/airflow-constraints.txt apache-airflow apache-airflow-providers-papermill
	@touch $@

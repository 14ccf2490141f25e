# Heads Up. Two commands do all the set-up: `make demo` and `make test`.
# Both make a private .venv, install the packages into it, and (as root on Debian/Ubuntu) the system
# libraries that Qt and PortAudio need; otherwise they name them in one line.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test test-all bench lint clean system

demo: $(STAMP)
	$(BIN)/headsup demo --out demo-out

test: $(STAMP) lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -m "not slow and not window and not sound" -n 2 --dist loadfile

test-all: $(STAMP) lint
	$(BIN)/python -m pytest -q

bench: $(STAMP)
	$(BIN)/python -m tests.bench

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

system:
	@sh tools/system-libraries.sh

$(STAMP): pyproject.toml tools/system-libraries.sh tools/make-venv.sh
	@sh tools/system-libraries.sh
	@sh tools/make-venv.sh "$(PYTHON)" "$(VENV)"
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info demo-out .mypy_cache .pytest_cache .ruff_cache

# Heads Up. Two commands do all the set-up themselves: `make demo` and `make test`.
# They make a private .venv, install the packages into it and, as root on Debian or Ubuntu, the system
# libraries that Qt and PortAudio load; without root they name those in one line.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test test-all bench evaluate screenshots lint clean system

demo: $(STAMP)
	$(BIN)/headsup demo --out demo-out

# Half of what the tests take is waiting, on a virtual radio or a child: hence more workers than cores.
test: $(STAMP) lint
	@sh tools/run-tests.sh "$(VENV)" -m "not slow and not window and not sound" -n 3 --dist loadfile

test-all: $(STAMP) lint
	@sh tools/run-tests.sh "$(VENV)"

# What it costs, on SIMULATED data: a live run of ten minutes, a day of data, an analysis. About twenty minutes;
# `python -m tests.bench --minutes 1 --hours 2` takes three, `--only core` one.
bench: $(STAMP)
	$(BIN)/python -m tests.bench

# How good it is, on SIMULATED runs with truth: about ten minutes; `python -m tests.evaluation --quick` takes one.
evaluate: $(STAMP)
	$(BIN)/python -m tests.evaluation

# Every view of the window at three sizes, dark and light, to be looked at.
screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots screenshots

# Types are checked for the Python that is here: the stubs of its NumPy may not fit an older one.
lint: $(STAMP)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy --python-version $$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# Packages are installed again only when pyproject.toml has changed.
$(STAMP): pyproject.toml | system
	@sh tools/make-venv.sh "$(PYTHON)" "$(VENV)"

# A quick look each time: a library may have been removed, or root may be here now.
system:
	@sh tools/system-libraries.sh "$(PYTHON)"

clean:
	rm -rf $(VENV) build dist *.egg-info demo-out screenshots .mypy_cache .pytest_cache .ruff_cache

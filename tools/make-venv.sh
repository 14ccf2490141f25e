#!/bin/sh
# make-venv.sh PYTHON FOLDER: a private virtual environment with Heads Up and its development tools.
set -e
python=$1
venv=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Heads Up needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1). Try: make PYTHON=python3.12 demo"
    exit 2
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
    echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"
    exit 2
}
echo "Installing Heads Up into $venv (a few minutes the first time)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e ".[dev]"

#!/bin/sh
# run-tests.sh VENV ARGUMENTS...: pytest; where Qt's system libraries are missing, without the tests of the window.
python=$1/bin/python
shift
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
if ! reason=$("$python" -c 'import PySide6.QtWidgets' 2>&1); then
    echo "The tests of the window are left out: $(echo "$reason" | tail -n 1)"
    set -- "$@" -p no:pytest-qt --ignore=tests/dashboard
fi
exec "$python" -m pytest -q "$@"

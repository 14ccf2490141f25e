#!/bin/sh
# make-venv.sh PYTHON FOLDER: a private virtual environment with Heads Up and its development tools.
# When it cannot, it says why in one sentence and exits with 2. An installation that was cut short is begun anew.
set -u
python=$1
venv=$2

stop() {
    echo "$1" >&2
    exit 2
}

command -v "$python" >/dev/null 2>&1 ||
    stop "Heads Up needs Python 3.11 or newer, and there is no '$python' here; name yours like this: make PYTHON=python3.12 test"
version=$("$python" -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print("%d.%d" % sys.version_info[:2])') ||
    stop "Heads Up needs Python 3.11 or newer, and '$python' is $("$python" -V 2>&1); name a newer one like this: make PYTHON=python3.12 test"

# `.installing` stands while an installation runs: where it is still there, the last one was cut short.
if [ -e "$venv/.installing" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -c 'import ensurepip' 2>/dev/null ||
        stop "'$python' came without its venv module; on Debian or Ubuntu: sudo apt-get install python$version-venv"
    { rm -rf "$venv" && mkdir "$venv" && : >"$venv/.installing" && "$python" -m venv "$venv"; } >/dev/null 2>&1 ||
        stop "No virtual environment could be made in $PWD/$venv; is the folder writable, and is there room on the disk?"
fi

echo "Installing Heads Up into $venv (a few minutes the first time)"
rm -f "$venv/.installed"
: >"$venv/.installing"
log=$venv/install.log
"$venv/bin/python" -m pip install --disable-pip-version-check -e ".[dev]" </dev/null >"$log" 2>&1 || {
    reason=$(sed -n 's/^ *ERROR: *//p' "$log" | tail -n 1)
    grep -q 'Retrying (' "$log" && reason="is this computer online?"
    stop "The packages could not be installed: ${reason:-pip stopped} (details: $log)"
}
mv "$venv/.installing" "$venv/.installed"

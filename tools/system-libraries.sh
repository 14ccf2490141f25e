#!/bin/sh
# system-libraries.sh PYTHON: the shared libraries that Qt (the window) and PortAudio (the sounds) load. As root on
# Debian or Ubuntu it installs the missing ones, and PYTHON's venv module; otherwise it names them in one line.
# It never fails: all but the window and the sounds works without them.
set -u
python=${1:-python3}

qt="libglib2.0-0 libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1"
x11="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libx11-xcb1"
sound="libportaudio2 libasound2-plugins"

command -v dpkg-query >/dev/null 2>&1 || exit 0

# Since Debian 13 and Ubuntu 24.04 some of them carry a t64 suffix.
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/\(t64\)\{0,1\} installed$//p')
missing=""
for name in $qt $x11 $sound; do
    echo "$installed" | grep -qxF "$name" || missing="$missing $name"
done
if [ "$(id -u)" != 0 ]; then
    [ -z "$missing" ] || echo "For the window and the sounds, install these once: sudo apt-get install$missing"
    exit 0
fi
if ! "$python" -c "import ensurepip" 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) &&
        missing="$missing python$version-venv"
fi
[ -z "$missing" ] && exit 0

echo "Installing system libraries for the window and the sounds:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
{
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=60 $missing
} </dev/null >"$log" 2>&1 ||
    echo "Not all could be installed ($(grep '^E:' "$log" | head -n 1)); later, by hand: apt-get install$missing"
rm -f "$log"
exit 0

#!/bin/sh
# Installs the shared libraries that Qt (the window) and PortAudio (the sounds) load, when this is root on
# Debian or Ubuntu. Otherwise it names the missing ones in one line. Everything else works without them.
LIBS="libglib2.0-0 libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libportaudio2 libasound2-plugins"
XLIBS="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-randr0 libxcb-xinerama0 libxkbcommon-x11-0 libx11-xcb1"

command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for name in $LIBS $XLIBS python3-venv; do
    [ "$name" = python3-venv ] && python3 -c "import ensurepip" 2>/dev/null && continue
    # Since Debian 13 and Ubuntu 24.04 some carry a t64 suffix.
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "ok installed" && continue
    dpkg-query -W -f='${Status}' "${name}t64" 2>/dev/null | grep -q "ok installed" && continue
    missing="$missing $name"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "For the window and the sounds, install these once (as root): apt-get install$missing"
    exit 0
fi
echo "Installing system libraries for the window and the sounds:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || true
apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    echo "Some could not be installed; run by hand for the window and the sounds: apt-get install$missing"
exit 0

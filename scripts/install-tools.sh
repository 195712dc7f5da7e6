#!/bin/sh
# Install the outside programs that are missing: install-tools.sh PROGRAM=PACKAGE ...
# A PROGRAM with a slash is a file that the package brings.
# Uses apt-get as root or through sudo; where there is none, says what to do instead.
set -eu

missing=""
for pair in "$@"; do
    name="${pair%%=*}"
    case "$name" in
    /*) [ -f "$name" ] ;;
    *) command -v "$name" >/dev/null 2>&1 ;;
    esac || missing="$missing ${pair##*=}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing:$missing (Debian names); no apt-get here: see environment.yml" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "missing:$missing; run as root: apt-get install$missing" >&2
        exit 1
    }
    as_root="sudo"
fi
echo "installing with apt-get:$missing"
# Another installation may be at work: wait up to ten minutes for its lock. apt waits
# for dpkg's lock by itself, not for that of its package lists.
tries=60
while ! said=$($as_root apt-get update -qq 2>&1); do
    case "$said" in
    *"Could not get lock"*) tries=$((tries - 1)) ;;
    *) tries=0 ;;
    esac
    [ "$tries" -gt 0 ] || {
        echo "$said" >&2
        exit 1
    }
    sleep 10
done
DEBIAN_FRONTEND=noninteractive $as_root apt-get -o DPkg::Lock::Timeout=600 install \
    -y -qq --no-install-recommends $missing >/dev/null

#!/bin/sh
# Prints the first Python on PATH that can make the virtual environments: 3.11 or newer, with venv and pip inside.
# A name on PATH proves nothing (a pyenv shim answers "command not found"), so each is asked.
for python in python3.13 python3.12 python3.11 python3 python; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$python"
        exit 0
    fi
done
cat >&2 <<'MESSAGE'
No suitable Python was found: python3.13, python3.12, python3.11, python3 and python were asked.
Install Python 3.11 or newer with its venv module, for example: apt-get install python3 python3-venv
MESSAGE
exit 1

#!/bin/sh
# Prints the path of a Python of the functions' version (template.yaml, Runtime) that can make virtual environments.
# Ends with 1 where there is none. A name on PATH proves nothing (pyenv's shim answers "command not found" unless the
# version is selected), so each is asked. It stands here because sam builds the layer from a copy of this folder alone.
for python in python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*[0-9]/bin/python3.13; do
    "$python" -c 'import ensurepip, sys, venv; print(sys.executable)' 2>/dev/null && exit 0
done
exit 1

"""What a cluster would apply, as kustomize renders it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

from local.tools import KUSTOMIZE, path_of

CLUSTER = Path(__file__).resolve().parents[2] / "cluster"
OPENSHIFT = CLUSTER / "openshift"


class RenderingFailed(Exception):
    """kustomize could not render a folder. The message holds what it said."""


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, for which an unquoted "=" is text too. kustomize writes it so."""

    def construct_value(self, node: yaml.ScalarNode) -> str:
        return self.construct_yaml_str(node)


_Loader.add_constructor("tag:yaml.org,2002:value", _Loader.construct_value)


def render(folder: Path) -> dict[str, dict[str, Any]]:
    """The resources of a kustomization, by "Kind/name".

    Raises:
        ToolsMissing: neither kustomize nor kubectl is installed.
        RenderingFailed: the kustomization is wrong.
    """
    program = path_of(KUSTOMIZE)
    verb = "kustomize" if Path(program).name == "kubectl" else "build"
    result = subprocess.run([program, verb, str(folder)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RenderingFailed(f"{folder}: {result.stderr}")
    documents = yaml.load_all(result.stdout, Loader=_Loader)
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}

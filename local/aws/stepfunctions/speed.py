"""Spares moto's interpreter work that it repeats for every execution: parsing the definition, and making clients.

The real definition takes 0.15 s to parse, and each task some 10 ms to make a client. A parsed definition can be
shared: what an execution changes is in its environment, not in the program.
"""

import functools
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import boto_client

from local.aws.patching import replace_method

CONCURRENT_CALLS = 100


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(AmazonStateLanguageParser, "parse", _parse_once)
    vars(boto_client)["boto3"] = SimpleNamespace(client=_make_client_once)


@functools.lru_cache(maxsize=64)
def _parse_once(original: Any, definition: str) -> Any:
    return original(definition)


_clients: dict[tuple[Any, ...], Any] = {}


def _make_client_once(*, service_name: str, region_name: str, config: Config, **options: str) -> Any:
    key = (service_name, region_name, *sorted(options.items()))
    if key not in _clients:
        make: Any = boto3.client
        pooled = config.merge(Config(max_pool_connections=CONCURRENT_CALLS))
        _clients[key] = make(service_name, region_name=region_name, config=pooled, **options)
    return _clients[key]

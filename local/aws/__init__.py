"""AWS on this machine: moto, completed and repaired. README.md here says what it supports, and what it refuses.

`LocalAws` is an account behind an HTTP endpoint, whose functions run in processes of their own; `in_process_aws` is one
for tests, whose functions are callables. What AWS does by itself, or may do wrong, is in modules of their own: `clock`,
`faults`, `globalaccelerator`, `inactive_functions`, `lambda_runtime`, `load_balancers`, `quotas`, `throttling`.
`function_urls` and `stepfunctions.jsonata` are of use alone too.
The rest is internal: the import contracts in pyproject.toml refuse it.

What is named here is imported when it is used: all of moto takes seconds, and some who need a name need little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.aws.clients import AS_OBSERVER, CREDENTIALS, client
    from local.aws.in_process import Handler, InProcessAws, LambdaContext, in_process_aws
    from local.aws.lambda_invocation import InvocationResult, Invoker, wrap_invoker
    from local.aws.repairs import install
    from local.aws.server import LocalAws

__all__ = [
    "AS_OBSERVER",
    "CREDENTIALS",
    "Handler",
    "InProcessAws",
    "InvocationResult",
    "Invoker",
    "LambdaContext",
    "LocalAws",
    "client",
    "in_process_aws",
    "install",
    "wrap_invoker",
]
_MODULE_OF = {
    **dict.fromkeys(("AS_OBSERVER", "CREDENTIALS", "client"), "clients"),
    **dict.fromkeys(("Handler", "InProcessAws", "LambdaContext", "in_process_aws"), "in_process"),
    **dict.fromkeys(("InvocationResult", "Invoker", "wrap_invoker"), "lambda_invocation"),
    "LocalAws": "server",
    "install": "repairs",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)

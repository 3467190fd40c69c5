"""Where a test run writes: the few places in this process that all of it passes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from moto.events.models import EventsBackend
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import SNSBackend
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from local.aws.lambda_runtime.logs import LogStream
from local.aws.patching import replace_method
from tests.security.leaks.watch import Watch


def secrets() -> Iterator[str]:
    """Every version of every secret in moto's Secrets Manager."""
    for account in list(secretsmanager_backends.values()):
        for backend in list(account.values()):
            for secret in list(backend.secrets.values()):
                for version in list(secret.versions.values()):
                    yield version.get("secret_string") or ""


def install(watch: Watch) -> None:
    """Let the watch look at everything that is written from now on."""
    watch.secrets = secrets

    def look_at_result(what: str) -> Callable[..., Any]:
        def looked(original: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            watch.look(what, str(result))
            return result

        return looked

    def look_at_arguments(what: str) -> Callable[..., Any]:
        def looked(original: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
            watch.look(what, f"{args} {kwargs}")
            return original(instance, *args, **kwargs)

        return looked

    replace_method(LambdaPowertoolsFormatter, "format", look_at_result("A log line"))
    replace_method(LogStream, "write", look_at_arguments("A log line"))
    replace_method(EventManager, "_create_history_event", look_at_result("An execution's history"))
    replace_method(SNSBackend, "publish", look_at_arguments("A message"))
    replace_method(EventsBackend, "put_events", look_at_arguments("An event"))

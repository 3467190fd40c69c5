"""Step Functions: moto's state machine interpreter, completed with JSONata and repaired."""

from local.aws.stepfunctions import executions, expressions, failures, integrations, limits, locations, pauses, speed


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    expressions.install()
    locations.install()
    failures.install()
    limits.install()
    integrations.install()
    executions.install()
    pauses.install()
    speed.install()

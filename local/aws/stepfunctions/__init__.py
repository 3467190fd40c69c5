"""Step Functions: moto's state machine interpreter, completed with JSONata and repaired."""

from local.aws.stepfunctions import executions, expressions, pauses, speed


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    expressions.install()
    executions.install()
    pauses.install()
    speed.install()

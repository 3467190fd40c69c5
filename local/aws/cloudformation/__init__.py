"""CloudFormation: moto's, completed until the real `sam deploy` deploys a real SAM template, or says why not."""

from local.aws.cloudformation import changes, early_validation, properties, schemas, stacks, updates


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    stacks.install()
    early_validation.install()
    schemas.install()
    changes.install()
    updates.install()
    properties.install()

"""Clients of a local AWS. It checks no signature, but every request has to have one."""

from typing import Any

import boto3
from botocore.config import Config

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

# In the user agent of those who move and look at the world: their calls count for no quota.
OBSERVER = "local-observer"
AS_OBSERVER = Config(user_agent_extra=OBSERVER)


def client(service: str, region: str, endpoint_url: str) -> Any:
    """A boto3 client of `service` at the local AWS behind `endpoint_url`, whatever this process's environment says.

    It is an observer's: see `local.aws.throttling`.
    """
    factory: Any = boto3.client  # which type it returns depends on the service's name
    return factory(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=AS_OBSERVER,
    )

"""Who may create something in an AWS account: whoever has its credentials, and has written down its id."""

from __future__ import annotations

from collections.abc import Iterable

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.account import REGION
from tests.aws.costs import plan

LOCAL = "local"
# Some of these must have been set on purpose: a default profile, or the role of a machine, doesn't count.
ON_PURPOSE = {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}


class Refused(Exception):
    """Nothing was created. The message says what would have been, and how to go on."""


def confirm(named: str, given: Iterable[str]) -> None:
    """Return if `named` is the id of the account that the credentials belong to; ask AWS who they are, nothing else.

    `given` are the names of the AWS variables in the environment.

    Raises:
        Refused: it is another one, or none was named, or there are no credentials.
    """
    if not ON_PURPOSE.intersection(given):
        raise Refused(_explained("there are no credentials. Set AWS_PROFILE, or put credentials into the environment."))
    try:
        who = boto3.client("sts", region_name=REGION).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise Refused(_explained(f"the credentials don't work: {error}")) from error
    if named != who["Account"]:
        but = f"not of the account {named}" if named else "and no account was named"
        go_on = f"If it may happen there: make test-aws CONFIRM_ACCOUNT={who['Account']}"
        raise Refused(_explained(f"the credentials are those of {who['Arn']}, {but}.\n{go_on}"))


def _explained(why: str) -> str:
    return f"{plan(REGION)}\n\nNothing was created: {why}"

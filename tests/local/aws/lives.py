"""Starts and stops the local AWS, and says what it saw, line by line; at the end it waits to be killed.

The local AWS owns its process, so the tests of its beginning and end need one of their own.
"""

import sys
import time
from pathlib import Path

from moto import mock_aws

from local.aws.clients import client
from local.aws.server import LocalAws
from tests.local.aws.functions import REGION, Function, make_role


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def live(aws: LocalAws) -> None:
    """Say how many tables there are, the endpoint, and the id of a function's process; leave a table behind."""
    aws.start()
    tables = client("dynamodb", REGION, aws.endpoint_url)
    found = len(tables.list_tables()["TableNames"])
    tables.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    make_role(aws)
    say(found, aws.endpoint_url, Function(aws, "hello").invoke()["pid"])


def main(logs: Path) -> None:
    with mock_aws():
        try:
            LocalAws(log_directory=logs).start()
        except RuntimeError as error:
            say(error)
    for _ in range(2):
        aws = LocalAws(log_directory=logs)
        live(aws)
        aws.stop()
        aws.stop()
    live(LocalAws(log_directory=logs))
    time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

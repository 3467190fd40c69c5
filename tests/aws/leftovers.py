"""Removes what the suite created: at the end of a run what is that run's, on demand what any run has left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.aws.account import PREFIX, TAG, Account

DELETED_SECONDS = 1800.0


@dataclass(frozen=True)
class Leftover:
    """Something that is there, and how it is removed."""

    what: str
    name: str
    remove: Callable[[], object]

    def __str__(self) -> str:
        return f"{self.what} {self.name}"


def find(account: Account, beginning: str = PREFIX) -> list[Leftover]:
    """What there is whose name begins so: stacks, which must carry the suite's tag as well, and what is in none."""
    others = [leftover for kind in KINDS for leftover in kind.find(account, beginning)]
    return [*_stacks(account, beginning), *others]


def remove(account: Account, beginning: str = PREFIX) -> list[str]:
    """Remove all of it: stacks first, the newest before the others, then what they leave. Returns what was removed.

    Raises:
        AssertionError: something is still there. Everything else has been tried nevertheless.
    """
    removed, failures = [], []
    for finder in (_stacks, find):
        for leftover in list(finder(account, beginning)):
            try:
                leftover.remove()
                removed.append(str(leftover))
            except (ClientError, BotoCoreError, AssertionError) as error:
                failures.append(f"{leftover}: {error}")
    left = [str(leftover) for leftover in find(account, beginning)]
    assert not left, "\n".join(["Still there; `make test-aws-clean` tries again:", *left, *failures])
    return removed


def _pages(client: Any, operation: str, result: str, **arguments: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(result, [])


def _stacks(account: Account, beginning: str) -> Iterator[Leftover]:
    """AWS lists the newest first."""
    for stack in _pages(account.client("cloudformation"), "describe_stacks", "Stacks"):
        name, tags = stack["StackName"], {tag["Key"] for tag in stack.get("Tags", [])}
        if name.startswith(beginning) and TAG in tags:
            yield Leftover("stack", name, partial(_delete_stack, account, name))


def _delete_stack(account: Account, name: str) -> None:
    client = account.client("cloudformation")
    client.delete_stack(StackName=name)

    def status() -> str:
        try:
            return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return "DELETE_COMPLETE"  # a deleted stack isn't found by its name

    ended = account.eventually(status, lambda seen: not seen.endswith("_IN_PROGRESS"), DELETED_SECONDS, every=10)
    assert ended == "DELETE_COMPLETE", ended


@dataclass(frozen=True)
class Kind:
    """What isn't in a stack, or outlives it: how it is listed, where its name is, how one is removed."""

    what: str
    service: str
    operation: str
    result: str
    name: Callable[[Any], str]
    remove: Callable[[Any, Any], object]

    def find(self, account: Account, beginning: str) -> Iterator[Leftover]:
        client = account.client(self.service)
        for item in _pages(client, self.operation, self.result):
            name = self.name(item)
            if name.rpartition("/")[2].startswith(beginning):
                yield Leftover(self.what, name, partial(self.remove, client, item))


def _delete_table(client: Any, name: str) -> None:
    """A fence table outlives its stack, and is protected."""
    if client.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.get_waiter("table_exists").wait(TableName=name)
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name)


def _delete_role(client: Any, role: Any) -> None:
    name = role["RoleName"]
    for policy in _pages(client, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in _pages(client, "list_role_policies", "PolicyNames", RoleName=name):
        client.delete_role_policy(RoleName=name, PolicyName=policy)
    client.delete_role(RoleName=name)


def _delete_bucket(client: Any, bucket: Any) -> None:
    name = bucket["Name"]
    for stored in _pages(client, "list_objects_v2", "Contents", Bucket=name):
        client.delete_object(Bucket=name, Key=stored["Key"])
    client.delete_bucket(Bucket=name)


# Lambda and Step Functions write late, and may make a log group again that went with its stack.
KINDS = (
    Kind(
        *("state machine", "stepfunctions", "list_state_machines", "stateMachines", lambda item: item["name"]),
        lambda client, item: client.delete_state_machine(stateMachineArn=item["stateMachineArn"]),
    ),
    Kind(
        *("load balancer", "elbv2", "describe_load_balancers", "LoadBalancers", lambda item: item["LoadBalancerName"]),
        lambda client, item: client.delete_load_balancer(LoadBalancerArn=item["LoadBalancerArn"]),
    ),
    Kind(
        *("topic", "sns", "list_topics", "Topics", lambda item: item["TopicArn"].rpartition(":")[2]),
        lambda client, item: client.delete_topic(TopicArn=item["TopicArn"]),
    ),
    Kind("table", "dynamodb", "list_tables", "TableNames", str, _delete_table),
    Kind("role", "iam", "list_roles", "Roles", lambda item: item["RoleName"], _delete_role),
    Kind(
        *("log group", "logs", "describe_log_groups", "logGroups", lambda item: item["logGroupName"]),
        lambda client, item: client.delete_log_group(logGroupName=item["logGroupName"]),
    ),
    Kind("bucket", "s3", "list_buckets", "Buckets", lambda item: item["Name"], _delete_bucket),
)

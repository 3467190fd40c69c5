"""What a run leaves behind is found and removed, and nothing else is."""

from __future__ import annotations

import json

import pytest

from tests.aws import leftovers
from tests.aws.account import PREFIX, REGION, TAG, Account

pytestmark = pytest.mark.aws

TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def test_what_another_run_has_left_is_removed(account: Account):
    """A stack, and what can be left of one: a protected table, a bucket with objects, a log group that came back."""
    other = f"{account.run}-other"
    account.client("s3").create_bucket(Bucket=other, CreateBucketConfiguration={"LocationConstraint": REGION})
    account.client("s3").put_object(Bucket=other, Key="code", Body=b"x")
    account.client("dynamodb").create_table(
        TableName=f"{other}-table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        DeletionProtectionEnabled=True,
    )
    account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{other}-function")
    for name, tags in ((f"{other}-stack", [{"Key": TAG, "Value": "other"}]), (f"{other}-foreign", [])):
        account.client("cloudformation").create_stack(StackName=name, TemplateBody=TOPIC, Tags=tags)
        account.client("cloudformation").get_waiter("stack_create_complete").wait(StackName=name)

    removed = leftovers.remove(account, other)

    assert sorted(each for each in removed if not each.startswith("topic")) == [
        f"bucket {other}",
        f"log group /aws/lambda/{other}-function",
        f"stack {other}-stack",
        f"table {other}-table",
    ]
    stacks = account.client("cloudformation").describe_stacks(StackName=f"{other}-foreign")["Stacks"]
    assert len(stacks) == 1, "a stack without the suite's tag was removed"
    account.client("cloudformation").delete_stack(StackName=f"{other}-foreign")


def test_nothing_is_left_of_any_run(account: Account, request: pytest.FixtureRequest):
    """`make test-aws-clean`: everything that begins with the suite's name, and each stack that carries its tag."""
    if not request.config.getoption("--clean"):
        pytest.skip("only `make test-aws-clean` looks for what other runs have left")
    removed = leftovers.remove(account, PREFIX)
    print("\n".join(["removed:", *removed]) if removed else "Nothing was left.")
    assert leftovers.find(account, PREFIX) == []

"""Policies that IAM calls malformed: those of roles that CloudFormation makes, and those that are put by hand."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.stacks import deploy
from tests.local.aws.refusals import failure

pytestmark = pytest.mark.usefixtures("cloudformation")

ALLOWED = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
TRACING = "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"


def role(*statements: Any, trust: Any = TRUST, **more: Any) -> dict[str, Any]:
    policy = {"PolicyName": "own", "PolicyDocument": {"Statement": list(statements)}}
    properties = {"RoleName": "role", "AssumeRolePolicyDocument": trust, "Policies": [policy], **more}
    return {"X": {"Type": "AWS::IAM::Role", "Properties": properties}}


def trusting(**changes: Any) -> dict[str, Any]:
    """The trust policy with a changed statement; None leaves a field out."""
    statement = {**TRUST["Statement"][0], **changes}
    return {"Statement": [{key: value for key, value in statement.items() if value is not None}]}


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            {**ALLOWED, "Action": "Publish"},
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        ({**ALLOWED, "Action": "sns:a:b"}, "Actions/Condition can contain only one colon."),
        ({**ALLOWED, "Action": "sn*:Publish"}, "Vendor sn* is not valid"),
        ({**ALLOWED, "Action": []}, "Policy statement must contain actions."),
        ({"Effect": "Allow", "Resource": "*"}, "Policy statement must contain actions."),
        ({**ALLOWED, "Resource": "topic"}, 'Resource topic must be in ARN format or "*".'),
        ({**ALLOWED, "Resource": []}, "Policy statement must contain resources."),
        ({"Effect": "Allow", "Action": "sns:Publish"}, "Policy statement must contain resources."),
        ({**ALLOWED, "Effect": "Permit"}, "Syntax errors in policy."),
        ({**ALLOWED, "Condition": {"StringIs": {"a": "b"}}}, "Syntax errors in policy."),
        ({**ALLOWED, "Resources": "*"}, "Syntax errors in policy."),
        ({**ALLOWED, "Principal": "*"}, "Policy document should not specify a principal."),
        ({**ALLOWED, "Sid": "to-publish"}, "Statement IDs (SID) must be alpha-numeric."),
    ],
)
def test_a_malformed_policy_fails_its_role(statement: dict[str, Any], message: str):
    assert failure(role(statement)).startswith(f'Resource handler returned message: "{message}')
    assert boto3.client("iam").list_roles()["Roles"] == []


def test_statements_have_names_of_their_own():
    named = {**ALLOWED, "Sid": "Publish"}
    assert "Statement IDs (SID) in a single policy must be unique." in failure(role(named, named))


def test_a_policy_has_a_statement():
    assert "Syntax errors in policy." in failure(role())


@pytest.mark.parametrize(
    ("trust", "message"),
    [
        ({}, "Syntax errors in policy."),
        (trusting(Principal=None), "Missing required field Principal"),
        (trusting(Principal={"Service": "lambda"}), 'Invalid principal in policy: "SERVICE":"lambda"'),
        (trusting(Resource="*"), "Has prohibited field Resource."),
        (trusting(Action="lambda:InvokeFunction"), "Trust Policy statement actions can only be sts:AssumeRole"),
        (trusting(Sid="x" * 2048), "Cannot exceed quota for ACLSizePerRole: 2048"),
    ],
)
def test_a_malformed_trust_policy_fails_its_role(trust: Any, message: str):
    assert message in failure(role(ALLOWED, trust=trust))


def test_all_policies_of_a_role_together_have_a_limit():
    resources = [f"arn:aws:sns:us-west-2:123456789012:topic-{number:04}" for number in range(100)]
    document = {"Statement": [{**ALLOWED, "Resource": resources}]}
    policies = [{"PolicyName": name, "PolicyDocument": document} for name in "abc"]
    exceeded = 'message: "Maximum policy size of 10240 bytes exceeded for role role" '
    assert exceeded in failure(role(ALLOWED, Policies=policies))


def test_a_managed_policy_of_another_name_is_none():
    unknown = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"  # without its path
    assert f"Policy {unknown} does not exist or is not attachable." in failure(
        role(ALLOWED, ManagedPolicyArns=[unknown])
    )


def test_a_role_has_what_it_declares_after_an_update_as_well():
    iam = boto3.client("iam")

    def granted() -> tuple[Any, set[str], list[Any]]:
        document = iam.get_role_policy(RoleName="role", PolicyName="own")["PolicyDocument"]
        attached = iam.list_attached_role_policies(RoleName="role")["AttachedPolicies"]
        return (
            document,
            {policy["PolicyArn"] for policy in attached},
            iam.list_role_policies(RoleName="role")["PolicyNames"],
        )

    other = {"PolicyName": "other", "PolicyDocument": {"Statement": [ALLOWED]}}
    first = role(ALLOWED, ManagedPolicyArns=[EXECUTION])
    first["X"]["Properties"]["Policies"].append(other)
    deploy(json.dumps({"Resources": first}))
    assert granted() == ({"Statement": [ALLOWED]}, {EXECUTION}, ["own", "other"])

    narrower = {**ALLOWED, "Resource": "arn:aws:sns:us-west-2:123456789012:topic"}
    changed = role(narrower, ManagedPolicyArns=[TRACING], trust=trusting(Principal={"Service": "states.amazonaws.com"}))
    assert deploy(json.dumps({"Resources": changed}), update=True)["StackStatus"] == "UPDATE_COMPLETE"
    assert granted() == ({"Statement": [narrower]}, {TRACING}, ["own"])
    trust = iam.get_role(RoleName="role")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "states.amazonaws.com"}


def test_a_malformed_policy_is_refused_by_iam_itself():
    iam = boto3.client("iam")
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(TRUST))
    document = json.dumps({"Statement": [{**ALLOWED, "Principal": "*"}]})
    with pytest.raises(ClientError, match="should not specify a principal") as caught:
        iam.put_role_policy(RoleName="role", PolicyName="own", PolicyDocument=document)
    assert caught.value.response["Error"]["Code"] == "MalformedPolicyDocument"

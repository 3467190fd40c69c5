"""What moto's CloudFormation takes, though AWS refuses it, and what it makes of a change set that isn't executed."""

import functools
import json
from typing import Any

import boto3

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.probe import Probes, error_code, name, tags
from tests.local.aws.probes.stack_functions import FUNCTION, ROLE, store_archive
from tests.local.aws.probes.stacks import change_set_ends, deploy

PROBES = Probes()


@PROBES.add(plain=["none", "none", "none"], repaired=["ValidationError", "ValidationError", "ValidationError"])
def refuses_a_template_that_aws_refuses() -> Any:
    """An alias, a section that there isn't, and a body that is too long for a request."""
    good = "Resources: { T: { Type: AWS::SNS::Topic } }"
    aliased = "Metadata: { A: &text x, B: *text }\n" + good
    return [
        error_code(functools.partial(deploy, template))
        for template in (aliased, f"{good}\nResourcess: {{}}", f"{good}\nMetadata: {{ A: {'x' * 51_200} }}")
    ]


@PROBES.add(plain="raises NotImplementedError", repaired=["FAILED", 1])
def validates_properties_before_a_deployment() -> Any:
    """What becomes of the change set, and how many events tell why."""
    client = boto3.client("cloudformation")
    template = "Resources: { T: { Type: AWS::SNS::Topic, Properties: { Nmae: x } } }"
    made = client.create_change_set(
        StackName=name("s"), ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template, Tags=tags()
    )
    status = change_set_ends(made["Id"])
    return [status, len(client.describe_events(ChangeSetName=made["Id"])["OperationEvents"])]


@PROBES.add(plain="CREATE_COMPLETE", repaired="ROLLBACK_COMPLETE")
def validates_properties_whose_values_come_from_resources() -> Any:
    template = """
        Resources:
          T: { Type: AWS::SNS::Topic }
          Q: { Type: AWS::SSM::Parameter, Properties: { Name: ~q, Type: String, Value: x, Tier: !Ref T } }
    """
    return deploy(template)["StackStatus"]


@PROBES.add(plain=[1, 2], repaired=[1, 1])
def has_one_stack_of_a_name() -> Any:
    """After one change set that isn't executed, and after another one."""
    client, counts = boto3.client("cloudformation"), []
    template = "Resources: { T: { Type: AWS::SNS::Topic } }"
    for change_set in ("first", "second"):
        client.create_change_set(
            StackName=name("s"), ChangeSetName=change_set, ChangeSetType="CREATE", TemplateBody=template, Tags=tags()
        )
        pages = client.get_paginator("describe_stacks").paginate()
        stacks = [stack["StackName"] for page in pages for stack in page["Stacks"]]
        counts.append(stacks.count(name("s")))
    return counts


@PROBES.add(plain=["old", []], repaired=["new", ["AWSXrayWriteOnlyAccess"]])
def changes_the_policies_of_a_role() -> Any:
    """moto keeps the inline ones, and attaches no managed one."""
    iam = boto3.client("iam")
    for update, statement_id in ((False, "old"), (True, "new")):
        statement = {"Sid": statement_id, "Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
        properties = {
            "RoleName": "~r",
            "AssumeRolePolicyDocument": TRUST,
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"],
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        }
        deploy(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}), update=update)
    document = iam.get_role_policy(RoleName=name("r"), PolicyName="p")["PolicyDocument"]
    attached = iam.list_attached_role_policies(RoleName=name("r"))["AttachedPolicies"]
    found = "new" if "new" in str(document) else "old"
    return [found, [policy["PolicyName"] for policy in attached]]


@PROBES.add(plain="none", repaired="InsufficientCapabilitiesException")
def asks_for_an_acknowledgement_of_roles() -> Any:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
    create = boto3.client("cloudformation").create_change_set
    body = json.dumps({"Resources": {"R": role}})
    return error_code(lambda: create(StackName=name("s"), ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body))


@PROBES.add(plain=["CREATE_COMPLETE", 1], repaired=["ROLLBACK_COMPLETE", 0])
def refuses_variables_beyond_four_kilobytes() -> Any:
    """And leaves no function."""
    store_archive()
    variables = {"Environment": {"Variables": {"LARGE": "x" * 4096}}}
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], **variables}}
    status = deploy(json.dumps({"Resources": {"R": ROLE, "F": function}}))["StackStatus"]
    pages = boto3.client("lambda").get_paginator("list_functions").paginate()
    made = [one for page in pages for one in page["Functions"] if one["FunctionName"].startswith(name(""))]
    return [status, len(made)]

"""Defects of moto's CloudFormation, as `sam deploy` uses it: by change sets."""

import functools
import io
import json
import uuid
import zipfile
from typing import Any

import boto3

from tests.local.aws.functions import TRUST
from tests.local.aws.probes.probe import Probes, error_code

PROBES = Probes()

STACK = "stack"


def deploy(template: str, update: bool = False, **parameters: str) -> dict[str, Any]:
    """Deploy the template and return the stack. Raises ClientError when CloudFormation refuses it."""
    client = boto3.client("cloudformation")
    made = client.create_change_set(
        StackName=STACK,
        ChangeSetName=f"c{uuid.uuid4().hex}",
        ChangeSetType="UPDATE" if update else "CREATE",
        TemplateBody=template,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    client.execute_change_set(ChangeSetName=made["Id"], StackName=STACK)
    return dict(client.describe_stacks(StackName=STACK)["Stacks"][0])


def resources() -> list[str]:
    """The types of the stack's resources."""
    listed = boto3.client("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
    return sorted(resource["ResourceType"] for resource in listed)


def store(name: str, content: bytes) -> None:
    """Put an object into the bucket "bucket", which is made when it is missing."""
    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    client.put_object(Bucket="bucket", Key=name, Body=content)


def store_archive() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("python/module.py", "")
    store("archive.zip", archive.getvalue())


@PROBES.add(plain=[""], repaired=["AWS::IAM::Role", "AWS::Lambda::Function"])
def transforms_a_serverless_function() -> Any:
    """Plain moto reports success and makes nothing; its list has a nameless entry for it."""
    deploy("""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: { InlineCode: "x = 1", Handler: index.x, Runtime: python3.13 }
    """)
    return resources()


@PROBES.add(plain="none", repaired="ValidationError")
def refuses_a_type_that_it_does_not_support() -> Any:
    return error_code(lambda: deploy("Resources: { W: { Type: AWS::WAFv2::WebACL, Properties: {} } }"))


@PROBES.add(plain={}, repaired={"Name": "fixed"})
def gives_a_stack_its_outputs() -> Any:
    stack = deploy("""
        Resources: { T: { Type: AWS::SNS::Topic, Properties: { TopicName: fixed } } }
        Outputs: { Name: { Value: !GetAtt T.TopicName } }
    """)
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


@PROBES.add(plain="['one', 'two']", repaired="one,two")
def shows_a_list_as_it_was_given() -> Any:
    stack = deploy(
        """
        Parameters: { Names: { Type: CommaDelimitedList } }
        Resources: { T: { Type: AWS::SNS::Topic } }
    """,
        Names="one,two",
    )
    return stack["Parameters"][0]["ParameterValue"]


CONDITIONAL = """
    Parameters: { Wanted: { Type: String, Default: "no" } }
    Conditions: { IsWanted: !Equals [!Ref Wanted, "yes"] }
    Resources:
      Always: { Type: AWS::SNS::Topic, Properties: { TopicName: always } }
      Sometimes: { Type: AWS::SNS::Topic, Condition: IsWanted, Properties: { TopicName: sometimes } }
"""


@PROBES.add(plain=[1, 1, 1], repaired=[1, 2, 1])
def asks_conditions_again_on_update() -> Any:
    counts = []
    for step, wanted in enumerate(("no", "yes", "no")):
        deploy(CONDITIONAL, update=step > 0, Wanted=wanted)
        counts.append(len(boto3.client("sns").list_topics()["Topics"]))
    return counts


@PROBES.add(plain=["", "AWS::SNS::Topic"], repaired=["AWS::SNS::Topic"])
def lists_what_there_is() -> Any:
    deploy(CONDITIONAL)
    return resources()


@PROBES.add(plain="before", repaired="after")
def sees_a_changed_parameter_in_a_substitution() -> Any:
    template = """
        Parameters: { Text: { Type: String } }
        Resources:
          P: { Type: AWS::SSM::Parameter, Properties: { Name: p, Type: String, Value: !Sub "${Text}" } }
    """
    deploy(template, Text="before")
    deploy(template, update=True, Text="after")
    return boto3.client("ssm").get_parameter(Name="p")["Parameter"]["Value"]


@PROBES.add(plain="a,None", repaired="a")
def leaves_no_value_out_of_a_list() -> Any:
    deploy("""
        Resources:
          P:
            Type: AWS::SSM::Parameter
            Properties: { Name: p, Type: String, Value: !Join [",", [a, !Ref AWS::NoValue]] }
    """)
    return boto3.client("ssm").get_parameter(Name="p")["Parameter"]["Value"]


@PROBES.add(plain=["none", "none", "none"], repaired=["ValidationError", "ValidationError", "none"])
def checks_parameters_and_rules() -> Any:
    template = """
        Parameters: { Text: { Type: String, AllowedPattern: "^[a-z]+$" } }
        Rules: { R: { Assertions: [{ Assert: !Not [!Equals [!Ref Text, forbidden]] }] } }
        Resources: { T: { Type: AWS::SNS::Topic } }
    """
    return [error_code(functools.partial(deploy, template, Text=text)) for text in ("A", "forbidden", "good")]


@PROBES.add(plain="CREATE_COMPLETE", repaired="FAILED")
def sees_that_a_default_is_no_change() -> Any:
    deploy(CONDITIONAL)
    store("template", CONDITIONAL.encode())
    client = boto3.client("cloudformation")
    made = client.create_change_set(
        StackName=STACK,
        ChangeSetName="same",
        ChangeSetType="UPDATE",
        TemplateURL="https://s3.amazonaws.com/bucket/template",
        Parameters=[{"ParameterKey": "Wanted", "ParameterValue": "no"}],
    )
    return client.describe_change_set(ChangeSetName=made["Id"])["Status"]


@PROBES.add(plain="raises ClientError", repaired=["ROLLBACK_COMPLETE", []])
def rolls_a_failed_creation_back() -> Any:
    template = """
        Resources:
          T: { Type: AWS::SNS::Topic }
          S: { Type: AWS::SSM::Parameter, Properties: { Name: aws-reserved, Type: String, Value: x } }
    """
    return [deploy(template)["StackStatus"], boto3.client("sns").list_topics()["Topics"]]


@PROBES.add(plain="raises IndexError", repaired="arn:aws:lambda:us-west-2:123456789012:layer:l:1")
def lets_a_function_refer_to_a_layer() -> Any:
    store_archive()
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "l", "Content": ARCHIVE}}
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Layers": [{"Ref": "L"}]}}
    deploy(json.dumps({"Resources": {"F": function, "L": layer, "R": ROLE}}))
    return boto3.client("lambda").get_function(FunctionName="f")["Configuration"]["Layers"][0]["Arn"]


ARCHIVE = {"S3Bucket": "bucket", "S3Key": "archive.zip"}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
FUNCTION: dict[str, Any] = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "f",
        "Code": ARCHIVE,
        "Handler": "module.x",
        "Role": {"Fn::GetAtt": ["R", "Arn"]},
        "Runtime": "python3.13",
        "LoggingConfig": {"LogGroup": "/own/group"},
        "TracingConfig": {"Mode": "Active"},
    },
}


@PROBES.add(plain=[None, "PassThrough"], repaired=["/own/group", "Active"])
def keeps_a_functions_log_group_and_tracing() -> Any:
    store_archive()
    deploy(json.dumps({"Resources": {"F": FUNCTION, "R": ROLE}}))
    configuration = boto3.client("lambda").get_function_configuration(FunctionName="f")
    return [configuration.get("LoggingConfig", {}).get("LogGroup"), configuration["TracingConfig"]["Mode"]]


@PROBES.add(plain="raises IndexError", repaired="arn:aws:sns:us-west-2:123456789012:fixed")
def reads_a_definition_from_s3_and_substitutes() -> Any:
    store("d.json", b'{"StartAt": "S", "States": {"S": {"Type": "Succeed", "Comment": "${Topic}"}}}')
    deploy_machine = """
        Resources:
          T: { Type: AWS::SNS::Topic, Properties: { TopicName: fixed } }
          M:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              RoleArn: arn:aws:iam::123456789012:role/r
              DefinitionS3Location: { Bucket: bucket, Key: d.json }
              DefinitionSubstitutions: { Topic: !Ref T }
    """
    deploy(deploy_machine)
    client = boto3.client("stepfunctions")
    arn = client.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    definition = client.describe_state_machine(stateMachineArn=arn)["definition"]
    return json.loads(definition)["States"]["S"]["Comment"]


@PROBES.add(plain="StateMachineDoesNotExist", repaired="none")
def starts_what_it_deployed() -> Any:
    """With execution on, moto's API looks for state machines where its CloudFormation doesn't put them."""
    definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
    properties = {
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "StateMachineName": "m",
        "DefinitionString": definition,
    }
    deploy(json.dumps({"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}))
    arn = "arn:aws:states:us-west-2:123456789012:stateMachine:m"
    client = boto3.client("stepfunctions")
    return error_code(lambda: client.start_execution(stateMachineArn=arn, name="n", input="{}"))


@PROBES.add(plain=[5, 6], repaired=["5", "6"])
def gives_a_function_variables_that_are_texts() -> Any:
    store_archive()
    properties = {**FUNCTION["Properties"], "Environment": {"Variables": {"SIZE": {"Ref": "Size"}}}}
    function, size = {**FUNCTION, "Properties": properties}, {"Type": "Number"}
    template = json.dumps({"Parameters": {"Size": size}, "Resources": {"F": function, "R": ROLE}})
    seen = []
    for update, value in ((False, "5"), (True, "6")):
        deploy(template, update=update, Size=value)
        configuration = boto3.client("lambda").get_function_configuration(FunctionName="f")
        seen.append(configuration["Environment"]["Variables"]["SIZE"])
    return seen


@PROBES.add(plain=[7, "stream"], repaired=[30, "stream"])
def changes_the_retention_of_a_log() -> Any:
    client = boto3.client("logs")
    for update, days in ((False, 7), (True, 30)):
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "g", "RetentionInDays": days}}
        deploy(json.dumps({"Resources": {"G": group}}), update=update)
        if not update:
            client.create_log_stream(logGroupName="g", logStreamName="stream")
    return [
        client.describe_log_groups()["logGroups"][0]["retentionInDays"],
        client.describe_log_streams(logGroupName="g")["logStreams"][0]["logStreamName"],
    ]


@PROBES.add(plain=["", "a.amazonaws.com"], repaired=["Sid", "b.amazonaws.com"])
def changes_a_permission() -> Any:
    """Its physical id is the statement's."""
    store_archive()
    permission: dict[str, Any] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction", "Principal": "a.amazonaws.com"},
    }
    deploy(json.dumps({"Resources": {"F": FUNCTION, "P": permission, "R": ROLE}}))
    permission["Properties"]["Principal"] = "b.amazonaws.com"
    deploy(json.dumps({"Resources": {"F": FUNCTION, "P": permission, "R": ROLE}}), update=True)
    listed = boto3.client("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
    physical_ids = {resource["PhysicalResourceId"] for resource in listed}
    policy = json.loads(boto3.client("lambda").get_policy(FunctionName="f")["Policy"])
    (statement,) = policy["Statement"]
    return ["Sid" if statement["Sid"] in physical_ids else "", statement["Principal"]["Service"]]

"""Defects of moto's CloudFormation, as `sam deploy` uses it: by change sets."""

import functools
import json
import uuid
from typing import Any

import boto3

from tests.local.aws.probes.probe import Probes, error_code, name, pause, role, tags

PROBES = Probes()

STACK = "stack"


def deploy(template: str, update: bool = False, **parameters: str) -> dict[str, Any]:
    """Deploy the template and return the stack, as it is in the end. A ~ in the template is what names begin with here.

    Raises ClientError when CloudFormation refuses it.
    """
    client = boto3.client("cloudformation")
    made = client.create_change_set(
        StackName=name(STACK),
        ChangeSetName=f"c{uuid.uuid4().hex}",
        ChangeSetType="UPDATE" if update else "CREATE",
        TemplateBody=template.replace("~", name("")),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Tags=tags(),
    )
    change_set_ends(made["Id"])
    client.execute_change_set(ChangeSetName=made["Id"], StackName=name(STACK))
    while (stack := client.describe_stacks(StackName=name(STACK))["Stacks"][0])["StackStatus"].endswith("_IN_PROGRESS"):
        pause(3.0)
    return dict(stack)


def change_set_ends(change_set: str) -> str:
    """Its status, once it has been made or couldn't be."""
    client = boto3.client("cloudformation")
    while (status := client.describe_change_set(ChangeSetName=change_set)["Status"]).startswith("CREATE_"):
        if status == "CREATE_COMPLETE":
            break
        pause(3.0)
    return str(status)


def resources() -> list[str]:
    """The types of the stack's resources."""
    listed = boto3.client("cloudformation").list_stack_resources(StackName=name(STACK))["StackResourceSummaries"]
    return sorted(resource["ResourceType"] for resource in listed)


def topics() -> list[str]:
    """The names of the stack's topics."""
    listed = boto3.client("sns").list_topics()["Topics"]
    names = [topic["TopicArn"].rpartition(":")[2] for topic in listed]
    return [topic for topic in names if topic.startswith(name(""))]


def store(key: str, content: bytes) -> None:
    """Put an object into the bucket "bucket", which is made when it is missing."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=name("bucket"), CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    client.put_object(Bucket=name("bucket"), Key=key, Body=content)


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
        Resources: { T: { Type: AWS::SNS::Topic, Properties: { TopicName: ~fixed } } }
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
      Always: { Type: AWS::SNS::Topic, Properties: { TopicName: ~always } }
      Sometimes: { Type: AWS::SNS::Topic, Condition: IsWanted, Properties: { TopicName: ~sometimes } }
"""


@PROBES.add(plain=[1, 1, 1], repaired=[1, 2, 1])
def asks_conditions_again_on_update() -> Any:
    counts = []
    for step, wanted in enumerate(("no", "yes", "no")):
        deploy(CONDITIONAL, update=step > 0, Wanted=wanted)
        counts.append(len(topics()))
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
          P: { Type: AWS::SSM::Parameter, Properties: { Name: ~p, Type: String, Value: !Sub "${Text}" } }
    """
    deploy(template, Text="before")
    deploy(template, update=True, Text="after")
    return boto3.client("ssm").get_parameter(Name=name("p"))["Parameter"]["Value"]


@PROBES.add(plain="a,None", repaired="a")
def leaves_no_value_out_of_a_list() -> Any:
    deploy("""
        Resources:
          P:
            Type: AWS::SSM::Parameter
            Properties: { Name: ~p, Type: String, Value: !Join [",", [a, !Ref AWS::NoValue]] }
    """)
    return boto3.client("ssm").get_parameter(Name=name("p"))["Parameter"]["Value"]


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
    store("template", CONDITIONAL.replace("~", name("")).encode())
    client = boto3.client("cloudformation")
    made = client.create_change_set(
        StackName=name(STACK),
        ChangeSetName="same",
        ChangeSetType="UPDATE",
        TemplateURL=f"https://s3.us-west-2.amazonaws.com/{name('bucket')}/template",
        Parameters=[{"ParameterKey": "Wanted", "ParameterValue": "no"}],
    )
    return change_set_ends(made["Id"])


@PROBES.add(plain="raises ClientError", repaired=["ROLLBACK_COMPLETE", []])
def rolls_a_failed_creation_back() -> Any:
    template = """
        Resources:
          T: { Type: AWS::SNS::Topic }
          S: { Type: AWS::SSM::Parameter, Properties: { Name: aws-reserved, Type: String, Value: x } }
    """
    return [deploy(template)["StackStatus"], topics()]


@PROBES.add(plain="raises StateMachineDoesNotExist", repaired="arn:aws:sns:us-west-2:123456789012:fixed")
def reads_a_definition_from_s3_and_substitutes() -> Any:
    store("d.json", b'{"StartAt": "S", "States": {"S": {"Type": "Succeed", "Comment": "${Topic}"}}}')
    deploy_machine = """
        Resources:
          T: { Type: AWS::SNS::Topic, Properties: { TopicName: ~fixed } }
          M:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              StateMachineName: ~m
              RoleArn: ROLE
              DefinitionS3Location: { Bucket: ~bucket, Key: d.json }
              DefinitionSubstitutions: { Topic: !Ref T }
    """
    deploy(deploy_machine.replace("ROLE", role()))
    client = boto3.client("stepfunctions")
    definition = client.describe_state_machine(stateMachineArn=machine_arn())["definition"]
    return json.loads(definition)["States"]["S"]["Comment"]


@PROBES.add(plain="StateMachineDoesNotExist", repaired="none")
def starts_what_it_deployed() -> Any:
    """With execution on, moto's API looks for state machines where its CloudFormation doesn't put them."""
    definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
    properties = {
        "RoleArn": role(),
        "StateMachineName": "~m",
        "DefinitionString": definition,
    }
    deploy(json.dumps({"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}))
    start = boto3.client("stepfunctions").start_execution
    return error_code(lambda: start(stateMachineArn=machine_arn(), name="n", input="{}"))


def machine_arn() -> str:
    """The ARN of the state machine "m"."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    return f"arn:aws:states:us-west-2:{account}:stateMachine:{name('m')}"


@PROBES.add(plain=[7, "stream"], repaired=[30, "stream"])
def changes_the_retention_of_a_log() -> Any:
    client = boto3.client("logs")
    for update, days in ((False, 7), (True, 30)):
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "~g", "RetentionInDays": days}}
        deploy(json.dumps({"Resources": {"G": group}}), update=update)
        if not update:
            client.create_log_stream(logGroupName=name("g"), logStreamName="stream")
    return [
        client.describe_log_groups(logGroupNamePrefix=name("g"))["logGroups"][0]["retentionInDays"],
        client.describe_log_streams(logGroupName=name("g"))["logStreams"][0]["logStreamName"],
    ]

"""`sam deploy` of what AWS refuses, with what AWS says: the application's own template, each time with one fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from local.sam import cli as sam
from tests.sam.deploy.commands import STACK_NAME, Account

pytestmark = [pytest.mark.sam, pytest.mark.slow]

# As they once were: no deployment to AWS could succeed with them.
OLD_RULES = """\
Rules:
  AcceleratorsAreGivenOneWay:
    Assertions:
      - Assert: !Not [!Equals [!Join ["", !Ref AcceleratorDnsNames], !Join ["", !Ref AcceleratorArns]]]
        AssertDescription: Give either AcceleratorDnsNames or AcceleratorArns.
  SitesDiffer:
    Assertions:
      - Assert: !Not [!Equals [!Ref SiteA, !Ref SiteB]]
        AssertDescription: SiteA and SiteB are two sites.
"""
RULES = re.compile(r"^Rules:\n(?:  .*\n)+", re.MULTILINE)
TOPIC = "  NotificationTopic:\n    Type: AWS::SNS::Topic\n    Properties:\n"


def inserted(place: str, text: str) -> Callable[[str], str]:
    """A change of the template: `text` after `place`."""

    def change(template: str) -> str:
        assert place in template
        return template.replace(place, place + text, 1)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda template: RULES.sub(OLD_RULES, template, count=1),
            "Following functions are not supported in the Rules block of the template: [Fn::Join]",
        ),
        (
            inserted(TOPIC, "      Nmae: misspelt\n"),
            "Reason: The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]",
        ),
        (
            inserted(TOPIC, "      TopicName: !Ref Nothing\n"),
            "Template format error: Unresolved resource dependencies [Nothing] in the Resources block of the template",
        ),
        (
            inserted(TOPIC, "      TopicName: !GetAtt FenceTable.Name\n"),
            "Template error: resource FenceTable does not support attribute type Name in Fn::GetAtt",
        ),
        (inserted("", "Resourcess: {}\n"), "Invalid template property or properties [Resourcess]"),
    ],
    ids=["rules", "property", "reference", "attribute", "section"],
)
def test_a_faulty_template_makes_no_stack(
    account: Account, build: Path, change: Callable[[str], str], message: str
) -> None:
    faulty(build, change)
    printed = account.deploy(build, account.world.stack_parameters(), template="faulty.yaml")
    assert printed.code != 0
    assert message in printed.text
    assert account.status_or_none() in {None, "REVIEW_IN_PROGRESS"}


def test_what_a_misspelt_property_is_can_be_asked(account: Account, build: Path) -> None:
    """sam names the validation that failed, and no property."""
    faulty(build, inserted(TOPIC, "      Nmae: misspelt\n"))
    account.deploy(build, account.world.stack_parameters(), template="faulty.yaml")
    cloudformation = account.client("cloudformation")
    listed = cloudformation.list_change_sets(StackName=STACK_NAME)["Summaries"]
    (change_set,) = [summary for summary in listed if summary["StackName"] == STACK_NAME]
    (event,) = cloudformation.describe_events(ChangeSetName=change_set["ChangeSetId"])["OperationEvents"]
    assert event["ValidationPath"] == "/Resources/NotificationTopic/Properties"
    assert event["ValidationStatusReason"] == "#: extraneous key [Nmae] is not permitted"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda template: template.replace("Action: sns:Publish", "Action: Publish", 1),
            ["FenceStateMachineRole", "Actions/Conditions must be prefaced by a vendor,"],
        ),
        (
            lambda template: re.sub("DefinitionUri: .*", "DefinitionUri: aliased.yaml", template),
            ["FenceStateMachine", "SCHEMA_VALIDATION_FAILED"],
        ),
    ],
    ids=["policy", "definition"],
)
def test_a_resource_that_its_service_refuses_is_rolled_back(
    account: Account, build: Path, change: Callable[[str], str], words: list[str]
) -> None:
    definition = json.loads((sam.PROJECT / "statemachine" / "fence.asl.json").read_text())
    definition["States"]["Again"] = definition["States"][definition["StartAt"]]
    (build / "aliased.yaml").write_text(yaml.safe_dump(definition))  # the state that is there twice by an alias
    faulty(build, change)
    name = f"refused-{len(words[0])}"
    printed = account.deploy(build, account.world.stack_parameters(), template="faulty.yaml", stack_name=name)
    assert printed.code != 0
    assert account.status(name) == "ROLLBACK_COMPLETE"
    told = account.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    failed = {event["LogicalResourceId"]: event["ResourceStatusReason"] for event in told if is_failure(event)}
    assert words[1] in failed[words[0]]


def is_failure(event: dict[str, str]) -> bool:
    return event["ResourceStatus"] == "CREATE_FAILED"


def faulty(build: Path, change: Callable[[str], str]) -> None:
    template = (build / "template.yaml").read_text()
    changed = change(template)
    assert changed != template
    (build / "faulty.yaml").write_text(changed)

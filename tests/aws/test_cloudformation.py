"""What the template takes for granted of CloudFormation: that wrong parameters are refused before anything is made."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from tests.aws.account import Account, SamFailed
from tests.aws.deployment import deploy
from tests.aws.surroundings.deployed import Surroundings

pytestmark = pytest.mark.aws

ACCELERATOR = "arn:aws:globalaccelerator::123456789012:accelerator/01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"AcceleratorDnsNames": ""}, "No accelerator is given."),
        (
            {"AcceleratorArns": ACCELERATOR},
            "The accelerators are given twice.",
        ),
        ({"SiteB": "site-a"}, "SiteA and SiteB are the same."),
        ({"SubnetIds": "subnet-0123456789abcdef0"}, "Give SubnetIds and SecurityGroupIds, or neither."),
        ({"SiteAInfinispanUrl": "http://site-a.example"}, "https://HOST or https://HOST:PORT, no path"),
    ],
)
def test_sam_deploy_says_what_is_wrong_with_the_parameters(
    surroundings: Surroundings, changes: Mapping[str, str], sentence: str
):
    with pytest.raises(SamFailed) as failed:
        deploy(surroundings, changes, name="refused")
    assert sentence in " ".join(failed.value.args[0].split())


def test_a_rule_knows_no_join(account: Account):
    """What the first version of the template had."""
    template = {
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Rules": {"Given": {"Assertions": [{"Assert": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Names"}]}, "x"]}}]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
    with pytest.raises(ClientError, match="functions are not supported in the Rules block of the template"):
        account.client("cloudformation").create_change_set(
            StackName=account.name("rules"),
            ChangeSetName="first",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": "Names", "ParameterValue": "x"}],
        )

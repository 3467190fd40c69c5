"""What becomes of the parameters when the template is deployed: lists, conditions, and what each function may do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from local import aws
from local.aws import in_process_aws
from local.stack.deployment import deploy
from tests.security.iam.grants import granted
from tests.template.test_parameters import ACCELERATOR, DNS_NAME, DUAL_STACK, OF_SITE_A, OF_SITE_B
from tests.template.transformed import PARAMETERS

OTHER = ACCELERATOR.replace("9b64", "0c75")
ANY_ACCELERATOR = {"arn:aws:globalaccelerator::123456789012:accelerator/*"}
STEPS = ("ResolveAccelerator", "CheckReporter", "ClaimFence", "UpdateEndpointGroup", "TakeSiteOffline")


@dataclass(frozen=True)
class Deployed:
    """What there is after a deploy: outputs, functions, what each of them may do to which resources, and its logs."""

    outputs: Mapping[str, str]
    functions: Mapping[str, Mapping[str, Any]]
    grants: Mapping[str, Mapping[str, set[str]]]
    log_groups: Mapping[str, int]
    metric_filters: Sequence[Mapping[str, Any]]
    alarms: Sequence[Mapping[str, Any]]

    def environment(self, function: str) -> Mapping[str, str]:
        variables: Mapping[str, str] = self.functions[function]["Environment"]["Variables"]
        return variables


def client(service: str) -> Any:
    factory: Any = boto3.client
    return factory(service)


def deployed(given: Mapping[str, str]) -> Deployed:
    """Deploy into an account of its own, and look around."""
    aws.install()
    with in_process_aws({}):
        deployment = deploy(client, {**PARAMETERS, **given})
        grants: dict[str, dict[str, set[str]]] = {}
        for grant in granted(deployment, client).grants:
            by_action = grants.setdefault(grant.principal.removesuffix("Function"), {})
            by_action.setdefault(grant.action.partition(":")[2], set()).add(grant.resource)
        return Deployed(
            outputs=deployment.outputs,
            functions={
                name.removesuffix("Function"): client("lambda").get_function_configuration(FunctionName=made.name)
                for name, made in deployment.functions.items()
            },
            grants=grants,
            log_groups={
                group["logGroupName"]: group["retentionInDays"]
                for group in client("logs").describe_log_groups()["logGroups"]
            },
            metric_filters=client("logs").describe_metric_filters()["metricFilters"],
            alarms=client("cloudwatch").describe_alarms()["MetricAlarms"],
        )


@pytest.fixture(scope="module")
def least() -> Deployed:
    """As little as possible is given."""
    return deployed({"AcceleratorDnsNames": f"{DNS_NAME},{DUAL_STACK}"})


@pytest.fixture(scope="module")
def most() -> Deployed:
    """Whatever narrows what is read, and a VPC."""
    return deployed(
        {
            "AcceleratorArns": f"{ACCELERATOR},{OTHER}",
            "SiteALoadBalancerArns": OF_SITE_A,
            "SiteBLoadBalancerArns": f"{OF_SITE_B},{OF_SITE_A}",
            "SubnetIds": "subnet-0a,subnet-0b",
            "SecurityGroupIds": "sg-0a,sg-0b",
        }
    )


def test_by_dns_name_all_accelerators_are_listed_and_tags_are_read(least: Deployed) -> None:
    may = least.grants["ResolveAccelerator"]
    assert may["ListAccelerators"] == may["DescribeTags"] == {"*"}
    assert "DescribeAccelerator" not in may
    for function in STEPS:
        assert (
            least.grants[function]["ListListeners"] == least.grants[function]["ListEndpointGroups"] == ANY_ACCELERATOR
        )
    environment = least.environment("ResolveAccelerator")
    assert environment["ACCELERATOR_DNS_NAMES"] == f"{DNS_NAME},{DUAL_STACK}"
    assert (environment["ACCELERATOR_ARNS"], environment["SITE_A_LOAD_BALANCER_ARNS"]) == ("", "")


def test_by_arn_each_grant_names_the_accelerators_or_their_parts(most: Deployed) -> None:
    accelerators, parts = {ACCELERATOR, OTHER}, {f"{ACCELERATOR}/*", f"{OTHER}/*"}
    assert most.grants["ResolveAccelerator"]["DescribeAccelerator"] == accelerators
    assert "ListAccelerators" not in most.grants["ResolveAccelerator"]
    for function in STEPS:
        assert most.grants[function]["ListListeners"] == accelerators
        assert most.grants[function]["ListEndpointGroups"] == parts
    assert most.grants["UpdateEndpointGroup"]["RemoveEndpoints"] == parts
    assert most.environment("ResolveAccelerator")["ACCELERATOR_ARNS"] == f"{ACCELERATOR},{OTHER}"


def test_with_the_load_balancers_given_no_tag_may_be_read(most: Deployed) -> None:
    assert "DescribeTags" not in most.grants["ResolveAccelerator"]
    environment = most.environment("ResolveAccelerator")
    assert environment["SITE_A_LOAD_BALANCER_ARNS"] == OF_SITE_A
    assert environment["SITE_B_LOAD_BALANCER_ARNS"] == f"{OF_SITE_B},{OF_SITE_A}"


def test_only_who_talks_to_infinispan_is_in_the_vpc(least: Deployed, most: Deployed) -> None:
    assert not any(function.get("VpcConfig", {}).get("SubnetIds") for function in least.functions.values())
    vpcs = {name: function.get("VpcConfig", {}) for name, function in most.functions.items()}
    assert {name for name, vpc in vpcs.items() if vpc.get("SubnetIds")} == {"CheckReporter", "TakeSiteOffline"}
    assert vpcs["CheckReporter"]["SubnetIds"] == vpcs["TakeSiteOffline"]["SubnetIds"] == ["subnet-0a", "subnet-0b"]
    assert vpcs["CheckReporter"]["SecurityGroupIds"] == ["sg-0a", "sg-0b"]


def test_the_outputs_name_the_log_groups_that_are_logged_to(least: Deployed) -> None:
    outputs = least.outputs
    written = {name: function["LoggingConfig"]["LogGroup"] for name, function in least.functions.items()}
    assert written.pop("Webhook") == outputs["WebhookLogGroupName"]
    assert set(written.values()) == {outputs["StepLogGroupName"]}
    assert outputs["WorkflowLogGroupName"] == "/aws/vendedlogs/states/site-fencing"
    named = [outputs[name] for name in ("WebhookLogGroupName", "StepLogGroupName", "WorkflowLogGroupName")]
    assert least.log_groups == dict.fromkeys(named, 90)


def test_a_log_group_that_lambda_may_make_again_has_no_fixed_name(least: Deployed) -> None:
    for name in ("WebhookLogGroupName", "StepLogGroupName"):
        assert re.fullmatch(r"site-fencing-\w+-[A-Z0-9]{12}", least.outputs[name]), least.outputs[name]


def test_the_metric_filters_read_the_webhooks_log_and_have_an_alarm_each(least: Deployed) -> None:
    assert {found["logGroupName"] for found in least.metric_filters} == {least.outputs["WebhookLogGroupName"]}
    counted = [
        (to["metricNamespace"], to["metricName"])
        for found in least.metric_filters
        for to in found["metricTransformations"]
    ]
    alarms = [(alarm["Namespace"], alarm["MetricName"]) for alarm in least.alarms]
    assert sorted(counted) == sorted(alarm for alarm in alarms if not alarm[0].startswith("AWS/"))

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.stack.deployment import zipped
from local.world import World
from tests.local.aws.functions import TRUST
from tests.local.aws.probes.probe import error_code
from tests.local.world.helpers import client, endpoints, tags_of


class TestAws:
    def test_a_deleted_load_balancer_leaves_its_endpoint_behind(self, world: World) -> None:
        world.lose_nlb("site-b")

        assert endpoints(world) == [
            (443, "eu-west-1", "site-a", "HEALTHY"),
            (443, "eu-west-1", "site-b", "UNHEALTHY"),
        ]
        with pytest.raises(ClientError, match="LoadBalancerNotFound"):
            tags_of("eu-west-1", "site-b")

    def test_deleting_it_twice_is_harmless(self, world: World) -> None:
        world.lose_nlb("site-b")
        world.lose_nlb("site-b")

        assert world.show()["endpoints"] == ["site-a", "site-b"]

    def test_a_lost_region_answers_503(self, world: World) -> None:
        world.lose_region("site-a")

        with pytest.raises(ClientError) as caught:
            tags_of("eu-west-1", "site-a")

        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503

    def test_a_busy_accelerator_refuses_changes(self, world: World) -> None:
        world.busy(2)

        with pytest.raises(ClientError, match="TransactionInProgressException"):
            world.take_out("site-a")

        world.take_out("site-a")
        assert world.show()["endpoints"] == ["site-b"]

    def test_stale_reads_show_what_was_before(self, world: World) -> None:
        world.take_out("site-a")
        world.stale_reads(1)

        assert world.show()["endpoints"] == ["site-a", "site-b"]
        assert world.show()["endpoints"] == ["site-b"]

    def test_restoring_after_the_load_balancer_was_lost_creates_it_anew(self, world: World) -> None:
        world.take_out("site-b")
        world.lose_nlb("site-b")

        world.restore("site-b")

        assert world.show()["endpoints"] == ["site-a", "site-b"]
        assert tags_of("eu-west-1", "site-b") == {"site": "site-b"}


def list_accelerators() -> str:
    """How one call that isn't the world's own is answered: "none", or the error's code."""
    accelerators = boto3.client("globalaccelerator", "us-west-2", config=Config(retries={"total_max_attempts": 1}))
    return error_code(accelerators.list_accelerators)


class TestQuotas:
    def test_a_throttled_service_answers_so_often(self, world: World) -> None:
        world.throttle("globalaccelerator", 2)

        assert [list_accelerators() for _ in range(3)] == ["none", "none", "ThrottlingException"]

        world.lift_quotas()
        assert list_accelerators() == "none"

        world.throttle("globalaccelerator", 1)
        world.reset()
        assert [list_accelerators() for _ in range(3)] == ["none"] * 3

    def test_global_accelerator_has_no_published_quota(self, world: World) -> None:
        world.apply_quotas(1000)

        assert {list_accelerators() for _ in range(60)} == {"none"}

    @pytest.mark.parametrize(
        ("service", "rate", "message"),
        [("ec3", 1, "There is no service 'ec3' here, only globalaccelerator, elbv2"), ("sns", 0, "at least once")],
    )
    def test_what_can_not_be_throttled_is_refused(self, world: World, service: str, rate: int, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            world.throttle(service, rate)

        assert list_accelerators() == "none"


def state_of_a_function(**more: Any) -> str:
    lambdas = client("lambda", "us-west-2")
    client("iam", "us-west-2").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))
    role = "arn:aws:iam::123456789012:role/any"
    code = {"ZipFile": zipped([("app.py", b"")])}
    lambdas.create_function(FunctionName="f", Role=role, Code=code, Handler="app.x", Runtime="python3.13", **more)
    return str(lambdas.get_function_configuration(FunctionName="f")["State"])


class TestInactiveFunctions:
    def test_functions_in_a_vpc_fall_asleep(self, world: World) -> None:
        world.sleep(90)

        assert state_of_a_function(VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}) == "Inactive"

        world.wake()
        assert client("lambda", "us-west-2").get_function_configuration(FunctionName="f")["State"] == "Active"

        world.sleep(90)
        world.reset()
        assert client("lambda", "us-west-2").get_function_configuration(FunctionName="f")["State"] == "Active"

    def test_the_others_do_not(self, world: World) -> None:
        world.sleep(90)

        assert state_of_a_function() == "Active"

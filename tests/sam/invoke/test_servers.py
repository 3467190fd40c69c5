"""The other ways in which sam runs functions on this machine."""

from __future__ import annotations

import json

import pytest

from local.aws import client
from local.stack.sam_local.environment import ContainerEnvironment, function_of, readable
from local.stack.sam_local.invocation import wait_until_settled
from local.stack.sam_local.matching import mismatches, state
from local.stack.sam_local.recording import EVENTS
from local.stack.sam_local.samples import FENCED_BY_THE_WORKFLOW, STARTED, site_b_is_gone

pytestmark = [pytest.mark.docker, pytest.mark.sam, pytest.mark.slow]

FIRING = EVENTS / "webhook" / "firing.json"


def test_start_lambda_serves_the_lambda_api(containers: ContainerEnvironment) -> None:
    world = containers.stack.world
    world.reset()
    site_b_is_gone(containers.stack)
    earlier = len(world.show()["executions"])
    # Were it the very same alert, its execution might exist from another test, and have succeeded.
    event = FIRING.read_text().replace("18:32:38.147Z", "18:32:39.147Z")

    with containers.functions.start_lambda() as endpoint_url:
        answer = client("lambda", "us-west-2", endpoint_url).invoke(FunctionName=function_of(FIRING), Payload=event)

    assert mismatches(STARTED, readable(json.load(answer["Payload"]))) == []
    wait_until_settled(world)
    assert state(world, earlier) == {"site-b says of site-a": "unreachable", **FENCED_BY_THE_WORKFLOW}


def test_start_api_knows_no_function_urls(containers: ContainerEnvironment) -> None:
    """So the webhook is reached by its URL only in the local stack (`make stack`), or by `sam local invoke`."""
    assert "Template does not have any APIs connected to Lambda functions" in containers.functions.start_api()

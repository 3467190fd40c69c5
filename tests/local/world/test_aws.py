from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local.world import World
from tests.local.world.helpers import endpoints, tags_of


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

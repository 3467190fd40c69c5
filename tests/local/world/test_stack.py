from __future__ import annotations

import pytest

from local.world import World
from tests.local.world.helpers import attach, put_record, run, tags_of, take_offline


class TestReset:
    def test_everything_is_as_at_the_beginning(self, world: World) -> None:
        before = world.show()
        world.cut()
        world.kill("site-b")
        world.lose_nlb("site-b")
        world.take_out("site-a")
        world.refuse_cache("site-a", "sessions", "no")
        world.lose_view("site-a")
        take_offline(world, "site-a", "site-b")
        world.stale_reads(100)
        world.busy(100)
        world.lose_region("site-a")

        world.reset()

        assert world.show() == before
        assert tags_of("eu-west-1", "site-b") == {"site": "site-b"}
        assert take_offline(world, "site-a", "site-b") == {"authenticationSessions": "ok", "sessions": "ok"}

    def test_the_record_is_deleted(self, world: World) -> None:
        attach(world)
        put_record(world)
        assert world.show()["record"] is not None

        world.reset()

        assert world.show()["record"] is None


class TestStack:
    def test_the_record_is_shown_as_plain_data(self, world: World) -> None:
        attach(world)
        put_record(world)

        assert world.show()["record"] == {
            "decidedAt": "2026-11-23T03:00:00Z",
            "execution": "e-1",
            "fenced": "site-b",
            "generation": 3,
            "phase": "FENCED",
            "fencedAt": "2026-11-23T03:00:02.500000Z",
            "removed": [{"clientIpPreservationEnabled": False, "weight": 128}],
            "sites": "site-a+site-b",
            "survivor": "site-a",
        }

    def test_the_record_can_be_aged(self, world: World) -> None:
        attach(world)
        put_record(world)

        world.age_record(3600)

        record = world.show()["record"]
        assert (record["decidedAt"], record["fencedAt"]) == ("2026-11-23T02:00:00Z", "2026-11-23T02:00:02.500000Z")
        assert record["generation"] == 3

    def test_there_is_nothing_to_age_without_a_record(self, world: World) -> None:
        with pytest.raises(LookupError, match="No stack"):
            world.age_record(1)
        attach(world)
        with pytest.raises(LookupError, match="no fence record"):
            world.age_record(1)

    def test_executions_are_shown_with_their_outcome_newest_first(self, world: World) -> None:
        machine = attach(world)
        run(machine, "good", {"code": "Fenced", "sentence": "Fenced site-b.", "fail": False})
        run(machine, "bad", {"code": "Refused", "sentence": "Refused: no.", "fail": True})

        bad, good = world.show()["executions"]

        assert good["started"] <= bad["started"]
        assert {**good, "started": ""} == {
            "name": "good",
            "status": "SUCCEEDED",
            "code": "Fenced",
            "sentence": "Fenced site-b.",
            "started": "",
        }
        assert {**bad, "started": ""} == {
            "name": "bad",
            "status": "FAILED",
            "code": "Refused",
            "sentence": "Refused: no.",
            "started": "",
        }

from __future__ import annotations

from typing import Any

import pytest

from local.world import World
from tests.local.world.helpers import take_offline


class TestSites:
    def test_a_cut_link_stops_writes_on_both_sites(self, world: World) -> None:
        assert world.accepts_writes("site-a")

        world.cut()

        assert not world.accepts_writes("site-a")
        assert not world.accepts_writes("site-b")
        shown = world.show()
        assert shown["link"] == "cut"
        assert shown["sees"] == {"site-a": ["site-a"], "site-b": ["site-b"]}
        assert shown["infinispan"] == {"site-a": {"site-b": "online"}, "site-b": {"site-a": "online"}}

        world.heal()
        assert world.accepts_writes("site-a")

    def test_a_dead_site_is_unhealthy_and_unreachable_until_it_restarts(self, world: World) -> None:
        world.kill("site-b")

        shown = world.show()
        assert shown["infinispan"]["site-b"] == {"site-a": "unreachable"}
        assert shown["sees"] == {"site-a": ["site-a"], "site-b": None}
        assert [end["health"] for end in shown["accelerators"]] == ["HEALTHY", "UNHEALTHY"]
        assert not world.accepts_writes("site-b")

        world.restart("site-b")

        assert [end["health"] for end in world.show()["accelerators"]] == ["HEALTHY", "HEALTHY"]
        assert world.accepts_writes("site-b")

    def test_a_silent_site_is_unreachable(self, world: World) -> None:
        world.fall_silent("site-a")

        assert world.show()["infinispan"]["site-a"] == {"site-b": "unreachable"}

        world.answer_again("site-a")
        assert world.show()["infinispan"]["site-a"] == {"site-b": "online"}

    def test_a_site_can_lose_its_view(self, world: World) -> None:
        world.lose_view("site-a")

        assert world.show()["sees"] == {"site-a": [], "site-b": ["site-a", "site-b"]}

    def test_a_cache_can_refuse(self, world: World) -> None:
        world.refuse_cache("site-a", "sessions", "no")

        take_offline(world, "site-a", "site-b")

        shown = world.show()
        assert shown["infinispan"]["site-a"] == {"site-b": "mixed"}
        assert shown["told"] == {"site-a": ["take-offline site-b"], "site-b": []}

    @pytest.mark.parametrize(
        "act",
        [
            lambda world: world.kill("site-c"),
            lambda world: world.restart("site-c"),
            lambda world: world.health("site-c", "HEALTHY"),
            lambda world: world.lose_nlb("site-c"),
            lambda world: world.lose_region("site-c"),
            lambda world: world.take_out("site-c"),
            lambda world: world.restore("site-c"),
            lambda world: world.fall_silent("site-c"),
            lambda world: world.refuse_cache("site-c", "sessions", "no"),
        ],
    )
    def test_an_unknown_site_is_refused_and_nothing_changes(self, world: World, act: Any) -> None:
        before = world.show()

        with pytest.raises(ValueError, match="There is no site 'site-c', only site-a and site-b"):
            act(world)

        assert world.show() == before

    def test_an_unknown_cache_or_health_is_refused(self, world: World) -> None:
        with pytest.raises(ValueError, match="There is no cache 'nope'"):
            world.refuse_cache("site-a", "nope", "no")
        with pytest.raises(ValueError, match="'ILL' is none of"):
            world.health("site-a", "ILL")  # type: ignore[arg-type]

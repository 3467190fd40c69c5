"""Whose endpoint is it? By tag; for the offline site alone, and at need, by elimination."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencing.decisions.identify_sites import identify_by_parameters, identify_by_tags
from fencing.errors import LoadBalancerTagsUnavailable, SitesNotIdentified
from fencing.topology import SiteTag, UnreadableTag
from tests.unit.builders import SITES, alert

GONE, SILENT = UnreadableTag.LOAD_BALANCER_GONE, UnreadableTag.REGION_UNAVAILABLE


@pytest.mark.parametrize("unreadable", [GONE, SILENT])
def test_the_one_endpoint_that_cannot_be_read_is_the_offline_sites(unreadable: UnreadableTag) -> None:
    found = identify_by_tags({"nlb-1": "site-a", "nlb-2": unreadable}, SITES, alert("site-a", "site-b"))
    assert found.site_of == {"nlb-1": "site-a", "nlb-2": "site-b"}
    assert "by elimination" in found.reason
    assert unreadable.value in found.reason


def test_with_all_tags_readable_nothing_is_inferred() -> None:
    found = identify_by_tags({"nlb-1": "site-b", "nlb-2": "site-a"}, SITES, alert("site-a", "site-b"))
    assert found.site_of == {"nlb-1": "site-b", "nlb-2": "site-a"}
    assert "elimination" not in found.reason


def test_after_the_fencing_the_survivor_is_known_without_the_other() -> None:
    assert identify_by_tags({"nlb-1": "site-a"}, SITES, alert("site-a", "site-b")).site_of == {"nlb-1": "site-a"}


def test_given_load_balancers_need_no_tags() -> None:
    given = {"nlb-1": "site-a", "nlb-2": "site-b"}
    assert identify_by_parameters(["nlb-2"], given).site_of == given


def test_an_endpoint_that_is_given_for_neither_site_is_nobodys_and_the_parameters_are_named() -> None:
    with pytest.raises(SitesNotIdentified) as caught:
        identify_by_parameters(["nlb-2", "nlb-3", "eipalloc-1"], {"nlb-1": "site-a", "nlb-2": "site-b"})
    assert str(caught.value) == (
        "Neither the parameter SiteALoadBalancerArns nor SiteBLoadBalancerArns gives the endpoint eipalloc-1 and nlb-3."
    )


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"nlb-1": "site-a", "nlb-2": None}, "nlb-2 has no tag site"),
        ({"nlb-1": "site-a", "nlb-2": ""}, "nlb-2 has no tag site"),
        ({"nlb-1": "site-a", "nlb-2": "site-c"}, "nlb-2 carries the tag site=site-c"),
        ({"nlb-1": "site-a", "nlb-2": "Site-B"}, "nlb-2 carries the tag site=Site-B"),
        ({"nlb-1": "site-a", "nlb-2": GONE, "nlb-3": "elsewhere"}, "nlb-3 carries the tag site=elsewhere"),
    ],
)
def test_a_missing_or_surprising_tag_is_never_guessed_around(tags: dict[str, str | None], said: str) -> None:
    with pytest.raises(SitesNotIdentified, match=said):
        identify_by_tags(tags, SITES, alert("site-a", "site-b"))


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"nlb-1": GONE, "nlb-2": "site-b"}, id="the reporter's is the unknown one"),
        pytest.param({"nlb-1": GONE, "nlb-2": SILENT}, id="none is known"),
        pytest.param({"nlb-1": "site-a", "nlb-2": GONE, "nlb-3": GONE}, id="two are left"),
        pytest.param({"nlb-1": "site-a", "nlb-2": "site-b", "nlb-3": SILENT}, id="the offline site's is known already"),
    ],
)
def test_too_little_to_eliminate_is_tried_again_later(tags: dict[str, SiteTag]) -> None:
    with pytest.raises(LoadBalancerTagsUnavailable):
        identify_by_tags(tags, SITES, alert("site-a", "site-b"))


TAGS = st.dictionaries(
    st.sampled_from(["nlb-1", "nlb-2", "nlb-3", "nlb-4"]),
    st.sampled_from(["site-a", "site-b", "site-c", "", None, GONE, SILENT]),
)


@given(tags=TAGS, offline_first=st.booleans())
def test_whatever_the_tags_an_endpoint_gets_its_own_tags_site_or_the_offline_site_or_nothing(
    tags: dict[str, SiteTag], offline_first: bool
) -> None:
    reporter, offline = ("site-b", "site-a") if offline_first else ("site-a", "site-b")
    try:
        found = identify_by_tags(tags, SITES, alert(reporter, offline)).site_of
    except (SitesNotIdentified, LoadBalancerTagsUnavailable):
        return
    inferred = {name for name in tags if found[name] != tags[name]}
    assert set(found) == set(tags)
    assert len(inferred) <= 1
    if inferred:
        assert all(isinstance(tags[name], UnreadableTag) and found[name] == offline for name in inferred)
        assert reporter in {tag for name, tag in tags.items() if name not in inferred}
        assert offline not in {tag for name, tag in tags.items() if name not in inferred}

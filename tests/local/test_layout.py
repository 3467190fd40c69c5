"""Text in columns, and what is done to words that don't fit."""

from local.layout import beneath, hanging, shortened, table, wrapped

GROUP = "arn:aws:globalaccelerator::123456789012:accelerator/7a55eafd/listener/2af68ed6/endpoint-group/db25dbf073df"


def test_an_arn_that_does_not_fit_keeps_its_service_and_its_end() -> None:
    assert shortened(GROUP, 60) == "arn:aws:globalaccel...r/2af68ed6/endpoint-group/db25dbf073df"


def test_what_fits_stays_as_it_is() -> None:
    assert shortened(GROUP, len(GROUP)) == GROUP
    assert wrapped("all is well", 80) == ["all is well"]


def test_a_sentence_with_an_arn_fits() -> None:
    lines = wrapped(f"site-a is not in the group '{GROUP}', which would be left empty.", 60)
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("'arn:aws:global")
    assert lines[1].endswith("db25dbf073df',")


def test_a_path_can_still_be_copied() -> None:
    path = "/" + "d" * 70 + "/stack.json"
    assert wrapped(f"There is no {path}.", 60) == ["There is no", f"{path}."]


def test_no_text_is_one_empty_line() -> None:
    assert wrapped("", 10) == [""]
    assert hanging("- ", "", 10) == "-"


def test_what_does_not_fit_beside_goes_beneath() -> None:
    assert beneath("Fenced", "all is well", 19, indent=2) == "Fenced: all is well"
    assert beneath("Fenced", "all is well", 18, indent=2) == "Fenced:\n  all is well"
    assert beneath("Fenced", "all is well", 10, indent=2) == "Fenced:\n  all is\n  well"


def test_rows_are_aligned_as_far_as_they_go() -> None:
    assert table([("a", "bb", "c"), ("aaa",), ("", "b", "c")]) == ["a    bb  c", "aaa", "     b   c"]

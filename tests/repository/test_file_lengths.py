"""A file that a reader can't take in at once is split, or stands here with its reason."""

from tests.repository.rooms import ROOMS, ROOT

MOST_LINES = 300

LONGER: dict[str, str] = {
    "statemachine/fence.asl.json": "Amazon States Language can't be split, and every task repeats its retriers",
    "tests/template/transformed.yaml": "written by a command, for reviews of what a change deploys",
}


def lengths() -> dict[str, int]:
    paths = [path for room in ROOMS for suffix in ("py", "json", "yaml") for path in (ROOT / room).rglob(f"*.{suffix}")]
    return {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in paths
        if "node_modules" not in path.parts
    }


def test_files_are_short_or_listed_with_a_reason():
    too_long = {name: length for name, length in lengths().items() if length > MOST_LINES}
    assert set(too_long) == set(LONGER), too_long

"""The control API, its client and the command line, over a real loopback server."""

from __future__ import annotations

import argparse
import inspect
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from local.commands import world as world_command
from local.world import World
from local.world.actions import ACTIONS, TYPES
from local.world.api import STACK_FILE, WorldClient, WorldError, world_api


class RecordingWorld(World):
    """Takes every action down instead of doing it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, tuple[Any, ...]]] = []

    def show(self) -> dict[str, Any]:
        return {
            "endpoints": ["site-a"],
            "infinispan": {},
            "record": None,
            "executions": [],
            "link": "up",
            "sees": {},
            "told": {},
            "accelerators": [],
        }

    def cut(self) -> None:
        self.done.append(("cut", ()))

    def kill(self, site: str) -> None:
        if site != "site-a":
            raise ValueError(f"There is no site {site!r}.")
        self.done.append(("kill", (site,)))

    def age_record(self, seconds: float) -> None:
        if not self.done:
            raise LookupError("There is no fence record.")
        self.done.append(("age_record", (seconds,)))

    def sleep(self, seconds: float) -> None:
        self.done.append(("sleep", (seconds,)))

    def throttle(self, service: str, rate: float) -> None:
        self.done.append(("throttle", (service, rate)))

    def apply_quotas(self, functions: int) -> None:
        self.done.append(("apply_quotas", (functions,)))

    def refuse_cache(self, site: str, cache: str, text: str) -> None:
        self.done.append(("refuse_cache", (site, cache, text)))


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def world() -> RecordingWorld:
    return RecordingWorld()


@pytest.fixture
def control_url(world: RecordingWorld) -> Iterator[str]:
    def not_found(environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b""]

    mounted = DispatcherMiddleware(not_found, {"/_world": world_api(world)})
    server = make_server("127.0.0.1", 0, mounted, handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/_world"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def stack_file(control_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"control_url": control_url}))
    return path


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    world_command.add_parser(parser.add_subparsers())
    return parser.parse_args(["world", *words])


def run(stack: Path, *words: str) -> int:
    return world_command.run(parse("--stack", str(stack), *words))


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_is_a_method_of_the_world_with_these_parameters(action: Any) -> None:
    parameters = list(inspect.signature(getattr(World, action.method)).parameters)

    assert parameters == ["self", *action.parameters]
    assert set(action.parameters) <= set(TYPES)
    assert action.done.format(**dict.fromkeys(action.parameters, "x"))
    assert tuple(action.defaults) == action.parameters[len(action.parameters) - len(action.defaults) :]


def test_the_client_does_and_shows(control_url: str, world: RecordingWorld) -> None:
    client = WorldClient(control_url)

    assert client.perform("cut", {}) == "The link is cut."
    assert client.perform("kill", {"site": "site-a"}) == "site-a is dead."
    assert client.perform("age-record", {"seconds": 90}) == "The record is 90 s older."
    assert client.perform("sleep", {}).endswith("Each one recovers in 90 s after its first call.")
    assert client.perform("sleep", {"seconds": 5}).endswith("in 5 s after its first call.")
    assert client.show() == world.show()
    assert world.done == [
        ("cut", ()),
        ("kill", ("site-a",)),
        ("age_record", (90,)),
        ("sleep", (90,)),
        ("sleep", (5,)),
    ]


@pytest.mark.parametrize(
    ("action", "arguments", "message"),
    [
        ("explode", {}, "There is no action 'explode'"),
        ("cut", {"site": "site-a"}, "cut takes nothing, but got site"),
        ("kill", {}, "kill takes site, but got nothing"),
        ("kill", {"site": "site-c"}, "There is no site 'site-c'"),
        ("age-record", {"seconds": "soon"}, "seconds can't be 'soon'"),
        ("age-record", {"seconds": []}, r"seconds can't be \[\]"),
        ("age-record", {"seconds": 1}, "There is no fence record"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_reason(
    control_url: str, world: RecordingWorld, action: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(WorldError, match=message):
        WorldClient(control_url).perform(action, arguments)

    assert world.done == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/cut", b"", 405),
        ("PUT", "/cut", b"", 405),
        ("POST", "/cut", b"{", 400),
        ("POST", "/cut", b"[]", 400),
        ("POST", "/", b"", 400),
    ],
)
def test_a_malformed_request_gets_a_json_error(
    world: RecordingWorld, method: str, path: str, body: bytes, status: int
) -> None:
    response = Client(world_api(world)).open(path, method=method, data=body)

    assert response.status_code == status
    assert response.get_json()["error"]
    assert world.done == []


def test_the_api_takes_the_whole_path_too(world: RecordingWorld) -> None:
    response = Client(world_api(world)).post("/_world/cut")

    assert response.get_json() == {"done": "The link is cut."}


def test_nobody_answers() -> None:
    with pytest.raises(WorldError, match=r"Nothing answers at http://127\.0\.0\.1:1/_world"):
        WorldClient("http://127.0.0.1:1/_world").show()


def test_something_else_answers(control_url: str) -> None:
    with pytest.raises(WorldError, match="answered 404, and not with JSON"):
        WorldClient(control_url.replace("_world", "_other")).show()


def test_the_command_does_it_and_says_so(
    stack_file: Path, world: RecordingWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(stack_file, "kill", "site-a") == 0
    assert run(stack_file.parent, "refuse-cache", "site-a", "sessions", "no") == 0

    assert world.done == [("kill", ("site-a",)), ("refuse_cache", ("site-a", "sessions", "no"))]
    assert capsys.readouterr().out == "site-a is dead.\nsessions at site-a refuses.\n"


def test_the_command_leaves_out_what_has_a_default(stack_file: Path, world: RecordingWorld) -> None:
    assert run(stack_file, "sleep") == 0
    assert run(stack_file, "sleep", "30") == 0
    assert run(stack_file, "throttle", "globalaccelerator", "10") == 0
    assert run(stack_file, "apply-quotas") == 0

    assert world.done == [
        ("sleep", (90,)),
        ("sleep", (30,)),
        ("throttle", ("globalaccelerator", 10)),
        ("apply_quotas", (1000,)),
    ]


def test_the_command_shows_text_or_json(
    stack_file: Path, world: RecordingWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(stack_file, "show", "--json") == 0
    assert json.loads(capsys.readouterr().out) == world.show()

    assert run(stack_file, "show") == 0
    assert capsys.readouterr().out.startswith("Accelerators\n")


def test_the_command_tells_why_it_failed(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(stack_file, "kill", "site-c") == 1

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "There is no site 'site-c'.\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No stack is running"), ("{", "is not JSON"), ("[]", "has no control_url"), ("{}", "has no control_url")],
)
def test_the_command_needs_a_running_stack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, message: str
) -> None:
    path = tmp_path / "stack.json"
    if content is not None:
        path.write_text(content)

    assert run(path, "cut") == 1
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_stack_that_has_ended_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps({"control_url": "http://127.0.0.1:1/_world"}))

    assert run(path, "show") == 1
    assert " ".join(capsys.readouterr().err.split()) == (
        f"No stack is running, `make stack` starts one: nothing answers where {path} says that it is."
    )


@pytest.mark.parametrize(
    ("stack_file", "command"),
    [
        (STACK_FILE, ".venv/bin/python -m local world"),
        (world_command.PROJECT / "second" / "stack.json", ".venv/bin/python -m local world --stack second/stack.json"),
        (Path("/a b/stack.json"), ".venv/bin/python -m local world --stack '/a b/stack.json'"),
    ],
)
def test_what_is_to_be_typed_names_the_stack(stack_file: Path, command: str) -> None:
    assert world_command.command(stack_file) == command


def test_the_command_needs_an_action() -> None:
    with pytest.raises(SystemExit):
        parse()

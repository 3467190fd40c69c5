"""A function that does what it is told: it fails in the ways that a function can, or says where it runs."""

from __future__ import annotations

import os
import platform
import ssl
import time
from typing import Any

import boto3

STARTED = time.time()


def handler(event: dict[str, Any], _context: object) -> Any:
    """Do the event's `do`, with its `with`."""
    what: Any = event.get("with")
    match event["do"]:
        case "raise":
            raise type(what["name"], (Exception,), {})(what["message"])
        case "sleep":
            time.sleep(what)
        case "exit":
            os._exit(what)
        case "fill memory":
            return len(b"x" * (what * 1024 * 1024))
        case "return text":
            return "x" * what
        case "tell clocks":
            return {"started": STARTED, "wall": time.time(), "monotonic": time.monotonic()}
        case "tell runtime":
            return {
                "python": platform.python_version(),
                "strict": bool(ssl.create_default_context().verify_flags & ssl.VERIFY_X509_STRICT),
                "removes endpoints": hasattr(boto3.client("globalaccelerator", "us-west-2"), "remove_endpoints"),
            }
    return None

"""Did take-offline work? Its HTTP 200 proves nothing, only what is said of each cache."""

from collections.abc import Mapping

OFFLINE = "offline"


def caches_that_refused(results: Mapping[str, str]) -> str:
    """Name the caches that didn't answer "ok", each with what it said; empty when all did.

    No caches at all is a refusal too: then nothing was taken offline.
    """
    if not results:
        return "it has no cache with a backup to that site"
    return "; ".join(f"{cache} said {said!r}" for cache, said in sorted(results.items()) if said != "ok")

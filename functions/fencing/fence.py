"""The fence record: the decision which of the two sites goes on alone, and how far it has been carried out."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from fencing import outcome
from fencing.fields import pick
from fencing.outcome import Outcome


class Phase(StrEnum):
    """FENCING: decided, not yet confirmed. FENCED: the fenced site was seen to be out of the accelerator."""

    FENCING = "FENCING"
    FENCED = "FENCED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedEndpoint:
    """What is needed to put an endpoint back."""

    endpoint_id: str
    endpoint_group_arn: str
    weight: int
    client_ip_preservation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceRecord:
    """One item per pair of sites, written by compare-and-set. `generation` counts the decisions, from 1.

    `execution` names the one that decided; both times are aware, in UTC; `removed` are the endpoints to be removed.
    """

    generation: int
    survivor: str
    fenced: str
    phase: Phase
    decided_at: datetime
    execution: str
    fenced_at: datetime | None = None
    removed: tuple[RemovedEndpoint, ...] = ()

    def __str__(self) -> str:
        return (
            f"generation {self.generation} ({self.survivor} survives, decided {self.decided_at:%Y-%m-%d %H:%M:%S} UTC)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """The decision that an execution works for, as state data."""

    generation: int
    survivor: str
    fenced: str

    @classmethod
    def of(cls, record: FenceRecord) -> "Fence":
        """Take the decision from a record."""
        return cls(generation=record.generation, survivor=record.survivor, fenced=record.fenced)

    @classmethod
    def from_state(cls, event: Any) -> "Fence":
        """Read the decision from a step's event. An execution that version 0.1.0 began has `gen` for `generation`.

        Raises:
            InvalidInput: a field is missing or of the wrong type.
        """
        fence = pick(event, "fence", dict)
        generation = "fence.gen" if "gen" in fence and "generation" not in fence else "fence.generation"
        return cls(
            generation=pick(event, generation, int),
            survivor=pick(event, "fence.survivor", str),
            fenced=pick(event, "fence.fenced", str),
        )

    def to_state(self) -> dict[str, Any]:
        """Give the decision as state data of the definition."""
        return asdict(self)

    def stands_in(self, record: FenceRecord | None) -> bool:
        """Say whether the record still carries this very decision."""
        return record is not None and Fence.of(record) == self

    def superseded_by(self, record: FenceRecord | None) -> Outcome:
        """End an execution whose decision no longer stands; `record` is what stands now."""
        return outcome.superseded(
            self.generation, f"what stands is {record}" if record else "the fence record was deleted"
        )

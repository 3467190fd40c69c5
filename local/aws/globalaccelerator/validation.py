"""What botocore's model of Global Accelerator says about a request."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.validate import ParamValidator
from moto.core.utils import get_service_model


def complaints(operation: str, parameters: Mapping[str, Any]) -> str:
    """What is wrong with the request, in botocore's words; empty when nothing is.

    botocore checks types, required members and minima before it sends a request; maxima it leaves to the service.
    """
    shape: Any = get_service_model("globalaccelerator").operation_model(operation).input_shape
    report: str = ParamValidator().validate(parameters, shape).generate_report()
    return "\n".join([report, *_beyond_maximum(parameters, shape, operation)]).strip()


def can_be_busy(operation: str) -> bool:
    """Whether the model says that the operation may answer TransactionInProgressException."""
    errors = get_service_model("globalaccelerator").operation_model(operation).error_shapes
    return "TransactionInProgressException" in {shape.name for shape in errors}


def _beyond_maximum(value: Any, shape: Any, path: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    size = len(value) if isinstance(value, str | list) else value
    if maximum is not None and isinstance(size, int | float) and size > maximum:
        yield f"{path} is {size}, valid max value: {maximum}"
    if isinstance(value, list):
        for member in value:
            yield from _beyond_maximum(member, shape.member, path)
    elif isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from _beyond_maximum(value[name], shape.members[name], f"{path}.{name}")

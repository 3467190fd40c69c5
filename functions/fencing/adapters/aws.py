"""What all AWS clients have in common: retries, time limits, and the translation of their errors into ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.parsers import ResponseParserError

from fencing.errors import AccessDenied, FencingError, RequestRefused

# The default mode, legacy, doesn't retry a TransactionInProgressException. Two attempts of 2 s + 4 s leave a step's
# 30 s room for more than one slow call; further attempts are the definition's.
CLIENT_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})

_DENIED_CODES = {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "UnrecognizedClientException"}
# Those that botocore's standard retry mode knows as throttling or transient, and what the services say besides.
_TRANSIENT_CODES = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalServiceErrorException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}


@contextmanager
def aws_errors(unavailable: type[FencingError], what: str) -> Iterator[None]:
    """Translate the errors of the AWS calls inside; `what` completes the sentence "AWS ... while ...".

    Raises:
        FencingError: of the given class, for time-outs, broken connections, throttling and 5xx.
        AccessDenied: IAM refuses the call.
        RequestRefused: any other error answer; a caller that expects one catches ClientError inside.
    """
    try:
        yield
    except ClientError as error:
        raise _translated(error, unavailable, what) from error
    except (BotoConnectionError, HTTPClientError, ResponseParserError) as error:
        raise unavailable(f"AWS did not answer while {what}: {type(error).__name__}.") from error


def error_code(error: ClientError) -> str:
    """Return AWS's name of the error."""
    return error.response.get("Error", {}).get("Code", "Unknown")


def _translated(error: ClientError, unavailable: type[FencingError], what: str) -> FencingError:
    code = error_code(error)
    if code in _DENIED_CODES:
        return AccessDenied(f"IAM denied {error.operation_name} while {what}.")
    if (
        code in _TRANSIENT_CODES
        or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return unavailable(f"AWS answered {code} while {what}.")
    return RequestRefused(f"AWS answered {code} to {error.operation_name} while {what}.")

"""The errors of Step Functions' service integrations, named as in AWS.

An error that the service's model lists is called `SERVICE.ItsException`; any other one gets the name of the SDK's base
class, as recorded answers of AWS show (SNS.NotFoundException, Lambda.AWSLambdaException for an AccessDeniedException,
SQS.AmazonSQSException for a MissingParameter). moto derives a name from any code, and makes States.Runtime of
EventBridge's errors and of a connection that breaks.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.utils import get_service_model
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_events import (
    StateTaskServiceEvents,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sns import (
    StateTaskServiceSns,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

from local.aws.patching import replace_method

# By moto's class: botocore's name of the service, the error's prefix, the SDK's base exception, the SDK's own name.
INTEGRATIONS = {
    StateTaskServiceLambda: ("lambda", "Lambda", "AWSLambdaException", "AWSLambda"),
    StateTaskServiceSns: ("sns", "SNS", "AmazonSNSException", "AmazonSNS"),
    StateTaskServiceEvents: ("events", "EventBridge", "AmazonEventBridgeException", "AmazonEventBridge"),
}


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    for integration in INTEGRATIONS:
        replace_method(integration, "_from_error", _from_error)


def _from_error(original: Any, self: Any, env: Environment, ex: Exception) -> FailureEvent:
    service, prefix, base_exception, sdk = INTEGRATIONS[type(self)]
    if isinstance(ex, ClientError):
        error, response = ex.response["Error"], ex.response["ResponseMetadata"]
        name = f"{prefix}.{_exception(service, error['Code']) or base_exception}"
        cause = (
            f"{error['Message']} (Service: {sdk}; Status Code: {response['HTTPStatusCode']}; "
            f"Error Code: {error['Code']}; Request ID: {response.get('RequestId')}; Proxy: null)"
        )
    elif isinstance(ex, BotoCoreError):
        name, cause = f"{prefix}.SdkClientException", str(ex)
    else:
        failure: FailureEvent = original(self, env=env, ex=ex)
        return failure
    details: Any = {
        "taskFailedEventDetails": {
            "error": name,
            "cause": cause,
            "resource": self._get_sfn_resource(),
            "resourceType": self._get_sfn_resource_type(),
        }
    }
    return FailureEvent(
        env=env, error_name=CustomErrorName(name), event_type=HistoryEventType.TaskFailed, event_details=details
    )


def _exception(service: str, code: str) -> str | None:
    """The exception's class name for an error code of the service's model; None when the model doesn't list it."""
    shapes: Any = get_service_model(service).error_shapes
    return next((str(shape.name) for shape in shapes if code in (shape.name, shape.error_code)), None)

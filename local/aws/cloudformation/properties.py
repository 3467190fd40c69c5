"""Properties of Lambda functions and state machines that moto's CloudFormation drops."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.stepfunctions.models import StateMachine

from local.aws.cloudformation.definitions import definition
from local.aws.patching import replace_method

MOST_BYTES_OF_VARIABLES = 4096
RESERVED_VARIABLES = frozenset(
    {
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION"),
        *("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_LAMBDA_RUNTIME_API", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR"),
        *("LAMBDA_TASK_ROOT", "_HANDLER", "_X_AMZN_TRACE_ID"),
    }
)
# An account's default. A new account may have 10, of which nothing can be reserved.
CONCURRENCY = 1000
LEAST_UNRESERVED = 100


def install() -> None:
    """Idempotent: see `local.aws.repairs`."""
    replace_method(LambdaFunction, "create_from_cloudformation_json", _create_function)
    replace_method(LambdaFunction, "update_from_cloudformation_json", _update_function)
    replace_method(LambdaFunction, "get_configuration", _with_log_group)
    replace_method(StateMachine, "create_from_cloudformation_json", _create_state_machine)
    replace_method(StateMachine, "update_from_cloudformation_json", _update_state_machine)
    replace_method(StateMachine, "has_cfn_attr", _has_attribute)
    replace_method(StateMachine, "get_cfn_attribute", _attribute)


def _create_function(
    original: Any,
    cls: type[LambdaFunction],
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> LambdaFunction:
    """moto drops Layers, Architectures, LoggingConfig, TracingConfig and Tags, and knows neither texts nor quotas."""
    _check_quotas(cloudformation_json["Properties"], resource_name, account_id, region_name)
    function: LambdaFunction = original(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
    _set_dropped(function, cloudformation_json["Properties"])
    return function


def _update_function(
    original: Any,
    cls: type[LambdaFunction],
    original_resource: LambdaFunction,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> LambdaFunction:
    properties = cloudformation_json["Properties"]
    _check_quotas(properties, original_resource.function_name, account_id, region_name)
    function: LambdaFunction = original(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    )
    _set_dropped(function, properties)
    function.reserved_concurrency = properties.get("ReservedConcurrentExecutions")
    return function


def _check_quotas(properties: dict[str, Any], name: str, account_id: str, region: str) -> None:
    """Raise what Lambda answers (Lambda Developer Guide, "Lambda quotas"; "Configuring reserved concurrency")."""
    variables = _variables(properties)
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > MOST_BYTES_OF_VARIABLES:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )
    if reserved_names := sorted(RESERVED_VARIABLES & variables.keys()):
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(reserved_names)}"
        )
    others = [one for one in lambda_backends[account_id][region].list_functions() if one.function_name != name]
    reserved = [properties.get("ReservedConcurrentExecutions"), *(one.reserved_concurrency for one in others)]
    if sum(int(count) for count in reserved if count) > CONCURRENCY - LEAST_UNRESERVED:
        raise InvalidParameterValueException(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{LEAST_UNRESERVED}]."
        )


def _variables(properties: dict[str, Any]) -> dict[str, str]:
    """Of a Number parameter moto makes a number, and CloudFormation a text where a text belongs."""
    variables = properties.get("Environment", {}).get("Variables", {})
    return {name: str(value) for name, value in variables.items()}


def _set_dropped(function: LambdaFunction, properties: dict[str, Any]) -> None:
    function.layers = function._get_layers_data(properties.get("Layers", []))  # noqa: SLF001
    function.architectures = properties.get("Architectures", ["x86_64"])
    function.tracing_config = properties.get("TracingConfig", {"Mode": "PassThrough"})
    function.environment_vars = _variables(properties)
    function.tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    own_group = f"/aws/lambda/{function.function_name}"
    function.logs_group_name = properties.get("LoggingConfig", {}).get("LogGroup", own_group)


def _with_log_group(original: Any, self: LambdaFunction, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """moto doesn't say where a function logs, so `sam logs` would look into the wrong group."""
    return {**original(self, *args, **kwargs), "LoggingConfig": {"LogFormat": "Text", "LogGroup": self.logs_group_name}}


def _create_state_machine(
    original: Any,
    cls: type[StateMachine],
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> StateMachine:
    """moto reads DefinitionString only, and drops the type, logging and tracing."""
    properties = cloudformation_json["Properties"]
    properties["DefinitionString"] = definition(properties, account_id, region_name)
    machine: StateMachine = original(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
    _set_configuration(machine, properties)
    return machine


def _update_state_machine(
    original: Any,
    cls: type[StateMachine],
    original_resource: StateMachine,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> StateMachine:
    properties = cloudformation_json["Properties"]
    properties["DefinitionString"] = definition(properties, account_id, region_name)
    properties.setdefault("StateMachineName", original_resource.name)
    machine: StateMachine = original(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    )
    _set_configuration(machine, properties)
    return machine


def _set_configuration(machine: StateMachine, properties: dict[str, Any]) -> None:
    machine.type = properties.get("StateMachineType", "STANDARD")
    logging = properties.get("LoggingConfiguration")
    if logging:
        destinations = [
            {"cloudWatchLogsLogGroup": {"logGroupArn": destination["CloudWatchLogsLogGroup"]["LogGroupArn"]}}
            for destination in logging.get("Destinations", [])
        ]
        machine.loggingConfiguration = {
            "level": logging.get("Level", "OFF"),
            "includeExecutionData": logging.get("IncludeExecutionData", False),
            "destinations": destinations,
        }
    machine.tracingConfiguration = {"enabled": properties.get("TracingConfiguration", {}).get("Enabled", False)}


def _has_attribute(original: Any, cls: type[StateMachine], attribute: str) -> bool:
    """moto doesn't know GetAtt Arn of a state machine."""
    return attribute == "Arn" or bool(original(cls, attribute))


def _attribute(original: Any, self: StateMachine, attribute: str) -> Any:
    return self.arn if attribute == "Arn" else original(self, attribute)

"""CloudFormation resource types that moto lacks, or doesn't do well enough."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.aws.cloudformation.api_resource import ApiResource, Properties
from local.aws.cloudformation.roles import Role
from local.aws.cloudformation.surrounding_types import SURROUNDING_TYPES


class LambdaUrl(ApiResource):
    type_name = "AWS::Lambda::Url"
    service = "lambda"
    attribute_names = frozenset({"FunctionUrl", "FunctionArn"})

    def create(self, name: str, properties: Properties) -> None:
        function = properties.pop("TargetFunctionArn")
        made = self.client.create_function_url_config(FunctionName=function, **properties)
        self.physical_resource_id = made["FunctionArn"]
        self.attributes = {"FunctionUrl": made["FunctionUrl"], "FunctionArn": made["FunctionArn"]}

    def update(self, name: str, properties: Properties) -> None:
        function = properties.pop("TargetFunctionArn")
        self.client.update_function_url_config(FunctionName=function, **properties)

    def remove(self) -> None:
        self.client.delete_function_url_config(FunctionName=self.physical_resource_id)


class Permission(ApiResource):
    """moto's own has no physical id, and stays in the function's policy when it is changed or removed."""

    type_name = "AWS::Lambda::Permission"
    service = "lambda"
    attribute_names = frozenset({"Id"})

    def create(self, name: str, properties: Properties) -> None:
        self._function = properties["FunctionName"]
        self.client.add_permission(StatementId=name, **properties)
        self.physical_resource_id = name
        self.attributes = {"Id": name}

    def remove(self) -> None:
        self.client.remove_permission(FunctionName=self._function, StatementId=self.physical_resource_id)


class LayerVersion(ApiResource):
    """moto's own has no physical id, so nothing can refer to it. A change makes a new version, as in AWS."""

    type_name = "AWS::Lambda::LayerVersion"
    service = "lambda"
    attribute_names = frozenset({"LayerVersionArn"})

    def create(self, name: str, properties: Properties) -> None:
        made = self.client.publish_layer_version(LayerName=properties.pop("LayerName", name), **properties)
        self.physical_resource_id = made["LayerVersionArn"]
        self.attributes = {"LayerVersionArn": made["LayerVersionArn"]}

    def remove(self) -> None:
        layer, _, version = self.physical_resource_id.rpartition(":")
        self.client.delete_layer_version(LayerName=layer, VersionNumber=int(version))


class EventInvokeConfig(ApiResource):
    type_name = "AWS::Lambda::EventInvokeConfig"
    service = "lambda"

    def create(self, name: str, properties: Properties) -> None:
        self.client.put_function_event_invoke_config(**properties)
        self.physical_resource_id = properties["FunctionName"]

    def remove(self) -> None:
        self.client.delete_function_event_invoke_config(FunctionName=self.physical_resource_id)


class Secret(ApiResource):
    type_name = "AWS::SecretsManager::Secret"
    service = "secretsmanager"
    attribute_names = frozenset({"Id"})

    def create(self, name: str, properties: Properties) -> None:
        generate = properties.pop("GenerateSecretString", None)
        value = properties.pop("SecretString", None) if generate is None else self._generated(generate)
        secret = properties.pop("Name", name)
        made = self.client.create_secret(Name=secret, SecretString=value or "", **properties)
        self.physical_resource_id = made["ARN"]
        self.attributes = {"Id": made["ARN"]}

    def update(self, name: str, properties: Properties) -> None:
        """In place. As in AWS, a generated value stays: it is generated once."""
        changes = {key: properties[key] for key in ("Description", "KmsKeyId", "SecretString") if key in properties}
        self.client.update_secret(SecretId=self.physical_resource_id, **changes)

    def remove(self) -> None:
        self.client.delete_secret(SecretId=self.physical_resource_id, ForceDeleteWithoutRecovery=True)

    def _generated(self, rules: Mapping[str, Any]) -> str:
        own = ("SecretStringTemplate", "GenerateStringKey")
        choices = {key: value for key, value in rules.items() if key not in own}
        password: str = self.client.get_random_password(**choices)["RandomPassword"]
        if "SecretStringTemplate" not in rules:
            return password
        return json.dumps({**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password})


class Subscription(ApiResource):
    type_name = "AWS::SNS::Subscription"
    service = "sns"
    attribute_names = frozenset({"Arn"})

    def create(self, name: str, properties: Properties) -> None:
        target = {key: properties.pop(key) for key in ("TopicArn", "Protocol", "Endpoint")}
        attributes = {key: _as_attribute(value) for key, value in properties.items()}
        made = self.client.subscribe(**target, Attributes=attributes, ReturnSubscriptionArn=True)
        self.physical_resource_id = made["SubscriptionArn"]
        self.attributes = {"Arn": made["SubscriptionArn"]}

    def remove(self) -> None:
        self.client.unsubscribe(SubscriptionArn=self.physical_resource_id)


class TopicPolicy(ApiResource):
    type_name = "AWS::SNS::TopicPolicy"
    service = "sns"

    def create(self, name: str, properties: Properties) -> None:
        for topic in properties["Topics"]:
            self.client.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])
            )
        self.physical_resource_id = name

    def remove(self) -> None:
        """Goes with its topics."""


class Alarm(ApiResource):
    type_name = "AWS::CloudWatch::Alarm"
    service = "cloudwatch"
    attribute_names = frozenset({"Arn"})

    def create(self, name: str, properties: Properties) -> None:
        alarm = properties.pop("AlarmName", name)
        self.client.put_metric_alarm(AlarmName=alarm, **properties)
        self.physical_resource_id = alarm
        described = self.client.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
        self.attributes = {"Arn": described[0]["AlarmArn"]}

    def update(self, name: str, properties: Properties) -> None:
        properties.setdefault("AlarmName", self.physical_resource_id)
        super().update(name, properties)

    def remove(self) -> None:
        self.client.delete_alarms(AlarmNames=[self.physical_resource_id])


class LogGroup(ApiResource):
    """moto's own can't be changed, so a new retention would cost the log."""

    type_name = "AWS::Logs::LogGroup"
    service = "logs"
    attribute_names = frozenset({"Arn"})

    def create(self, name: str, properties: Properties) -> None:
        group = properties.get("LogGroupName", name)
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        self.client.create_log_group(logGroupName=group, tags=tags)
        self.physical_resource_id = group
        described = self.client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        self.attributes = {"Arn": next(one["arn"] for one in described if one["logGroupName"] == group)}
        self._retain(properties)

    def update(self, name: str, properties: Properties) -> None:
        if properties.setdefault("LogGroupName", self.physical_resource_id) == self.physical_resource_id:
            self._retain(properties)
        else:
            super().update(name, properties)

    def remove(self) -> None:
        self.client.delete_log_group(logGroupName=self.physical_resource_id)

    def _retain(self, properties: Properties) -> None:
        if "RetentionInDays" in properties:
            days = int(properties["RetentionInDays"])
            self.client.put_retention_policy(logGroupName=self.physical_resource_id, retentionInDays=days)
        else:
            self.client.delete_retention_policy(logGroupName=self.physical_resource_id)


class MetricFilter(ApiResource):
    type_name = "AWS::Logs::MetricFilter"
    service = "logs"

    def create(self, name: str, properties: Properties) -> None:
        self.physical_resource_id = properties.pop("FilterName", name)
        self._group = properties["LogGroupName"]
        self.client.put_metric_filter(filterName=self.physical_resource_id, **_with_lower_initials(properties))

    def remove(self) -> None:
        self.client.delete_metric_filter(logGroupName=self._group, filterName=self.physical_resource_id)


class BucketPolicy(ApiResource):
    """Accepted, not applied: sam's own bucket refuses plain HTTP by such a policy, and here is nothing else."""

    type_name = "AWS::S3::BucketPolicy"
    service = "s3"

    def create(self, name: str, properties: Properties) -> None:
        self.physical_resource_id = properties["Bucket"]

    def remove(self) -> None:
        """Nothing was made."""


_OF_THE_APPLICATION: tuple[type[ApiResource], ...] = (
    LambdaUrl, Permission, LayerVersion, EventInvokeConfig, Secret, Subscription, TopicPolicy, Alarm, LogGroup,
    MetricFilter, BucketPolicy, Role,
)  # fmt: skip
RESOURCE_TYPES: Mapping[str, type[ApiResource]] = {
    resource.type_name: resource for resource in (*_OF_THE_APPLICATION, *SURROUNDING_TYPES)
}


def _as_attribute(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _with_lower_initials(value: Any) -> Any:
    """CloudFormation writes PascalCase where the API of CloudWatch Logs and Step Functions writes camelCase."""
    if isinstance(value, Mapping):
        return {key[0].lower() + key[1:]: _with_lower_initials(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_lower_initials(member) for member in value]
    return value

"""A template's Rules: what they may say, and whether the parameters meet them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from local.aws.cloudformation.intrinsics import function_of

# AWS's rule functions (CloudFormation Template Reference, "Rule functions"); Fn::If, which the guide to Rules lists, is
# refused by CloudFormation (cloudformation-coverage-roadmap#921), and so is Condition (#1183).
FUNCTIONS = frozenset(
    {
        *("Ref", "Fn::And", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals", "Fn::Not"),
        *("Fn::Or", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"),
    }
)
# They look parameters of types like AWS::EC2::VPC::Id up in the account.
LOCALLY_UNSUPPORTED = frozenset({"Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"})
COMBINES_CONDITIONS = "a list of at least 2 and at most 10 boolean parameters"
EQUALS_TAKES_TEXTS = "every Fn::Equals object requires a list of 2 string parameters."


def check_rules(template: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise ValidationError when one of the Rules isn't well formed, or isn't met.

    `values` are those of the parameters and pseudo parameters by name, a list for a parameter of a list type.

    AWS's sentence for functions is on record (cloudformation-coverage-roadmap#921). For an unmet assertion,
    CloudFormation answers with its AssertDescription (cloudar.be, "Using Template Constraint Rules in CloudFormation").
    """
    rules = template.get("Rules") or {}
    refuse_functions(rules)
    for name, rule in rules.items():
        if "RuleCondition" in rule and not _holds(rule["RuleCondition"], values, name):
            continue
        for assertion in rule["Assertions"]:
            if not _holds(assertion["Assert"], values, name):
                unmet = f"Template error: an assertion of rule {name} is not met"
                raise ValidationError(message=assertion.get("AssertDescription", unmet))


def refuse_functions(rules: Mapping[str, Any]) -> None:
    """Raise ValidationError for a rule that isn't one, and for functions that Rules don't know, at any depth."""
    used: set[str] = set()
    for name, rule in rules.items():
        if not isinstance(rule, dict) or not rule.keys() <= {"RuleCondition", "Assertions"} or "Assertions" not in rule:
            raise ValidationError(message=f"Template format error: Rule {name} must contain Assertions")
        for assertion in rule["Assertions"]:
            if not isinstance(assertion, dict) or not {"Assert"} <= assertion.keys() <= {"Assert", "AssertDescription"}:
                raise ValidationError(message=f"Template format error: Every assertion of rule {name} needs an Assert")
        used |= set(_used([rule.get("RuleCondition"), *(one["Assert"] for one in rule["Assertions"])]))
    if unknown := sorted(used - FUNCTIONS):
        raise ValidationError(
            message="Template format error: Following functions are not supported in the Rules block of the template: "
            f"[{', '.join(unknown)}]"
        )
    if unsupported := sorted(used & LOCALLY_UNSUPPORTED):
        raise ValidationError(message=f"The local CloudFormation doesn't support {', '.join(unsupported)} in Rules")


def _used(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for argument in value.values():
            yield from _used(argument)
    elif isinstance(value, list):
        for member in value:
            yield from _used(member)


def _holds(expression: Any, values: Mapping[str, Any], rule: str) -> bool:
    result = _evaluated(expression, values)
    if not isinstance(result, bool):
        raise ValidationError(
            message=f"Template format error: Rule {rule} must evaluate to true or false, and not to {result!r}"
        )
    return result


def _evaluated(value: Any, values: Mapping[str, Any]) -> Any:
    called = function_of(value)
    if called is None:
        return [_evaluated(member, values) for member in value] if isinstance(value, list) else value
    name, argument = called
    if name == "Ref":
        if argument not in values:
            raise ValidationError(
                message=f"Template format error: Unresolved dependencies [{argument}] in the Rules block of the "
                "template"
            )
        return values[argument]
    arguments = argument if isinstance(argument, list) else [argument]
    return _applied(name, [_evaluated(member, values) for member in arguments])


def _applied(name: str, arguments: list[Any]) -> bool:
    if name in {"Fn::And", "Fn::Or", "Fn::Not"}:
        return _combined(name, arguments)
    match name, arguments:
        case "Fn::Equals", [left, right] if not any(isinstance(side, list | dict) for side in arguments):
            return str(left) == str(right)
        case "Fn::Contains", [[*members], one]:
            return one in members
        case "Fn::EachMemberEquals", [[*members], one]:
            return all(member == one for member in members)
        case "Fn::EachMemberIn", [[*members], [*others]]:
            return all(member in others for member in members)
        case "Fn::Equals", _:
            raise ValidationError(message=f"Template error: {EQUALS_TAKES_TEXTS}")
    raise ValidationError(message=f"Template format error: {name} in the Rules block can't take {arguments}")


def _combined(name: str, conditions: list[Any]) -> bool:
    least, most = (1, 1) if name == "Fn::Not" else (2, 10)
    if not least <= len(conditions) <= most or not all(isinstance(condition, bool) for condition in conditions):
        expected = "one boolean parameter" if name == "Fn::Not" else COMBINES_CONDITIONS
        raise ValidationError(message=f"Template error: every {name} object requires {expected}.")
    if name == "Fn::Not":
        return not conditions[0]
    return all(conditions) if name == "Fn::And" else any(conditions)

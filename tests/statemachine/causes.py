"""What an error may carry as its Cause, and the words that an operator is told of it."""

import json
from typing import Any, NamedTuple

# "Cause": at most so many characters (Step Functions API reference, TaskFailedEventDetails); AWS cuts what is longer.
LONGEST_CAUSE = 32_768
TOO_LONG = "[...]"
NOTHING = "no cause was given"


class Told(NamedTuple):
    """A Cause, and what is told of it; a full stop is added where there is none."""

    cause: str
    words: str


def of_lambda(message: Any, **more: Any) -> str:
    """Give the error object of the Python runtime, which writes characters beyond ASCII as they are."""
    error = {"errorMessage": message, "errorType": "Unforeseen", "requestId": "0", "stackTrace": ['  File "app.py"\n']}
    return json.dumps(error | more, ensure_ascii=False)[:LONGEST_CAUSE]


WORDS = "site-a's cache said no. " * 2_000
CAUSES: dict[str, Told] = {
    "a sentence": Told(of_lambda("DynamoDB throttled GetItem."), "DynamoDB throttled GetItem."),
    "no full stop": Told(of_lambda("'topology'"), "'topology'"),
    "an ellipsis": Told(of_lambda("and so on..."), "and so on..."),
    "quotes": Told(of_lambda('{"a": "b"}, "c"'), '{"a": "b"}, "c"'),
    "a backslash at the end": Told(of_lambda("C:\\"), "C:\\"),
    "lines": Told(of_lambda("first\r\n\tsecond\n"), "first second"),
    "control characters": Told(of_lambda("\x00bell\x07 \x1b[31mred\x7f"), "bell [31mred\x7f"),
    "an emoji": Told(of_lambda("broken 💔"), "broken 💔"),
    "beyond ASCII": Told(of_lambda("Ümläute, 日本語, \u2028, \u202e"), "Ümläute, 日本語, \u2028, \u202e"),
    "surrogates as escapes": Told('{"errorMessage": "broken \\ud83d\\udc94"}', "broken"),
    "a time-out of Lambda": Told(
        '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 0 Error: Task timed out after 35.00 seconds"}',
        "RequestId: 0 Error: Task timed out after 35.00 seconds",
    ),
    "a long stack trace": Told(of_lambda("too deep", stackTrace=["x" * 100] * 1000), "too deep"),
    "no message": Told('{"errorType": "Unforeseen"}', '{"errorType": "Unforeseen"}'),
    "an empty message": Told(of_lambda(""), NOTHING),
    "null": Told('{"errorMessage": null}', '{"errorMessage": null}'),
    "a number": Told('{"errorMessage": 1e400}', '{"errorMessage": 1e400}'),
    "a list": Told('{"errorMessage": ["a", {}]}', '{"errorMessage": ["a", {}]}'),
    "an object": Told('{"errorMessage": {"a": "b"}}', '{"errorMessage": {"a": "b"}}'),
    "a list instead of an object": Told('["errorMessage"]', '["errorMessage"]'),
    "cut before the message": Told('{"errorMessage": ', '{"errorMessage":'),
    "cut in the message": Told('{"errorMessage": "DynamoDB thr', "DynamoDB thr"),
    "cut in an escape": Told('{"errorMessage": "DynamoDB\\u00', "DynamoDB"),
    "no escape": Told('{"errorMessage": "DynamoDB \\x"}', "DynamoDB"),
    "a raw line break": Told('{"errorMessage": "DynamoDB\nthrottled"}', "DynamoDB"),
    "only a brace": Told("{", "{"),
    "text": Told("Rate exceeded (Status Code: 429)", "Rate exceeded (Status Code: 429)"),
    "text that looks like code": Told("$parse('{') & $1 %} {% ${x}", "$parse('{') & $1 %} {% ${x}"),
    "nothing": Told("", NOTHING),
    "blanks": Told(" \n\t\x00", NOTHING),
    "a word of 40,000 characters": Told(of_lambda("x" * 40_000), TOO_LONG),
    "emoji beyond the limit": Told("💔" * (LONGEST_CAUSE // 2), TOO_LONG),
    "words of 40,000 characters": Told(of_lambda(WORDS[:40_000]), WORDS[:999] + TOO_LONG),
    "quotes of 30,000 characters": Told(of_lambda('"a" ' * 7_500), ('"a" ' * 125).strip()),
}  # fmt: skip

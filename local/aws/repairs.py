"""All that moto lacks or has wrong for this application, mended in one call.

Each repair lives in the module of its service, with a sentence on what is wrong; `tests/local` pins each one by a test
that fails as soon as moto no longer needs it.
"""

from local.aws import (
    cloudwatch,
    dynamodb,
    eventbridge,
    function_urls,
    globalaccelerator,
    iam,
    lambda_invocation,
    load_balancers,
    sns,
    stepfunctions,
    throttling,
)


def install() -> None:
    """Mend all of moto in this process, for `mock_aws` and for its server alike. Idempotent.

    Call it before `mock_aws` starts. Nothing of moto's state is touched.
    """
    from local.aws import cloudformation  # noqa: PLC0415  (takes 2 s to import, and most tests never deploy)

    install_without_cloudformation()
    cloudformation.install()


def install_without_cloudformation() -> None:
    """As `install`, for those who make their resources themselves. Idempotent."""
    globalaccelerator.install()
    lambda_invocation.install()
    function_urls.install()
    load_balancers.install()
    dynamodb.install()
    sns.install()
    eventbridge.install()
    iam.install()
    cloudwatch.install()
    throttling.install()
    stepfunctions.install()

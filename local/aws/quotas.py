"""How often AWS lets an account call its services, as far as it is published: buckets of tokens, refilled each second.

Sources, with the table's or chapter's name:
- Elastic Load Balancing: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
- Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, "API action throttling"
- Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Concurrent executions"
- Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
- SNS: https://docs.aws.amazon.com/general/latest/gr/sns.html, "Publish API throttling"
- EventBridge: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html, "PutEvents throttle limit"
- DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html: what one
  partition, and so one item, can take
Nothing is published of Global Accelerator.
"""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MAJOR_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


@dataclass(frozen=True)
class Quota:
    """A bucket in each region (of `regions`, if given) for an account's calls of these operations, all together.

    service: boto3's name of it. operations: patterns, "*" for any characters. bucket: tokens when it is full; a call
    takes one. refill: tokens per second.
    """

    service: str
    operations: tuple[str, ...]
    bucket: int
    refill: float
    regions: tuple[str, ...] = ()
    except_regions: tuple[str, ...] = ()

    def applies(self, service: str, operation: str, region: str) -> bool:
        return (
            service == self.service
            and any(fnmatch.fnmatchcase(operation, pattern) for pattern in self.operations)
            and (not self.regions or region in self.regions)
            and region not in self.except_regions
        )


# Functions that run at a time in a region. An account that is new has fewer: ten, as its owners report.
CONCURRENT_EXECUTIONS = 1000

PUBLISHED = (
    Quota("elbv2", ("Describe*",), 40, 10),
    Quota("stepfunctions", ("StartExecution",), 1300, 300, regions=MAJOR_REGIONS),
    Quota("stepfunctions", ("StartExecution",), 800, 150, except_regions=MAJOR_REGIONS),
    Quota("stepfunctions", ("DescribeExecution",), 300, 15, regions=MAJOR_REGIONS),
    Quota("stepfunctions", ("DescribeExecution",), 250, 10, except_regions=MAJOR_REGIONS),
    Quota("stepfunctions", ("GetExecutionHistory",), 400, 20),
    Quota("secretsmanager", ("GetSecretValue", "DescribeSecret"), 10_000, 10_000),
    Quota("sns", ("Publish", "PublishBatch"), 30_000, 30_000, regions=("us-east-1",)),
    Quota("sns", ("Publish", "PublishBatch"), 9_000, 9_000, regions=("us-west-2", "eu-west-1")),
    Quota("events", ("PutEvents",), 10_000, 10_000, regions=MAJOR_REGIONS),
    Quota("dynamodb", ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"), 1_000, 1_000),
    Quota("dynamodb", ("GetItem", "Query", "TransactGetItems"), 3_000, 3_000),
)


@dataclass
class _Bucket:
    tokens: float
    since: float


@dataclass
class Buckets:
    """Quotas that are applied. `now` gives seconds; it may differ between threads, but no bucket goes back in time."""

    quotas: tuple[Quota, ...]
    now: Callable[[], float]
    _buckets: dict[tuple[Quota, str], _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, service: str, operation: str, region: str) -> bool:
        """Take a token for a call out of every bucket that it is in; false, and nothing taken, when one is empty."""
        with self._lock:
            now = self.now()
            buckets = [
                self._filled(quota, region, now) for quota in self.quotas if quota.applies(service, operation, region)
            ]
            if any(bucket.tokens < 1 for bucket in buckets):
                return False
            for bucket in buckets:
                bucket.tokens -= 1
            return True

    def _filled(self, quota: Quota, region: str, now: float) -> _Bucket:
        bucket = self._buckets.setdefault((quota, region), _Bucket(float(quota.bucket), now))
        bucket.tokens = min(float(quota.bucket), bucket.tokens + max(0.0, now - bucket.since) * quota.refill)
        bucket.since = max(bucket.since, now)
        return bucket

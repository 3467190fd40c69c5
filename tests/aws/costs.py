"""What the suite creates in an account, and what that costs: said before anything is created."""

from __future__ import annotations

from dataclasses import dataclass

LOOKED_UP = "November 2026"
HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Item:
    """Something that costs as long as it is there. `price` is in US dollars per hour, of one, in us-west-2."""

    number: int
    what: str
    price: float

    @property
    def hourly(self) -> float:
        return self.number * self.price


# The pages below https://aws.amazon.com: global-accelerator/pricing, elasticloadbalancing/pricing, vpc/pricing,
# ec2/pricing/on-demand, ebs/pricing, cloudwatch/pricing, secrets-manager/pricing. Monthly prices are given by the hour.
ITEMS = (
    Item(1, "accelerator, each hour begun counts as one", 0.025),
    Item(2, "Network Load Balancers, each hour begun counts as one", 0.0225),
    Item(2, "their public IPv4 addresses", 0.005),
    Item(1, "instance t4g.nano, with an address", 0.0042 + 0.005),
    Item(1, "its volume, 8 GB of gp3", 8 * 0.08 / HOURS_PER_MONTH),
    Item(1, "dashboard", 3.00 / HOURS_PER_MONTH),
    Item(6, "alarms", 0.10 / HOURS_PER_MONTH),
    Item(2, "secrets", 0.40 / HOURS_PER_MONTH),
)
# Two hours begun; a third load balancer for a probe; a cent for requests, functions and logs.
RUN_HOURS = 2
OF_PROBES = 0.0225 + 0.005
OF_REQUESTS = 0.01


def cost_of_a_run() -> float:
    """US dollars, if it is removed within two hours. A run takes about one."""
    return RUN_HOURS * hourly() + OF_PROBES + OF_REQUESTS


def hourly() -> float:
    """US dollars for each hour that everything is left there."""
    return sum(item.hourly for item in ITEMS)


def plan(region: str) -> str:
    """What is created, where, and for how much, as text."""
    rows = [f"  {item.number} {item.what}: {item.number} x ${item.price:.4f} = ${item.hourly:.4f}" for item in ITEMS]
    return "\n".join(
        [
            f"tests/aws creates in {region}, and removes again, after a failure too (US",
            f"dollars per hour, at the list prices of {LOOKED_UP}):",
            *rows,
            f"  together ${hourly():.4f} an hour. A run that takes up to {RUN_HOURS} hours begun, with one",
            f"  more load balancer for a probe, and requests, costs about ${cost_of_a_run():.2f}; all of",
            f"  it left behind costs ${hourly() * HOURS_PER_MONTH:.0f} a month.",
            "It also creates what costs next to nothing: some 25 CloudFormation stacks, one",
            "after the other, with functions (three with public URLs), roles, tables, queues,",
            "topics, state machines, log groups and a bucket. It needs a default VPC there,",
            "and asks eu-west-1 for the tags of a load balancer. Nothing else is touched.",
        ]
    )

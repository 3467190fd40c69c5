"""What stands around the application in the account: deployed by the real sam, moved and looked at by the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local.sites.certificates import Authority
from tests.aws.account import REGION, Account
from tests.aws.surroundings.tls import https_in_front_of

TEMPLATE = Path(__file__).with_name("template.yaml")
SITES = ("site-a", "site-b")
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
TARGET_TYPE = "t4g.nano"
# Load balancers have to find their target healthy, and the accelerator has to hear of it.
HEALTHY_SECONDS = 600.0


@dataclass(frozen=True)
class Surroundings:
    """`outputs` are the stack's. `infinispan_urls` are https, and verified against `ca_certificate` if there is one."""

    account: Account
    outputs: Mapping[str, str]
    infinispan_urls: Mapping[str, str]
    ca_certificate: str

    @classmethod
    @contextmanager
    def in_account(cls, account: Account) -> Iterator[Self]:
        """Deployed when entered, with both sites healthy in the accelerator and in view of each other.

        Raises:
            AssertionError: the account has no default VPC, or the endpoints don't get healthy.
            SamFailed: the stack can't be created.
        """
        account.client("s3").create_bucket(
            Bucket=account.bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        outputs = account.deploy("surroundings", account.build(TEMPLATE), _parameters(account))
        urls = {site: outputs[f"InfinispanOf{_id(site)}"] for site in SITES}
        ca_certificate = ""
        with ExitStack() as exits:
            if not account.is_real:
                authority = Authority()
                ca_certificate = authority.pem
                urls = {site: exits.enter_context(https_in_front_of(url, authority)) for site, url in urls.items()}
            made = cls(account, outputs, urls, ca_certificate)
            made.reset()
            made.wait_until_healthy()
            yield made

    # The accelerator

    @property
    def accelerator(self) -> str:
        """Its DNS name."""
        return self.outputs["AcceleratorDnsName"]

    @property
    def endpoint_group(self) -> str:
        """Its only endpoint group's ARN."""
        return self.outputs["EndpointGroupArn"]

    def load_balancer(self, site: str) -> str:
        """The ARN of the site's load balancer."""
        return self.outputs[f"LoadBalancerOf{_id(site)}"]

    def endpoints(self) -> dict[str, Any]:
        """The accelerator's endpoints, as it describes them, by site."""
        group = self.account.client("globalaccelerator").describe_endpoint_group(EndpointGroupArn=self.endpoint_group)
        found = {one["EndpointId"]: one for one in group["EndpointGroup"].get("EndpointDescriptions", [])}
        return {site: found[arn] for site in SITES if (arn := self.load_balancer(site)) in found}

    def health(self) -> dict[str, str]:
        """What the accelerator says of each site's health."""
        return {site: endpoint["HealthState"] for site, endpoint in self.endpoints().items()}

    def wait_until_healthy(self) -> None:
        """Both sites, in the accelerator."""
        both = dict.fromkeys(SITES, "HEALTHY")
        self.account.eventually(self.health, lambda seen: seen == both, HEALTHY_SECONDS, every=5)

    # The sites

    def cut(self) -> None:
        """Each site sees itself only."""
        for site in SITES:
            self._set(site, "#view", {"SS": [site]})

    def heal(self) -> None:
        """The sites see each other."""
        for site in SITES:
            self._set(site, "#view", {"SS": list(SITES)})

    def reset(self) -> None:
        """The sites see each other, and back up to each other."""
        self.heal()
        for site in SITES:
            self._set(site, "#backups", {"S": "online"})

    def backups(self) -> dict[str, str]:
        """What each site's Infinispan says of its backups to the other one."""
        items = self.account.client("dynamodb").scan(TableName=self.outputs["SitesTable"], ConsistentRead=True)["Items"]
        return {item["site"]["S"]: item["backups"]["S"] for item in items}

    def _set(self, site: str, attribute: str, value: Mapping[str, Any]) -> None:
        self.account.client("dynamodb").update_item(
            TableName=self.outputs["SitesTable"],
            Key={"site": {"S": site}},
            UpdateExpression=f"SET {attribute} = :value",
            ExpressionAttributeValues={":value": value},
            ExpressionAttributeNames={attribute: attribute.removeprefix("#")},  # VIEW is reserved
        )

    # What is told

    def inbox(self) -> list[Any]:
        """The messages that have arrived since the last look: documents of SNS and EventBridge."""
        client = self.account.client("sqs")
        received = client.receive_message(
            QueueUrl=self.outputs["InboxUrl"], MaxNumberOfMessages=10, WaitTimeSeconds=2 if self.account.is_real else 0
        ).get("Messages", [])
        for message in received:
            client.delete_message(QueueUrl=self.outputs["InboxUrl"], ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in received]


def _id(site: str) -> str:
    """`site-a` is SiteA in the template."""
    return site.title().replace("-", "")


def _parameters(account: Account) -> dict[str, str]:
    ec2 = account.client("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert vpcs, f"There is no default VPC in {REGION}; aws ec2 create-default-vpc --region {REGION} makes one."
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [TARGET_TYPE]}]
    )["InstanceTypeOfferings"]
    subnets = ec2.describe_subnets(
        Filters=[
            {"Name": "vpc-id", "Values": [vpcs[0]["VpcId"]]},
            {"Name": "default-for-az", "Values": ["true"]},
            {"Name": "availability-zone", "Values": [offer["Location"] for offer in offers]},
        ]
    )["Subnets"]
    assert subnets, f"The default VPC of {REGION} has no subnet in a zone that has {TARGET_TYPE}."
    return {
        "ImageId": account.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"],
        "VpcId": vpcs[0]["VpcId"],
        "VpcCidr": vpcs[0]["CidrBlock"],
        "SubnetId": subnets[0]["SubnetId"],
    }

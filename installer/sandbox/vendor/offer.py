"""What this vendor offers and asks for: PopSQL's private environment, deployed and operated by Release. Data only.

It goes into every invitation (invitations.py). A test holds the list of needs against the calls that the deployer in
deploy/ really makes. Placeholders: `<account_id>` the customer's account, `<name>` the installation's name.
"""

from dataclasses import dataclass
from typing import Any

ISSUER = "release.example"
VENDOR_SLUG = "release"
"""First part of every session name; an issuer's dots and length would waste the 64 characters of it."""

VENDOR_ACCOUNT_ID = "111111111111"
PRINCIPAL_ARN = f"arn:aws:iam::{VENDOR_ACCOUNT_ID}:role/release-deploy"
ROLE_PATH = "/release/"
MAX_SESSION_SECONDS = 3600
PRODUCT_VERSION = "2.41.0"
NEXT_PRODUCT_VERSION = "2.42.0"

TEMPLATE_PATH = "templates/vendor-role.yaml"
TEMPLATE_PARAMETERS = (
    "InstallationName",
    "RolePath",
    "VendorPrincipalArn",
    "ExternalId",
    "OperatorBoundaryArn",
    "WorkloadBoundaryArn",
    "MaxSessionSeconds",
    "AccessNotBefore",
    "AccessNotAfter",
)

ALLOWED_REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1")
DEFAULT_PREFIX, MIN_PREFIX, MAX_PREFIX = 16, 16, 24
AVOID_BLOCKS = ("172.17.0.0/16", "169.254.0.0/16", "10.100.0.0/16", "172.20.0.0/16")
"""Docker's bridge on the nodes, link-local, and the two service ranges that EKS picks from."""

VENDOR = {
    "name": "PopSQL",
    "operator": "Release",
    "support_url": "https://popsql.com/support",
    "access_statement": (
        "While Release is connected to your AWS environment, we will have access to your servers, and by proxy, "
        "anything they can access (S3 files, databases, etc.). Only a handful of engineers at PopSQL may access these "
        "installations, and we are happy to provide agreements to ensure data privacy. It is possible to have Release "
        "access only during updates."
    ),
    "agreements": [
        {"title": "PopSQL privacy policy", "url": "https://popsql.com/privacy"},
        {"title": "PopSQL terms of service", "url": "https://popsql.com/terms"},
    ],
}

PRODUCT = {
    "name": "PopSQL",
    "version": PRODUCT_VERSION,
    "summary": "A collaborative SQL editor that runs in your own AWS account, next to your data.",
}

CREATED = {
    "AWS::IAM::Role": 3,
    "AWS::IAM::InstanceProfile": 1,
    "AWS::EC2::VPC": 1,
    "AWS::EC2::Subnet": 6,
    "AWS::EC2::InternetGateway": 1,
    "AWS::EC2::EIP": 1,
    "AWS::EC2::NatGateway": 1,
    "AWS::EC2::RouteTable": 2,
    "AWS::EC2::SecurityGroup": 3,
    "AWS::EC2::Instance": 2,
    "AWS::EKS::Cluster": 1,
    "AWS::EKS::Nodegroup": 1,
    "AWS::EKS::Addon": 1,
    "AWS::EKS::PodIdentityAssociation": 1,
    "AWS::RDS::DBSubnetGroup": 1,
    "AWS::RDS::DBInstance": 1,
    "AWS::SecretsManager::Secret": 1,
    "AWS::Logs::LogGroup": 2,
    "AWS::S3::Bucket": 1,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 1,
    "AWS::ElasticLoadBalancingV2::TargetGroup": 1,
    "AWS::ElasticLoadBalancingV2::Listener": 1,
}
"""What one install makes, by CloudFormation type. The two instances are made by the EKS node group."""


@dataclass(frozen=True)
class Need:
    """Actions that a phase cannot do without. `actions` are our own calls; `dependent` ones AWS checks behind them."""

    actions: tuple[str, ...]
    why: str
    resources: tuple[str, ...] = ("*",)
    dependent: tuple[str, ...] = ()

    def claim(self) -> dict[str, Any]:
        return {"actions": sorted(self.actions + self.dependent), "resources": list(self.resources), "why": self.why}


_WORKLOAD_ROLES = "arn:aws:iam::<account_id>:role/release/<name>/*"
_CLUSTER = "arn:aws:eks:*:<account_id>:cluster/<name>"
_BUCKETS = "arn:aws:s3:::<name>--*"

INSTALL_NEEDS = (
    Need(
        ("iam:GetRole", "iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"),
        "Makes the roles of the cluster, its nodes and the product, each under your workload boundary.",
        (_WORKLOAD_ROLES,),
        # CreateRole with tags asks for TagRole; CreateNodegroup reads what is attached to the node role.
        dependent=("iam:TagRole", "iam:PassRole", "iam:ListAttachedRolePolicies"),
    ),
    Need(
        ("iam:GetInstanceProfile", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),
        "Gives the node role to the cluster's machines.",
        ("arn:aws:iam::<account_id>:instance-profile/release/<name>/*",),
        dependent=("iam:TagInstanceProfile",),
    ),
    Need(
        (),
        "Lets EKS, RDS and load balancing make their own service-linked roles where the account has none yet.",
        ("arn:aws:iam::<account_id>:role/aws-service-role/*",),
        dependent=("iam:CreateServiceLinkedRole",),
    ),
    Need(
        (
            "ec2:DescribeVpcs",
            "ec2:CreateVpc",
            "ec2:ModifyVpcAttribute",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeSubnets",
            "ec2:CreateSubnet",
            "ec2:DescribeInternetGateways",
            "ec2:CreateInternetGateway",
            "ec2:AttachInternetGateway",
            "ec2:DescribeAddresses",
            "ec2:AllocateAddress",
            "ec2:DescribeNatGateways",
            "ec2:CreateNatGateway",
            "ec2:DescribeRouteTables",
            "ec2:CreateRouteTable",
            "ec2:CreateRoute",
            "ec2:AssociateRouteTable",
        ),
        "Builds a network of its own, on the block you chose.",
        dependent=("ec2:CreateTags",),
    ),
    Need(
        ("ec2:DescribeSecurityGroups", "ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress"),
        "Lets the load balancer reach the product and the product reach its database, and nothing else.",
    ),
    Need(
        (
            "eks:DescribeCluster",
            "eks:CreateCluster",
            "eks:CreateNodegroup",
            "eks:CreateAddon",
            "eks:ListPodIdentityAssociations",
            "eks:CreatePodIdentityAssociation",
        ),
        "Runs the product on an EKS cluster, with a role for its pods.",
        (_CLUSTER,),
        dependent=("eks:TagResource",),
    ),
    Need(
        ("eks:DescribeNodegroup",),
        "Waits for the cluster's nodes.",
        ("arn:aws:eks:*:<account_id>:nodegroup/<name>/*",),
    ),
    Need(
        ("eks:DescribeAddon",),
        "Sees whether the cluster can give roles to pods.",
        ("arn:aws:eks:*:<account_id>:addon/<name>/*",),
    ),
    Need(
        ("rds:DescribeDBSubnetGroups", "rds:CreateDBSubnetGroup"),
        "Places the product's own database in private subnets.",
        ("arn:aws:rds:*:<account_id>:subgrp:<name>-database",),
    ),
    Need(
        ("rds:DescribeDBInstances", "rds:CreateDBInstance"),
        "Keeps the product's own data in a PostgreSQL database.",
        ("arn:aws:rds:*:<account_id>:db:<name>",),
        dependent=("rds:AddTagsToResource",),
    ),
    Need(
        (),
        "Lets RDS encrypt the database, and keep its master password where nobody at the vendor sees it.",
        dependent=("kms:DescribeKey", "kms:CreateGrant"),
    ),
    Need(
        ("secretsmanager:DescribeSecret", "secretsmanager:CreateSecret"),
        "Keeps the product's settings and keys out of its code.",
        # RDS makes the secret of the master password with the caller's permission, under a name of its own.
        ("arn:aws:secretsmanager:*:<account_id>:secret:<name>/*", "arn:aws:secretsmanager:*:<account_id>:secret:rds!*"),
        dependent=("secretsmanager:TagResource",),
    ),
    Need(("logs:DescribeLogGroups",), "Looks whether its log groups are there."),
    Need(
        ("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
        "Writes the product's logs where you can read them.",
        ("arn:aws:logs:*:<account_id>:log-group:<name>-*",),
        dependent=("logs:TagResource",),
    ),
    Need(
        ("s3:ListBucket", "s3:CreateBucket", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging"),
        "Stores exports and uploads in a private bucket.",
        (_BUCKETS,),
    ),
    Need(
        (
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DescribeTags",
        ),
        "Gives the product the address that you open.",
        dependent=("elasticloadbalancing:AddTags",),
    ),
)

STEADY_NEEDS = (
    Need(("ec2:DescribeVpcs",), "Checks that the connection still stands."),
    Need(("ec2:DescribeRegions",), "Offers regions when no credentials are on your workstation."),
)

UPDATE_NEEDS = (
    Need(("eks:DescribeCluster",), "Looks at what is running before it changes anything.", (_CLUSTER,)),
    Need(("elasticloadbalancing:DescribeLoadBalancers",), "Looks at the product's address before it changes anything."),
    Need(("s3:PutObject",), "Stores the release that the product rolls out.", (_BUCKETS,)),
    Need(("eks:TagResource",), "Records the version that runs.", (_CLUSTER,)),
)

NEEDS = {"install": INSTALL_NEEDS, "steady": STEADY_NEEDS, "update": UPDATE_NEEDS}

_MINIMAL_ACTIONS = (
    "ec2:*",
    "eks:*",
    "elasticloadbalancing:*",
    "kms:CreateGrant",
    "kms:DescribeKey",
    "logs:*",
    "rds:*",
    "s3:*",
    "secretsmanager:*",
    "iam:AddRoleToInstanceProfile",
    "iam:AttachRolePolicy",
    "iam:CreateInstanceProfile",
    "iam:CreateRole",
    "iam:CreateServiceLinkedRole",
    "iam:GetInstanceProfile",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:TagInstanceProfile",
    "iam:TagRole",
)


def minimal_boundary(without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The vendor's minimal permissions boundary, less the actions in `without`.

    VisualEditor0 is whole in the source document. Of VisualEditor1 only its shape survives: its actions here are
    reconstructed from what an install needs.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "VisualEditor0",
                "Effect": "Allow",
                "Action": "iam:UpdateRole",
                "Resource": "arn:aws:iam::<account_id>:role/release/*",
            },
            {
                "Sid": "VisualEditor1",
                "Effect": "Allow",
                "Action": [action for action in _MINIMAL_ACTIONS if action not in without],
                "Resource": "*",
            },
        ],
    }

"""The steps of an install, in order, with how long each usually takes in reality (half an hour in all)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """`doing` is shown while it runs. `seconds` is the usual time, for the pace and the percentages."""

    id: str
    doing: str
    seconds: int


INSTALL_STEPS = (
    Step("cluster-role", "Creating the cluster's role under your workload boundary", 5),
    Step("node-role", "Creating the role of the cluster's nodes under your workload boundary", 5),
    Step("app-role", "Creating the product's role under your workload boundary", 5),
    Step("instance-profile", "Creating the instance profile of the nodes", 5),
    Step("vpc", "Creating the network on the block you chose", 10),
    Step("subnets", "Creating subnets in each zone", 15),
    Step("internet-gateway", "Attaching an internet gateway", 10),
    Step("elastic-ip", "Allocating the address that queries will come from", 5),
    Step("nat-gateway", "Creating the NAT gateway", 100),
    Step("routes", "Setting up routes", 10),
    Step("security-groups", "Creating security groups", 10),
    Step("cluster", "Creating the EKS cluster", 560),
    Step("node-group", "Starting the cluster's nodes", 180),
    Step("pod-identity", "Giving the product its role in the cluster", 20),
    Step("database-subnets", "Placing the database in private subnets", 5),
    Step("database", "Creating the database", 480),
    Step("secret", "Storing the product's settings in Secrets Manager", 5),
    Step("log-groups", "Creating log groups", 5),
    Step("bucket", "Creating a private bucket", 10),
    Step("load-balancer", "Creating the load balancer", 180),
    Step("listener", "Opening the product's address", 10),
    Step("product", "Starting PopSQL", 165),
)

UPGRADE_STEPS = (
    Step("upgrade-check", "Looking at what is running", 30),
    Step("upgrade-release", "Storing the new release", 30),
    Step("upgrade-rollout", "Rolling out the new version without downtime", 540),
)

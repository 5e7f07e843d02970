"""The product's address: load balancer, target group, listener."""

from collections.abc import Callable
from typing import Any

from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.network import HTTP_PORT, PRODUCT_PORT, Network
from installer.sandbox.vendor.deploy.site import Site


def make_load_balancer(site: Site, network: Network) -> str:
    """The DNS name of the load balancer."""
    with site.step("load-balancer") as step:
        arn, dns_name = _load_balancer(site, network, step.seconds)
    with site.step("listener"):
        _listener(site, arn, _target_group(site, network))
    return dns_name


def _load_balancer(site: Site, network: Network, usual_seconds: int) -> tuple[str, str]:
    elb, name = site.clients.elb, site.plan.short_name("alb")
    absent = elb.exceptions.LoadBalancerNotFoundException
    found = _found(lambda: elb.describe_load_balancers(Names=[name])["LoadBalancers"], absent)
    balancer = (
        found
        or elb.create_load_balancer(
            Name=name,
            Type="application",
            Scheme="internet-facing",
            Subnets=list(network.public_subnet_ids),
            SecurityGroups=[network.load_balancer_group_id],
            Tags=site.plan.tag_list(name),
        )["LoadBalancers"][0]
    )
    arn = str(balancer["LoadBalancerArn"])
    if found:
        _refuse_foreign(site, arn)
    site.made(arn, "AWS::ElasticLoadBalancingV2::LoadBalancer", name, new=not found)

    def active() -> bool:
        state = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]
        if state["Code"] == "failed":
            raise Unsuitable("LoadBalancerFailed", arn, state.get("Reason", "The load balancer failed."))
        return bool(state["Code"] == "active")

    site.wait_until(active, "The load balancer", usual_seconds)
    return arn, str(balancer["DNSName"])


def _target_group(site: Site, network: Network) -> str:
    elb, name = site.clients.elb, site.plan.short_name("app")
    absent = elb.exceptions.TargetGroupNotFoundException
    found = _found(lambda: elb.describe_target_groups(Names=[name])["TargetGroups"], absent)
    group = (
        found
        or elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=PRODUCT_PORT,
            VpcId=network.vpc_id,
            TargetType="ip",
            HealthCheckPath="/health",
            Tags=site.plan.tag_list(name),
        )["TargetGroups"][0]
    )
    arn = str(group["TargetGroupArn"])
    if found:
        _refuse_foreign(site, arn)
    site.made(arn, "AWS::ElasticLoadBalancingV2::TargetGroup", name, new=not found)
    return arn


def _listener(site: Site, load_balancer_arn: str, target_group_arn: str) -> None:
    elb, name = site.clients.elb, site.plan.name("http")
    found = elb.describe_listeners(LoadBalancerArn=load_balancer_arn)["Listeners"]
    listener = (
        next(iter(found), None)
        or elb.create_listener(
            LoadBalancerArn=load_balancer_arn,
            Protocol="HTTP",
            Port=HTTP_PORT,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group_arn}],
            Tags=site.plan.tag_list(name),
        )["Listeners"][0]
    )
    site.made(listener["ListenerArn"], "AWS::ElasticLoadBalancingV2::Listener", name, new=not found)


def _refuse_foreign(site: Site, arn: str) -> None:
    described = site.clients.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    site.refuse_foreign(arn, described[0]["Tags"] if described else [])


def _found(describe: Callable[[], list[dict[str, Any]]], absent: type[Exception]) -> dict[str, Any] | None:
    """Asked for a name that is not there, this API answers with an error or with nothing."""
    try:
        return next(iter(describe()), None)
    except absent:
        return None

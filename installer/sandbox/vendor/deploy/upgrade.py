"""An upgrade: the new release into the bucket, then its version onto the cluster."""

import json

from installer.sandbox.vendor.deploy.site import Site

VERSION_TAG = "houseguest:product-version"


def roll_out(site: Site, version: str) -> None:
    plan, clients = site.plan, site.clients
    with site.step("upgrade-check"):
        cluster = clients.eks.describe_cluster(name=plan.cluster)["cluster"]
        clients.elb.describe_load_balancers(Names=[plan.short_name("alb")])
    with site.step("upgrade-release"):
        clients.s3.put_object(
            Bucket=plan.bucket,
            Key=f"releases/{version}.json",
            Body=json.dumps({"version": version, "before": plan.product_version}).encode(),
            ExpectedBucketOwner=plan.account_id,
        )
        site.worked()
    with site.step("upgrade-rollout"):
        clients.eks.tag_resource(resourceArn=cluster["arn"], tags={VERSION_TAG: version})
        site.worked()

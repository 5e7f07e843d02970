"""installer/aws/regions.py."""

from installer.aws.regions import Region, regions
from installer.context import Context
from tests.support.aws import ec2, wired


def test_are_told_by_name_with_their_status_and_title() -> None:
    aws, wire = wired()
    told = [("us-east-1", "opt-in-not-required"), ("me-south-1", "not-opted-in"), ("af-south-1", "opted-in")]
    items = "".join(f"<item><regionName>{n}</regionName><optInStatus>{s}</optInStatus></item>" for n, s in told)
    wire.script("DescribeRegions", ec2("DescribeRegions", f"<regionInfo>{items}</regionInfo>"))

    found = regions(aws, Context())

    assert found == (
        Region("af-south-1", "opted-in", "Africa (Cape Town)"),
        Region("me-south-1", "not-opted-in", "Middle East (Bahrain)"),
        Region("us-east-1", "opt-in-not-required", "US East (N. Virginia)"),
    )
    assert [region.enabled for region in found] == [True, False, True]
    assert "AllRegions=true" in wire.sent[0].body


def test_that_are_too_new_keep_their_name_and_count_as_not_enabled_without_a_known_status() -> None:
    aws, wire = wired()
    item = "<item><regionName>xx-new-1</regionName></item>"
    wire.script("DescribeRegions", ec2("DescribeRegions", f"<regionInfo>{item}</regionInfo>"))
    (found,) = regions(aws, Context())
    assert found == Region("xx-new-1", "", "xx-new-1")
    assert not found.enabled

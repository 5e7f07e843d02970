"""Regions and free blocks seen through the role: for a customer whose workstation has no AWS credentials."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import islice

from installer.sandbox.vendor import offer
from installer.sandbox.vendor.aws import Aws, AwsUnreachable, Region, RoleSession, UsedBlock
from installer.sandbox.vendor.integrations import Integrations, RoleRefused
from installer.sandbox.vendor.problems import Problem
from installer.sandbox.vendor.tokens import Caller

_PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_OFFERED = 8


class Survey:
    def __init__(self, aws: Aws, integrations: Integrations) -> None:
        self._aws = aws
        self._integrations = integrations

    def regions(self, caller: Caller, integration_id: str) -> tuple[Region, ...]:
        """Those that both the invitation and the account allow."""
        session = self._session(caller, integration_id)
        region = self._integrations.region_of(caller, self._integrations.get(caller, integration_id))
        try:
            found = self._aws.regions(session, region)
        except (PermissionError, AwsUnreachable) as error:
            raise _unseen(error) from error
        return tuple(region for region in found if region.name in caller.invitation.allowed_regions)

    def networks(
        self, caller: Caller, integration_id: str, region: str
    ) -> tuple[tuple[UsedBlock, ...], tuple[str, ...]]:
        """The blocks of the VPCs in `region`, and the first free ones of the default size."""
        if region not in caller.invitation.allowed_regions:
            raise Problem(422, "region-not-allowed", f"The invitation does not allow {region}.", pointer="#/region")
        session = self._session(caller, integration_id)
        try:
            used = self._aws.used_blocks(session, region)
        except (PermissionError, AwsUnreachable) as error:
            raise _unseen(error) from error
        taken = [IPv4Network(block.cidr) for block in used]
        taken += [IPv4Network(block) for block in caller.invitation.avoid]
        return used, tuple(islice(_free(taken), _OFFERED))

    def _session(self, caller: Caller, integration_id: str) -> RoleSession:
        integration = self._integrations.get(caller, integration_id)
        try:
            return self._integrations.open_session(integration, "survey")
        except (RoleRefused, AwsUnreachable) as error:
            raise _unseen(error) from error


def _free(taken: Iterable[IPv4Network]) -> Iterator[str]:
    blocked = list(taken)
    for space in _PRIVATE:
        for block in space.subnets(new_prefix=offer.DEFAULT_PREFIX):
            if not any(block.overlaps(other) for other in blocked):
                yield str(block)


def _unseen(error: Exception) -> Problem:
    return Problem(502, "not-seen", f"AWS did not let the vendor look into the account ({error}).")

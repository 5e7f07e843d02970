"""What steps and the Manage area work with. Put together in one place for each front end: `cli/` today, `ui/app.py` for
the window."""

from collections.abc import Callable
from dataclasses import dataclass

from installer.answers import Answers, Network
from installer.aws.clients import Aws
from installer.context import Context
from installer.errors import VendorNeedsInvitation
from installer.evidence import Evidence, Source, State
from installer.journal import Journal
from installer.names import TAG_INSTALLATION
from installer.vendor import VendorSession


@dataclass(frozen=True)
class Tools:
    """Side effects, injected.

    vendor     None where there is no way to speak to the vendor (no key and no invitation): its half is "not checked"
    download   the body of an https address, bounded
    """

    aws: Aws
    journal: Journal
    vendor: VendorSession | None
    download: Callable[[str], bytes]

    def existing_network(self, answers: Answers, ctx: Context) -> Network | None:
        """Where the product of this installation runs already, as the vendor tells and AWS confirms; None if nowhere."""
        connection = answers.connection
        if connection is None or connection.existing_install_id is None:
            return None
        install = self.speak().install(ctx, connection.existing_install_id)
        tagged = {"Name": f"tag:{TAG_INSTALLATION}", "Values": [answers.wishes.name]}
        found = self.aws.pages(ctx, "ec2:DescribeVpcs", "Vpcs", region=install.region, Filters=[tagged])
        blocks = [str(vpc["CidrBlock"]) for vpc in found]
        evidence = Evidence(
            claim=f"The product has its network in {install.region}, on {install.cidr}",
            state=State.VERIFIED if blocks == [str(install.cidr)] else State.REFUTED,
            source=Source.AWS,
            at=self.aws.clock.now(),
            call="ec2:DescribeVpcs",
            detail=", ".join(blocks) or "no such network",
        )
        return Network(install.region, install.cidr, (evidence,))

    def speak(self) -> VendorSession:
        """The vendor, for work that cannot be done without it."""
        if self.vendor is None:
            raise VendorNeedsInvitation(
                "This workstation has no key for the vendor.", fix="Give the invitation again with --invitation."
            )
        return self.vendor

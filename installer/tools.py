"""What steps and the Manage area work with. Put together by `workstation.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from installer.aws.clients import Aws
from installer.errors import VendorNeedsInvitation
from installer.journal import Journal
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

    def speak(self) -> VendorSession:
        """The vendor, for work that cannot be done without it."""
        if self.vendor is None:
            raise VendorNeedsInvitation(
                "This workstation has no key for the vendor.", fix="Give the invitation again with --invitation."
            )
        return self.vendor

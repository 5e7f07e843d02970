"""Every error that the engine raises.

    HouseguestError
    ├── UsageError              what was asked cannot be done as asked; nothing was tried        exit 2
    ├── Blocked                 a check before a commit found what stops it; nothing was made
    ├── InvitationError         unreadable, forged, expired, foreign, or of the wrong shape
    ├── WrongAccount            signed in to another account than the invitation is for
    ├── NameTaken               something else already has the name that would be created
    ├── BoundaryError           the boundary cannot be made as asked
    ├── PolicyError             a policy, or a question to it, cannot be read; so there is no answer
    ├── NetworkError            the block or the region cannot be used
    ├── ChangedMeanwhile        another window or machine works on the same installation
    ├── ProfileError            a saved installation is absent, damaged, or from a newer version
    ├── AwsError                AWS refused or failed
    │   ├── NotFound
    │   ├── AlreadyExists
    │   ├── SignInNeeded        no credentials, or they have ended                               exit 3
    │   ├── PermissionMissing   the signed-in identity may not make the call                     exit 4
    │   ├── Throttled
    │   ├── AwsUnreachable
    │   └── StackFailed         a stack ended in a state that is not the wanted one
    ├── VendorError             the vendor refused, failed, or answered nonsense
    │   ├── VendorUnreachable
    │   ├── InstallFailed       an install of the vendor stopped; can be resumed                exit 5
    │   └── VendorNeedsInvitation   no key for the vendor on this workstation
    ├── NotFinished             stopped before the end; can be resumed                           exit 5
    └── Cancelled               the person stopped it                                            exit 130

Each has a `code` for programs, a `message` of one plain sentence, and a `fix`: what the person can do. `details` holds
what a support engineer needs (AWS's own text, request ids); it never holds a credential. The window words its titles in
`ui/error_text.py`.
"""

from collections.abc import Mapping
from typing import ClassVar


class HouseguestError(Exception):
    """Root of the tree. `code` is stable and meant for programs."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, fix: str = "", details: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.details = dict(details or {})

    def to_json(self) -> dict[str, object]:
        """The object under `error` in every `--json` answer."""
        return {"code": self.code, "message": self.message, "fix": self.fix, "details": self.details}


class UsageError(HouseguestError):
    code = "usage"
    exit_code = 2


class Blocked(HouseguestError):
    code = "blocked"


class InvitationError(HouseguestError):
    code = "invitation"


class WrongAccount(HouseguestError):
    code = "wrong_account"


class NameTaken(HouseguestError):
    code = "name_taken"


class BoundaryError(HouseguestError):
    code = "boundary"


class PolicyError(HouseguestError):
    code = "policy"


class NetworkError(HouseguestError):
    code = "network"


class ChangedMeanwhile(HouseguestError):
    code = "changed_meanwhile"


class ProfileError(HouseguestError):
    code = "profile"


class AwsError(HouseguestError):
    """AWS refused or failed. `aws_code` is AWS's own error code, `call` the API call as `service:Operation`."""

    code = "aws"

    def __init__(
        self,
        message: str,
        *,
        call: str = "",
        aws_code: str = "",
        fix: str = "",
        details: Mapping[str, str] | None = None,
    ) -> None:
        known = {"call": call, "aws_code": aws_code}
        super().__init__(message, fix=fix, details={**{k: v for k, v in known.items() if v}, **(details or {})})
        self.call = call
        self.aws_code = aws_code


class NotFound(AwsError):
    code = "not_found"


class AlreadyExists(AwsError):
    code = "already_exists"


class SignInNeeded(AwsError):
    code = "sign_in_needed"
    exit_code = 3


class PermissionMissing(AwsError):
    code = "permission_missing"
    exit_code = 4


class Throttled(AwsError):
    code = "throttled"


class AwsUnreachable(AwsError):
    code = "aws_unreachable"


class StackFailed(AwsError):
    code = "stack_failed"


class VendorError(HouseguestError):
    code = "vendor"


class VendorUnreachable(VendorError):
    code = "vendor_unreachable"


class InstallFailed(VendorError):
    code = "install_failed"
    exit_code = 5


class VendorNeedsInvitation(VendorError):
    code = "vendor_needs_invitation"


class NotFinished(HouseguestError):
    code = "not_finished"
    exit_code = 5


class Cancelled(HouseguestError):
    code = "cancelled"
    exit_code = 130

    def __init__(self) -> None:
        super().__init__(
            "Stopped.", fix="Nothing is lost. What AWS and the vendor are doing goes on; resume to see it."
        )

"""Signing in by the person's own AWS configuration: a named profile, or whatever botocore's default chain finds.

Keys, IAM Identity Center, assumed roles with MFA, `credential_process`, `login_session`: botocore reads and refreshes
them all. What it cannot do is ask a person; that is injected here.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from installer.aws.failures import explained, raised_by_botocore
from installer.context import Context
from installer.errors import SignInNeeded

if TYPE_CHECKING:
    import botocore.loaders
    import botocore.session

# Show what ended, let the person sign in again elsewhere; true when they say that they have.
AskSignIn = Callable[[Context, SignInNeeded], bool]
# Show the prompt, return the six digits of an MFA device.
AskMfa = Callable[[str], str]


class ProfileCredentials:
    """Credentials of `profile`; None means what AWS's own tools would use: `AWS_PROFILE`, or the default chain."""

    def __init__(
        self, profile: str | None = None, ask: AskSignIn | None = None, *, ask_mfa: AskMfa | None = None
    ) -> None:
        self._profile = profile
        self._ask = ask
        self._ask_mfa = ask_mfa

    def session(self) -> "botocore.session.Session":
        """A new session: environment, config files and caches on disk are read afresh, `endpoint_url` too."""
        import botocore.session

        session = botocore.session.Session(profile=self._profile)
        session.register_component("data_loader", _models(session.get_config_variable("data_path")))
        resolver = session.get_component("credential_provider")
        # By default botocore asks for the MFA code on the terminal, where a window has none. There is no public way to
        # say otherwise; a test fails if this attribute goes away.
        resolver.get_provider("assume-role")._prompter = self._mfa_code
        return session

    def renew(self, ctx: Context, ended: SignInNeeded) -> None:
        """Return when the person says that they have signed in again; raise `ended` if they do not or nobody can."""
        if self._ask is None or not self._ask(ctx, ended):
            raise ended

    def _mfa_code(self, prompt: str) -> str:
        if self._ask_mfa is None:
            raise SignInNeeded(
                "This AWS profile asks for a code of your MFA device, and nobody can be asked here.",
                fix="Sign in with a profile that holds a session already, or run this where you can answer.",
            )
        return self._ask_mfa(prompt)


@cache
def _models(data_path: str | None) -> "botocore.loaders.Loader":
    """What botocore knows of AWS's services, which is the same for everybody: one copy for all sessions."""
    from installer.aws.service_models import narrowing_loader

    return narrowing_loader(data_path)


def profiles() -> tuple[str, ...]:
    """Names of the configured profiles, sorted. Nothing else of the configuration is returned."""
    import botocore.session

    try:
        return tuple(sorted(botocore.session.Session().available_profiles))
    except raised_by_botocore() as error:
        raise explained(error, "") from error

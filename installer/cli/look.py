"""`houseguest invitation show`, `whoami`, `networks`, `doctor`: looking, without making anything."""

import os
import platform
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from installer.aws.identity import whoami as read_identity
from installer.aws.networks import overview, scan
from installer.aws.regions import regions as read_regions
from installer.cidr import Range, RangeSource, Use, judge, parse_block, parse_range
from installer.cli import output
from installer.cli.options import AcceptKey, Json
from installer.cli.workstation import Terminal
from installer.errors import HouseguestError

invitation_app = typer.Typer(no_args_is_help=True, help="The vendor's personalised invitation.")


@invitation_app.command("show")
def invitation_show(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-")], accept_key: AcceptKey = None, as_json: Json = False
) -> None:
    """Verify an invitation and print what it says."""
    verified = Terminal().invitation(source, accept_key)
    invitation = verified.invitation
    if as_json:
        claims = invitation.model_dump(mode="json", by_alias=True)
        output.emit(
            {"verified": True, "key_fingerprint": verified.key_fingerprint, "key": verified.trust, "claims": claims}
        )
        return
    output.facts(
        {
            "vendor": f"{invitation.vendor.name}; access goes to {invitation.vendor.operator}",
            "signed with": f"{verified.key_fingerprint} ({verified.trust})",
            "product": f"{invitation.product.name} {invitation.product.version}: {invitation.product.summary}",
            "customer": f"{invitation.customer.name}, account {invitation.customer.aws_account_id or 'any'}",
            "who has access": invitation.vendor.access_statement,
            "agreements": "; ".join(f"{one.title} ({one.url})" for one in invitation.vendor.agreements) or "none",
            "role trusts": invitation.trust.principal_arn,
            "external id": invitation.trust.external_id,
            "default grant": ", ".join(invitation.permissions.default_grant),
            "regions": ", ".join(invitation.network.allowed_regions),
            "valid until": f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC",
        }
    )


def whoami(as_json: Json = False) -> None:
    """Who you are signed in as."""
    station = Terminal()
    account = read_identity(station.aws, station.ctx)
    skew = station.aws.clock.skew
    report = {
        "account_id": account.account_id,
        "alias": account.alias,
        "arn": account.arn,
        "user_id": account.user_id,
        "partition": account.partition,
        "is_root": account.is_root,
        "clock_skew_seconds": None if skew is None else round(skew.total_seconds()),
    }
    if as_json:
        output.emit(report)
    else:
        output.facts(report)


def networks(
    region: Annotated[list[str] | None, typer.Option(help="Only this region; may be repeated.")] = None,
    prefix: Annotated[int, typer.Option(help="Prefix length of the block that is wanted.", min=16, max=28)] = 16,
    avoid: Annotated[list[str] | None, typer.Option(help="A range that AWS cannot see; may be repeated.")] = None,
    check: Annotated[str | None, typer.Option(help="A block: is it free, and if not, why?")] = None,
    as_json: Json = False,
) -> None:
    """What is used, what is free, why a block is refused."""
    station = Terminal()
    wanted = parse_block(check) if check else None
    typed = [Range(parse_range(text), RangeSource(Use.PERSON)) for text in avoid or []]
    with station.screen.live():
        enabled = [one.name for one in read_regions(station.aws, station.ctx) if one.enabled]
        found = scan(station.aws, station.ctx, region or enabled)
    report = overview(found, prefix, typed)
    verdict = judge(wanted, [*found.ranges, *typed]) if wanted else None
    if verdict is not None:
        report["check"] = verdict.to_json()
    if as_json:
        output.emit(report)
    else:
        output.out.print_json(data=report)
    if verdict is not None and not verdict.usable:
        raise typer.Exit(1)


_PACKAGES = ("houseguest", "boto3", "botocore", "httpx", "keyring", "PySide6-Essentials", "pydantic")
_SETTINGS = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "AWS_CA_BUNDLE", "AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL")


def doctor(as_json: Json = False) -> None:
    """What this computer has: versions, keyring, proxy, certificates, clock, sign-in. Nothing secret is printed."""
    station = Terminal()
    report: dict[str, object] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "executable": sys.executable,
        "versions": {name: version(name) for name in _PACKAGES},
        "settings": {name: "set" for name in _SETTINGS if os.environ.get(name)},
        "profiles_folder": str(station.store.root),
        "secrets": station.secrets(station.unpaced).description,
        **_sign_in(station),
    }
    if as_json:
        output.emit(report)
    else:
        output.facts(report)


def _sign_in(station: Terminal) -> dict[str, object]:
    try:
        account = read_identity(station.aws, station.ctx)
    except HouseguestError as error:
        return {"signed_in": "not checked", "why": error.message}
    skew = station.aws.clock.skew
    return {"signed_in": account.arn, "clock_skew_seconds": None if skew is None else round(skew.total_seconds())}

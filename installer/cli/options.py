"""Options that several commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Confirm; needed where nobody can be asked.")]
InvitationOption = Annotated[str | None, typer.Option("--invitation", help="Link, file, or - for standard input.")]
AcceptKey = Annotated[
    str | None, typer.Option("--accept-key", help="Fingerprint of an unknown vendor's key, after you compared it.")
]
AccountOption = Annotated[
    str | None,
    typer.Option("--account", help="AWS account, where several have an installation of that name."),
]
BoundaryOption = Annotated[str, typer.Option(help="none, vendor, guarded, or a file with your own policy.")]
NameOption = Annotated[str | None, typer.Option(help="Name of the installation; the product's if not given.")]
AccountIdOption = Annotated[
    str | None, typer.Option("--account", help="AWS account; the one that you are signed in to if not given.")
]

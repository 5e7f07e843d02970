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

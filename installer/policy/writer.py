"""The only code that changes a boundary that exists in AWS. What it writes is composed in `boundary.py`.

It writes directly and not by a stack update, which is slow and can fail: closing and cutting must not. What
CloudFormation then calls drift is meant; the document in AWS is the truth.

Use it under the installation's lock (`installer/lock.py`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from installer.aws.clients import Aws
from installer.aws.consistency import until
from installer.context import Context
from installer.errors import AwsError, BoundaryError, NotFound
from installer.evidence import Evidence, Source, State
from installer.journal import Journal, Write
from installer.policy.boundary import CUT, cut_document
from installer.policy.document import Document

VERSIONS_KEPT = 4  # AWS keeps five; the sixth would be refused
_READ = "iam:GetPolicyVersion"
_LIST = "iam:ListPolicyVersions"


def read_boundary(aws: Aws, ctx: Context, policy_arn: str) -> Document:
    """The default version's document; raise `NotFound` where there is no such policy."""
    policy = aws.call(ctx, "iam:GetPolicy", PolicyArn=policy_arn)["Policy"]
    return _read_version(aws, ctx, policy_arn, str(policy["DefaultVersionId"]))


def earlier_versions(aws: Aws, ctx: Context, policy_arn: str) -> Iterator[tuple[str, Document]]:
    """What stood there before, as far as AWS keeps it: the newest first, with its version. What is no document that we
    can read is passed over."""
    for version in reversed(_idle(aws.pages(ctx, _LIST, "Versions", PolicyArn=policy_arn))):
        try:
            yield version, _read_version(aws, ctx, policy_arn, version)
        except (BoundaryError, NotFound):  # another one wrote it, or has just deleted it
            continue


def write_cut(aws: Aws, journal: Journal, ctx: Context, policy_arn: str) -> Evidence:
    """Deny everything, whatever stands there; raise `NotFound` where there is no such policy."""
    try:
        document = cut_document(read_boundary(aws, ctx, policy_arn))
    except BoundaryError:  # what stands there is not a document that we can read
        document = Document((CUT,))
    return write_boundary(aws, journal, ctx, policy_arn, document)


def write_boundary(aws: Aws, journal: Journal, ctx: Context, policy_arn: str, document: Document) -> Evidence:
    """Make `document` the default version, once, and read it back until AWS answers with it steadily.

    The evidence is `verified` only by that reading; `refuted` where AWS goes on answering with another document.
    """
    digest = hashlib.sha256(document.to_json().encode()).hexdigest()[:12]

    def find() -> str | None:
        return policy_arn if _stands(aws, ctx, policy_arn, document) else None

    def do(_token: str) -> str:
        _prune(aws, journal, ctx, policy_arn)
        aws.call(
            ctx, "iam:CreatePolicyVersion", PolicyArn=policy_arn, PolicyDocument=document.to_json(), SetAsDefault=True
        )
        return policy_arn

    journal.perform(Write(action="iam:CreatePolicyVersion", target=f"{policy_arn}#{digest}", find=find, do=do))
    return confirm_boundary(aws, ctx, policy_arn, document)


def confirm_boundary(aws: Aws, ctx: Context, policy_arn: str, document: Document) -> Evidence:
    """Whether AWS answers, steadily, with this document as the boundary's default version."""
    _, steady = until(ctx, lambda: _stands(aws, ctx, policy_arn, document), lambda stands: stands)
    wanted = f"{len(document.statements)} statements, {document.size:,} characters"
    return Evidence(
        claim=f"The boundary {policy_arn.rsplit('/', 1)[-1]} says what was composed",
        state=State.VERIFIED if steady else State.REFUTED,
        source=Source.AWS,
        at=aws.clock.now(),
        call=_READ,
        detail=wanted if steady else f"AWS answers with another document than these {wanted}",
    )


def _stands(aws: Aws, ctx: Context, policy_arn: str, document: Document) -> bool:
    """A document that cannot be read is another one: somebody else wrote it."""
    try:
        return read_boundary(aws, ctx, policy_arn).same_as(document)
    except BoundaryError:
        return False


def _read_version(aws: Aws, ctx: Context, policy_arn: str, version_id: str) -> Document:
    reply = aws.call(ctx, _READ, PolicyArn=policy_arn, VersionId=version_id)
    return Document.from_object(reply["PolicyVersion"]["Document"])


def keep_default_only(aws: Aws, journal: Journal, ctx: Context, policy_arn: str) -> None:
    """Delete all other versions: IAM does not delete a policy that has any. No policy is fine."""
    try:
        _prune(aws, journal, ctx, policy_arn, keep=1)
    except NotFound:
        return


def _prune(aws: Aws, journal: Journal, ctx: Context, policy_arn: str, keep: int = VERSIONS_KEPT) -> None:
    """Keep at most so many versions: the oldest that are not the default go."""
    versions = aws.pages(ctx, _LIST, "Versions", PolicyArn=policy_arn)
    for version in _idle(versions)[: max(0, len(versions) - keep)]:
        _delete_version(aws, journal, ctx, policy_arn, version)


def _idle(versions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The versions that are not the default, the oldest first."""
    idle = (str(version["VersionId"]) for version in versions if not version["IsDefaultVersion"])
    return sorted(idle, key=lambda version: int(version.removeprefix("v")))


def _delete_version(aws: Aws, journal: Journal, ctx: Context, policy_arn: str, version_id: str) -> None:
    def find() -> str | None:
        versions = aws.pages(ctx, _LIST, "Versions", PolicyArn=policy_arn)
        return None if any(version["VersionId"] == version_id for version in versions) else version_id

    def do(_token: str) -> str:
        try:
            aws.call(ctx, "iam:DeletePolicyVersion", PolicyArn=policy_arn, VersionId=version_id)
        except AwsError as error:
            if error.code != "not_found":
                raise
        return version_id

    journal.perform(Write(action="iam:DeletePolicyVersion", target=f"{policy_arn}#{version_id}", find=find, do=do))

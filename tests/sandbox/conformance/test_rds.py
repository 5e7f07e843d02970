"""A copy of a database needs permission for what it is made from, not only for its own name.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, Actor, allow, deny

ORDERS, COPY = (f"arn:aws:rds:us-east-1:{CUSTOMER}:{what}" for what in ("db:acme-orders", "db:copy"))


def replica(actor: Actor, name: str) -> None:
    actor("rds").create_db_instance_read_replica(DBInstanceIdentifier=name, SourceDBInstanceIdentifier="acme-orders")


@pytest.mark.parametrize(("resource", "missing"), [(ORDERS, COPY), (COPY, ORDERS)])
def test_a_replica_needs_its_source(acting: Callable[..., Actor], resource: str, missing: str) -> None:
    actor = acting(allow("rds:CreateDBInstanceReadReplica", resource=resource))
    with pytest.raises(ClientError, match=f"on resource: {missing} because no identity-based policy allows"):
        replica(actor, "copy")


def test_with_both_it_is_made(acting: Callable[..., Actor], name: str) -> None:
    made = f"arn:aws:rds:us-east-1:{CUSTOMER}:db:{name}"
    replica(acting(allow("rds:CreateDBInstanceReadReplica", resource=[ORDERS, made])), name)


def test_a_snapshot_needs_its_database(acting: Callable[..., Actor]) -> None:
    actor = acting(allow("rds:*"), deny("rds:CreateDBSnapshot", resource=ORDERS))
    with pytest.raises(ClientError, match=f"on resource: {ORDERS} with an explicit deny"):
        actor("rds").create_db_snapshot(DBInstanceIdentifier="acme-orders", DBSnapshotIdentifier="copy")

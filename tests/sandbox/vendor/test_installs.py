"""Installs: their states, their events, and stopping them at any moment."""

import threading
from typing import Any

import pytest

from installer.sandbox.vendor.services import start_thread
from tests.sandbox.vendor.support import OTHER_ACCOUNT, Installer, Vendor, assert_problem, in_thread, states

PATH = "/v1/installs"
PATIENCE = 10.0


@pytest.fixture
def integration_id(installer: Installer) -> str:
    return installer.connected()


def begun(installer: Installer, integration_id: str) -> str:
    reply = installer.install(integration_id)
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


def state_of(installer: Installer, install_id: str) -> str:
    return str(installer.get(f"{PATH}/{install_id}").json()["state"])


def events_of(installer: Installer, install_id: str, after: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = installer.get(f"{PATH}/{install_id}/events?after={after}").json()["events"]
    return found


def test_an_install_is_told_step_by_step(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    assert state_of(installer, install_id) == "installing"
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert install["state"] == "installed"
    assert install["endpoints"] == {
        "url": f"http://127.0.0.1:9/product/{install_id}/",
        "health_url": f"http://127.0.0.1:9/product/{install_id}/health",
        "load_balancer": "popsql-alb.example",
        "egress_ips": ["203.0.113.7"],
    }
    assert [resource["name"] for resource in install["resources"]] == [
        "popsql-cluster-role",
        "popsql-node-role",
        "popsql-app-role",
    ]
    events = events_of(installer, install_id)
    assert [event["seq"] for event in events] == list(range(1, 8))
    assert states(events)[:2] == [("cluster-role", "started"), ("cluster-role", "succeeded")]
    assert states(events)[-1] == ("install", "succeeded")
    assert events[1]["arn"].endswith("role/release/popsql/popsql-cluster-role")
    assert events[-1]["percent"] == 100
    assert installer.get(f"/v1/integrations/{integration_id}").json()["install_id"] == install_id


def test_the_plan_is_what_was_asked(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    begun(installer, integration_id)
    vendor.later.run()
    (plan,) = vendor.deployer.plans
    assert (plan.region, plan.cidr, plan.workload_path) == ("eu-west-1", "10.64.0.0/16", "/release/popsql/")
    assert plan.workload_boundary_arn == installer.integration_body()["workload_boundary_arn"]
    assert ("release-popsql-install", installer.claims["trust"]["external_id"]) in vendor.aws.asked


def test_the_same_install_again_is_the_one_that_is_there(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    vendor.later.run()
    again = installer.install(integration_id)
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, install_id, "installed")


@pytest.mark.parametrize("changes", [{"cidr": "10.65.0.0/16"}, {"region": "us-east-1"}])
def test_another_place_for_the_same_installation_is_a_conflict(
    installer: Installer, integration_id: str, changes: dict[str, str]
) -> None:
    begun(installer, integration_id)
    assert_problem(installer.install(integration_id, **changes), 409, "install-exists")


def test_after_leaving_and_coming_back_the_install_is_still_there(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    vendor.later.run()
    installer.delete(f"/v1/integrations/{integration_id}")
    assert installer.connected() == integration_id
    assert installer.install(integration_id).json()["id"] == install_id
    assert state_of(installer, install_id) == "installed"


def test_leaving_stops_an_install(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    installer.delete(f"/v1/integrations/{integration_id}")
    vendor.later.run()
    assert state_of(installer, install_id) == "cancelled"
    assert states(events_of(installer, install_id)) == [("install", "cancelled")]


def test_leaving_stops_an_upgrade_and_leaves_what_runs(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    vendor.later.run()
    installer.post(f"{PATH}/{install_id}/upgrade", {"version": "3.0.0"})
    installer.delete(f"/v1/integrations/{integration_id}")
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert (install["state"], install["product_version"]) == ("installed", "2.41.0")
    assert states(events_of(installer, install_id))[-1] == ("install", "cancelled")


def test_nothing_is_installed_through_a_role_that_is_not_proven(vendor: Vendor, installer: Installer) -> None:
    integration_id = installer.connect().json()["id"]
    assert_problem(installer.install(integration_id), 409, "not-connected")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"region": "ap-south-1"}, "region-not-allowed"),
        ({"cidr": "10.64.0.1/16"}, "not-a-block"),
        ({"cidr": "10.64.0.0/33"}, "not-a-block"),
        ({"cidr": "10.300.0.0/16"}, "not-a-block"),
        ({"cidr": "10.0.0.0/15"}, "wrong-size"),
        ({"cidr": "10.64.0.0/25"}, "wrong-size"),
        ({"cidr": "172.17.0.0/16"}, "block-to-avoid"),
        ({"cidr": "10.100.8.0/24"}, "block-to-avoid"),
    ],
)
def test_a_place_that_will_not_do_is_refused(
    installer: Installer, integration_id: str, changes: dict[str, str], code: str
) -> None:
    assert_problem(installer.install(integration_id, **changes), 422, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"cidr": 10},
        {"cidr": "fd00::/64"},
        {"region": "Frankfurt"},
        {"contact_email": "nobody"},
        {"options": []},
        {"unknown": True},
    ],
)
def test_bodies_are_strict(installer: Installer, integration_id: str, changes: dict[str, Any]) -> None:
    assert_problem(installer.install(integration_id, **changes), 422, "invalid-request")


def test_a_denied_call_is_told_and_retry_goes_on(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    vendor.deployer.denied_at = {"node-role"}
    install_id = begun(installer, integration_id)
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert install["state"] == "failed"
    assert install["error"]["action"] == "rds:CreateDBInstance"
    failed = events_of(installer, install_id)[-2:]
    assert states(failed) == [("node-role", "failed"), ("install", "failed")]
    assert failed[0]["error"] == install["error"]
    vendor.deployer.denied_at = set()
    retried = installer.post(f"{PATH}/{install_id}/retry")
    assert (retried.status_code, retried.json()["state"], retried.json()["error"]) == (202, "installing", None)
    vendor.later.run()
    assert state_of(installer, install_id) == "installed"
    arns = [resource["arn"] for resource in installer.get(f"{PATH}/{install_id}").json()["resources"]]
    assert len(arns) == len(set(arns)) == 3


def test_a_fault_of_the_vendor_is_told_as_such(
    vendor: Vendor, installer: Installer, integration_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(step: str) -> None:
        raise KeyError("hidden detail")

    vendor.deployer.before_step = fault
    install_id = begun(installer, integration_id)
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert (install["state"], install["error"]["code"]) == ("failed", "InternalError")
    assert "hidden detail" not in str(install)
    assert "hidden detail" in caplog.text


def test_pause_stops_between_steps_and_retry_goes_on(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)

    def pause(step: str) -> None:
        if step == "node-role":
            assert installer.post(f"{PATH}/{install_id}/pause").json()["state"] == "paused"

    vendor.deployer.before_step = pause
    vendor.later.run()
    assert state_of(installer, install_id) == "paused"
    assert states(events_of(installer, install_id))[-2:] == [("node-role", "started"), ("install", "paused")]
    vendor.deployer.before_step = lambda step: None
    installer.post(f"{PATH}/{install_id}/retry")
    vendor.later.run()
    assert state_of(installer, install_id) == "installed"


def test_what_was_made_while_pausing_is_still_listed(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    """The call under way when a pause comes is not taken back, so its resource must not be lost from sight."""
    install_id = begun(installer, integration_id)
    progress_made = []

    def pause(step: str) -> None:
        if step == "node-role":
            progress_made.append(installer.get(f"{PATH}/{install_id}").json()["resources"])
            installer.post(f"{PATH}/{install_id}/cancel")

    vendor.deployer.before_step = pause
    vendor.later.run()
    assert installer.get(f"{PATH}/{install_id}").json()["resources"] == progress_made[0] != []


def test_pausing_again_changes_nothing_and_a_finished_install_cannot_be_paused(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    for _ in range(2):
        assert installer.post(f"{PATH}/{install_id}/pause").status_code == 202
    assert states(events_of(installer, install_id)) == [("install", "paused")]
    installer.post(f"{PATH}/{install_id}/retry")
    vendor.later.run()
    for call in ("pause", "cancel"):
        assert_problem(installer.post(f"{PATH}/{install_id}/{call}"), 409, "not-installing")
    assert_problem(installer.post(f"{PATH}/{install_id}/retry"), 409, "nothing-to-retry")


def test_a_paused_install_can_be_cancelled_and_a_cancelled_one_not_paused(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    installer.post(f"{PATH}/{install_id}/pause")
    assert installer.post(f"{PATH}/{install_id}/cancel").json()["state"] == "cancelled"
    assert_problem(installer.post(f"{PATH}/{install_id}/pause"), 409, "not-installing")


def test_an_install_cancelled_before_it_made_anything_may_go_elsewhere(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    first = begun(installer, integration_id)
    installer.post(f"{PATH}/{first}/cancel")
    vendor.later.run()
    second = installer.install(integration_id, cidr="10.65.0.0/16")
    assert second.status_code == 202
    assert second.json()["id"] != first


def test_retry_while_installing_starts_no_second_run(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    assert installer.post(f"{PATH}/{install_id}/retry").json()["state"] == "installing"
    assert len(vendor.later.waiting) == 1


def test_a_retry_waits_for_the_run_that_was_stopped(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    """Two runs at once would make things twice: the last AWS call of the first may still be under way."""
    entered, leave = threading.Event(), threading.Event()
    running: list[str] = []

    def slow_call(step: str) -> None:
        running.append("first" if not leave.is_set() else "second")
        entered.set()
        assert leave.wait(PATIENCE)

    vendor.deployer.before_step = slow_call
    vendor.services.installs._background = start_thread
    install_id = begun(installer, integration_id)
    assert entered.wait(PATIENCE)
    installer.post(f"{PATH}/{install_id}/pause")
    installer.post(f"{PATH}/{install_id}/retry")
    assert running == ["first"]
    leave.set()
    seen, state = 0, "installing"
    while state == "installing":
        reply = installer.get(f"{PATH}/{install_id}/events?after={seen}&wait=10").json()
        seen, state = seen + len(reply["events"]), reply["state"]
    assert state == "installed"
    assert running == ["first", "second", "second", "second"]


def test_a_watcher_is_told_as_soon_as_something_happens(
    vendor: Vendor, installer: Installer, integration_id: str
) -> None:
    install_id = begun(installer, integration_id)
    replies: list[dict[str, Any]] = []
    watcher = in_thread(lambda: replies.append(installer.get(f"{PATH}/{install_id}/events?wait=10").json()))
    vendor.later.run()
    watcher.join(PATIENCE)
    assert replies[0]["events"][0]["seq"] == 1


def test_a_watcher_gets_nothing_when_nothing_happens(installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    reply = installer.get(f"{PATH}/{install_id}/events?wait=0.01").json()
    assert reply == {"events": [], "state": "installing"}


def test_a_watcher_is_let_go_when_the_vendor_ends(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    watcher = in_thread(lambda: installer.get(f"{PATH}/{install_id}/events?wait=30"))
    vendor.services.close()
    watcher.join(PATIENCE)
    assert not watcher.is_alive()


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=31", "wait=-1", "wait=nan"])
def test_wrong_questions_about_events_are_refused(installer: Installer, integration_id: str, query: str) -> None:
    install_id = begun(installer, integration_id)
    assert_problem(installer.get(f"{PATH}/{install_id}/events?{query}"), 422, "invalid-request")


def test_an_upgrade_changes_the_version(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    assert_problem(installer.post(f"{PATH}/{install_id}/upgrade", {}), 409, "not-installed")
    vendor.later.run()
    assert installer.post(f"{PATH}/{install_id}/upgrade", {"version": "3.0.0"}).json()["state"] == "upgrading"
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert (install["state"], install["product_version"]) == ("installed", "3.0.0")


def test_an_upgrade_that_is_denied_leaves_what_runs(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    vendor.later.run()
    vendor.deployer.denied_at = {"upgrade"}
    installer.post(f"{PATH}/{install_id}/upgrade", {})
    vendor.later.run()
    install = installer.get(f"{PATH}/{install_id}").json()
    assert (install["state"], install["product_version"]) == ("installed", "2.41.0")
    assert install["error"]["code"] == "AccessDenied"


def test_somebody_elses_install_does_not_exist(vendor: Vendor, installer: Installer, integration_id: str) -> None:
    install_id = begun(installer, integration_id)
    external_id = installer.claims["trust"]["external_id"]
    for other in (
        vendor.installer(),
        vendor.installer({"trust": {"external_id": external_id}, "customer": {"aws_account_id": OTHER_ACCOUNT}}),
    ):
        for path in ("", "/events"):
            reply = other.get(f"{PATH}/{install_id}{path}")
            assert_problem(reply, 404, "not-found")
            assert reply.json() == other.get(f"{PATH}/ins_00000000{path}").json()
        for call in ("retry", "pause", "cancel"):
            assert_problem(other.post(f"{PATH}/{install_id}/{call}"), 404, "not-found")
        assert_problem(other.post(f"{PATH}/{install_id}/upgrade", {}), 404, "not-found")

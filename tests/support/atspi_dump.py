"""Prints the accessibility tree of one process as JSON, as a screen reader would see it: `atspi_dump.py PID`.

Run by the system's own python3, for which GObject introspection is installed, and which therefore imports nothing of
this project. `accessibility.py` runs it and reads what it prints.
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402 - a version has to be asked for first

PATIENCE = 20
"""Seconds until the process has to be on the bus."""


def switch_on() -> None:
    """What a desktop does when somebody starts a screen reader."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    value = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    bus.call_sync(
        *("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set"),
        *(value, None, Gio.DBusCallFlags.NONE, -1, None),
    )


def application(pid: int) -> Atspi.Accessible:
    """The process on the bus, once it has a window there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == pid and child.get_child_count():
                return child
        time.sleep(0.05)
    sys.exit(f"process {pid} did not appear on the accessibility bus")


def node(accessible: Atspi.Accessible) -> dict:
    states = accessible.get_state_set().get_states()
    children = (accessible.get_child_at_index(index) for index in range(accessible.get_child_count()))
    return {
        "role": accessible.get_role_name(),
        "name": accessible.get_name(),
        "description": accessible.get_description(),
        "states": sorted(state.value_nick for state in states),
        "children": [node(child) for child in children if child is not None],
    }


if __name__ == "__main__":
    switch_on()
    json.dump(node(application(int(sys.argv[1]))), sys.stdout)

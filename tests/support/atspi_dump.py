"""What a screen reader would see and hear, as lines of JSON. Each line on standard input asks for one:

    tree PID    the accessibility tree of that process, as far as it is shown
    heard       what was announced since the last time, the earliest first

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
"""Seconds until a process has to be on the bus."""
SHOWN = "showing"

heard: list[dict] = []


def switch_on() -> None:
    """What a desktop does when somebody starts a screen reader."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    value = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    bus.call_sync(
        *("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set"),
        *(value, None, Gio.DBusCallFlags.NONE, -1, None),
    )


def hear(event: Atspi.Event) -> None:
    # 2 is assertive: it interrupts what is being said.
    heard.append({"text": event.any_data, "urgent": event.detail1 == 2})


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
    states = sorted(state.value_nick for state in accessible.get_state_set().get_states())
    # What is hidden hides all below it, which is most of a window with many pages.
    children = range(accessible.get_child_count()) if SHOWN in states else ()
    found = (accessible.get_child_at_index(index) for index in children)
    return {
        "role": accessible.get_role_name(),
        "name": accessible.get_name(),
        "description": accessible.get_description(),
        "states": states,
        "children": [node(child) for child in found if child is not None],
    }


def answer(line: str) -> object:
    word, _, pid = line.partition(" ")
    if word == "tree":
        accessible = application(int(pid))
        accessible.clear_cache()
        return node(accessible)
    said = list(heard)
    heard.clear()
    return said


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def asked(_channel: GLib.IOChannel, _condition: GLib.IOCondition) -> bool:
    line = sys.stdin.readline().strip()
    if line:
        tell(json.dumps(answer(line)))
    else:
        loop.quit()
    return bool(line)


if __name__ == "__main__":
    switch_on()
    Atspi.EventListener.new(hear).register("object:announcement")
    loop = GLib.MainLoop()
    GLib.io_add_watch(
        GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, asked
    )
    tell("ready")
    loop.run()

"""What a screen reader is told, read from the accessibility bus."""

from subprocess import Popen

from tests.support.accessibility import tree, unnamed
from tests.support.xvfb import Desktop

# The reader is shown to find what it looks for on a small window: one button with a name, one line edit without.
PLANTED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

application = QApplication(sys.argv)
window = QWidget()
window.setWindowTitle("Planted")
column = QVBoxLayout(window)
button = QPushButton("Create 4 resources")
button.setAccessibleDescription("Nothing is created before")
column.addWidget(button)
column.addWidget(QLineEdit("10.42.0.0/16"))
hidden = QLineEdit(window)
hidden.hide()
window.show()
QTimer.singleShot(0, lambda: print("shown", flush=True))
application.exec()
"""


def wait_for_window(process: Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "shown\n"


def test_a_planted_fault_is_found(accessible_display: Desktop) -> None:
    with accessible_display.python("-c", PLANTED) as process:
        wait_for_window(process)
        root = tree(accessible_display, process.pid)

    [button] = [node for node in root.walk() if node.role == "push button"]
    assert (button.name, button.description) == ("Create 4 resources", "Nothing is created before")
    assert button.focusable
    assert "Planted" in {node.name for node in root.walk()}
    [line_edit] = unnamed(root)
    assert line_edit.role == "text"
    assert "editable" in line_edit.states

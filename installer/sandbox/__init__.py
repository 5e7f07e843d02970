"""A local AWS and a reference vendor, in child processes, for the demo, hand work and end-to-end tests.

`supervisor` starts both, `seed` fills the accounts, `scenarios` lists what can be pretended, `serve` is behind
`houseguest sandbox`. Nothing here imports the engine, and the engine imports nothing from here.
"""

from installer.sandbox.children import ChildError
from installer.sandbox.info import SandboxInfo
from installer.sandbox.scenarios import SCENARIOS, UnknownScenarioError
from installer.sandbox.supervisor import Sandbox

__all__ = ["SCENARIOS", "ChildError", "Sandbox", "SandboxInfo", "UnknownScenarioError"]

"""What the demo checks: read back from AWS and from the vendor by code that shares nothing with the steps it checks.

Nothing here imports the engine, so that a mistake there cannot confirm itself. Expectations follow from the contract of
names and tags, from the invitation as its vendor reads it, and from the JSON that the commands print.

    inspection.py  the whole of it, for the demo        journey.py    which checks belong to which phase
    witness.py     who looks, and at what               trust.py      who can assume the role
    boundary.py    what a session can do                network.py    the block, and what else is used
    product.py     whole, healthy, once                 removal.py    gone, and what is kept
    rules.py       the role as it was before            customer.py   everything else is as it was
    health.py      a watch over the product's health    disk.py       no secret in a file
    vendor.py      the vendor's own word                clients.py    AWS clients of one identity
"""

from installer.sandbox.checks.check import Check, Wrong
from installer.sandbox.checks.inspection import Inspection

__all__ = ["Check", "Inspection", "Wrong"]

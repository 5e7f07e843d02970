"""The engine of Houseguest: it knows the journey, AWS and the vendor, and shows nothing.

It imports no Qt. The window that shows it is `ui`; the terminal that shows it is `installer.cli`.
"""

__version__ = "0.1.0"

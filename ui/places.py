"""Where a page may send the person, apart from the steps of the journey."""

from enum import StrEnum


class Place(StrEnum):
    INSTALLATIONS = "installations"
    JOURNEY = "journey"
    NEW = "new"

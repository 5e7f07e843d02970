"""The Qt shell of Houseguest: it shows what `installer` knows and decides nothing itself."""

from ui.imports import without_features

without_features()  # before anything else of it is imported

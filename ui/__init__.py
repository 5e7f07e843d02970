"""The Qt shell of Houseguest: it shows what `installer` knows and decides nothing itself."""

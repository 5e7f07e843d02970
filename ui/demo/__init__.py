"""The window looked at without anybody before it: `looks` finds faults in it, `pictures` shows it to people."""

"""The pages for coming back to what was installed."""

"""Reusable widgets. They know neither AWS nor pages; colours, type and lengths come from `ui.theme`."""

"""The local AWS: ministack in its own process, with a thin layer over the places where it differs from AWS.

Each file fills one group of gaps and names the AWS documentation it follows. `seams` is how a file hooks into
ministack, `layer` is the list of all files, `__main__` starts the process. What stays different is in docs/sandbox.md.
The layer shares no code with the engine: a mistake in one must not be confirmed by the other.
"""

"""How long the what-if matrix takes after an edit: all needs and fears of the reference vendor, under four boundaries.

One of the four was just edited, so is read, compiled, asked and told in words anew; the other three, to compare it
with, are kept. The floor is the plain evaluator of the tests on the questions of one matrix. Milliseconds are those of
the processor: nothing here waits, and what else the machine does is not counted.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from installer.policy.document import Document
from installer.policy.request import Request
from tests.benchmarks._ratio import Ratio, report
from tests.benchmarks.evaluator import MATRIX_MS, kept, longest
from tests.support import slow_evaluator
from tests.support.what_if import bench, boundary

BUDGET = 0.2
"""Of the plain evaluator's time, for four times as many decisions."""
LEAST_QUESTIONS = 60
RUNS = 15


def edited(number: int) -> Document:
    """The longest boundary with a statement that was never compiled before."""
    bucket = f"arn:aws:s3:::edited-{number}"
    said = {"Sid": f"Edit{number}", "Effect": "Deny", "Action": f"s3:Put{number}*", "Resource": [bucket, f"{bucket}/*"]}
    return Document((*Document.from_object(longest()).statements[:-1], said))


def plainly(identity: list[dict[str, Any]], document: dict[str, Any], requests: list[Request]) -> None:
    for asked in requests:
        known = {key: value for key, value in asked.context.items() if value != ()}
        slow_evaluator.decide(identity, document, slow_evaluator.Request(asked.action, asked.resource, known))


def median(work: Callable[[Document], object], documents: list[Document]) -> float:
    """Seconds of the processor that one document takes."""
    taken = []
    for document in documents:
        start = time.process_time()
        work(document)
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> int:
    board = bench()
    requests = [request for question in board.questions for request in question.requests]
    presets = [boundary(preset) for preset in ("none", "vendor", "guarded")]
    edits = [edited(number) for number in range(RUNS)]
    identity = [dict(policy.document or {}) for policy in board.grant.known]
    for document in presets:
        board.matrix(document)
    edit = median(board.matrix, edits)
    fresh = [edited(number) for number in range(RUNS, 2 * RUNS)]
    four = median(lambda one: [board.matrix(document) for document in (*presets, one)], fresh)
    floor = median(lambda one: plainly(identity, one.to_object(), requests), edits[:3])
    asked = len(board.questions)
    print(f"  {asked} questions are {len(requests)} decisions; the edited matrix alone takes {edit * 1000:.1f} ms")
    return max(
        report(Ratio(f"{4 * len(requests)} decisions in four matrices", four, floor, BUDGET)),
        kept("questions", asked, f"at least {LEAST_QUESTIONS}", is_kept=asked >= LEAST_QUESTIONS),
        kept("ms for four matrices after an edit", four * 1000, f"{MATRIX_MS}", is_kept=four * 1000 <= MATRIX_MS),
    )


if __name__ == "__main__":
    sys.exit(main())

"""Gap: stacks and change sets are terminal before the first poll.

On AWS both are asynchronous: a resource goes through CREATE_IN_PROGRESS, a second CREATE_IN_PROGRESS once its physical
id is known ("Resource creation Initiated"), then CREATE_COMPLETE, and pollers see each of these.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (Status, ExecutionStatus)

Only the waiting is new: ministack's handlers still run one after the other on the event loop, which is why the server
answers meanwhile. Who may do what (stack_caller.py) is asked just before each handler runs.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from installer.sandbox.aws import stack_caller
from installer.sandbox.aws.request import Handler, Reply
from installer.sandbox.aws.seams import Function, relies_on, replaces
from installer.sandbox.aws.settings import pause

_GAP = "stack speed"
_STACKS = "ministack.services.cloudformation.stacks"
_RESOURCE_SECONDS = 0.5
_CHANGE_SET_SECONDS = 0.3

relies_on(_STACKS, "_deploy_stack_async", gap=_GAP)
relies_on(_STACKS, "_delete_stack_async", gap=_GAP)
relies_on(_STACKS, "_roll_back_operation", gap=_GAP)
_on_own_thread = stacks._runs_on_worker_thread


@replaces(_STACKS, "_runs_on_worker_thread", gap=_GAP)
def _always_awaited(original: Function, resource_type: str) -> bool:
    """Send every resource type through `run_reentrant`, the one awaitable step of a stack operation."""
    return True


@replaces(_STACKS, "run_reentrant", gap=_GAP)
async def _paced(original: Function, handler: Function, resource_type: str, *arguments: Any) -> Any:
    operation = handler.__name__
    unchanged = operation == "_update_keeping_seed" and arguments[1] == arguments[2]
    if unchanged:
        return handler(resource_type, *arguments)
    await asyncio.sleep(pause(_RESOURCE_SECONDS / 2))
    stack_caller.check(operation, resource_type, arguments)
    if _on_own_thread(resource_type):
        result = await original(handler, resource_type, *arguments)
    else:
        result = handler(resource_type, *arguments)
    if operation == "_provision_keeping_seed":
        _creation_initiated(resource_type, result[0][0], *arguments)
    await asyncio.sleep(pause(_RESOURCE_SECONDS / 2))
    return result


def _creation_initiated(
    resource_type: str, physical_id: str, logical_id: str, properties: dict[str, Any], stack_name: str
) -> None:
    stack = cloudformation._stacks.get(stack_name)
    if stack is not None:
        stacks._add_event(
            stack["StackId"],
            stack_name,
            logical_id,
            resource_type,
            "CREATE_IN_PROGRESS",
            "Resource creation Initiated",
            physical_id,
        )


@replaces("ministack.services.cloudformation", "_ACTION_HANDLERS[CreateChangeSet]", gap=_GAP)
def _create_change_set(original: Handler, params: dict[str, Any]) -> Reply:
    before = set(cloudformation._change_sets)
    reply: Reply = original(params)
    for change_set_id in set(cloudformation._change_sets) - before:
        change_set = cloudformation._change_sets[change_set_id]
        final = {key: change_set[key] for key in ("Status", "ExecutionStatus", "Changes", "StatusReason")}
        change_set.update(Status="CREATE_IN_PROGRESS", ExecutionStatus="UNAVAILABLE", Changes=[], StatusReason="")
        asyncio.get_running_loop().call_later(pause(_CHANGE_SET_SECONDS), change_set.update, final)
    return reply

"""Gap: CloudTrail's event history names calls `POST.ec2`, shows sessions as users and leaves out denied calls.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
An AssumeRole across accounts is recorded in both, with one `sharedEventID`; IAM is recorded in us-east-1.
Events are there at once; on AWS they are usually about five minutes late. Data events are not recorded.
"""

from __future__ import annotations

import base64
import collections
import itertools
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import cloudtrail

from installer.sandbox.aws.principal_keys import role_of
from installer.sandbox.aws.request import AsyncHandler, Handler, Reply, Request, current
from installer.sandbox.aws.seams import Function, relies_on, replaces

_GAP = "CloudTrail event history"
_HOME = "us-east-1"
_PAGE = 50
_READS = ("Get", "List", "Describe", "Head", "Lookup", "Search", "Simulate", "Validate", "Estimate", "Detect")
_DATA_EVENTS = frozenset({"GetObject", "PutObject", "DeleteObject", "HeadObject", "DeleteObjects", "Invoke"})
_SECRET = re.compile(r"password|secret|token|policydocument|credential", re.IGNORECASE)
_SOURCES = {"cloudformation": "cloudformation", "logs": "logs", "monitoring": "monitoring"}
_RESOURCE_TYPES = {
    "RoleName": "AWS::IAM::Role",
    "UserName": "AWS::IAM::User",
    "PolicyArn": "AWS::IAM::Policy",
    "StackName": "AWS::CloudFormation::Stack",
    "VpcId": "AWS::EC2::VPC",
    "SubnetId": "AWS::EC2::Subnet",
    "DBInstanceIdentifier": "AWS::RDS::DBInstance",
    "name": "AWS::EKS::Cluster",
    "RoleArn": "AWS::IAM::Role",
}
Event = dict[str, Any]
_NUMBER = "houseguest:number"
_numbers = itertools.count(1)

relies_on("ministack.services.cloudtrail", "_get_event_queue", gap=_GAP)


@replaces("ministack.app", "_maybe_record_cloudtrail", gap=_GAP)
def _recorded_here(original: Function, *arguments: Any) -> None:
    """ministack's own recording is replaced by `_record`, which also sees denied calls."""


@dataclass(frozen=True)
class _Outcome:
    error_code: str = ""
    error_message: str = ""
    elements: Event | None = None
    resources: list[Event] = field(default_factory=list)


@replaces("ministack.app", "_dispatch_service_request", gap=_GAP)
async def _record(original: AsyncHandler, *arguments: Any) -> Reply:
    request = current()
    caller = _identity(request) if request is not None else None
    reply: Reply = await original(*arguments)
    if request is not None and caller is not None and request.action and request.action not in _DATA_EVENTS:
        _append(request, caller, _outcome(request, reply))
    return reply


def _identity(request: Request) -> Event | None:
    """`userIdentity` of the caller, or None for somebody whom AWS does not know."""
    credential = iam_evaluator.resolve_credential(request.access_key_id, request.account_id)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return None
    identity: Event = {
        "type": {"User": "IAMUser"}.get(credential.principal_type, credential.principal_type),
        "principalId": credential.principal_id,
        "arn": credential.principal_arn,
        "accountId": credential.account_id,
        "accessKeyId": request.access_key_id,
    }
    if credential.principal_type == "User":
        identity["userName"] = credential.principal_name
    role = role_of(credential.principal_arn)
    if role is not None:
        issuer = {
            "type": "Role",
            "principalId": role["RoleId"],
            "arn": role["Arn"],
            "accountId": credential.account_id,
            "userName": role["RoleName"],
        }
        identity["sessionContext"] = {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}
    return identity


def _outcome(request: Request, reply: Reply) -> _Outcome:
    status, _, body = reply
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else ""
    if status >= 400:
        code = re.search(r"<Code>([^<]*)</Code>|\"__type\":\s*\"([^\"]*)\"", text)
        message = re.search(r"<Message>([^<]*)</Message>|\"[Mm]essage\":\s*\"([^\"]*)\"", text)
        found = (code[1] or code[2]) if code else str(status)
        named = {"UnauthorizedOperation": "Client.UnauthorizedOperation", "AccessDeniedException": "AccessDenied"}
        return _Outcome(
            named.get(found, found), (message[1] or message[2]) if message else "", None, _resources(request)
        )
    elements = None
    if request.action.startswith("AssumeRole"):
        found_key = re.search(r"ASIA[A-Z0-9]+", text)
        session = re.search(r"arn:aws:sts::[^<\"]+", text)
        elements = {
            "credentials": {"accessKeyId": found_key[0] if found_key else ""},
            "assumedRoleUser": {"arn": session[0] if session else ""},
        }
    return _Outcome("", "", elements, _resources(request))


def _resources(request: Request) -> list[Event]:
    found = []
    for name, kind in _RESOURCE_TYPES.items():
        value = request.param(name) or request.payload.get(name)
        if isinstance(value, str) and value and (name != "name" or request.service == "eks"):
            found.append({"ResourceName": value, "ResourceType": kind})
    return found


def _append(request: Request, caller: Event, outcome: _Outcome) -> None:
    region = _HOME if request.service in ("iam", "organizations", "account") else request.region
    detail = _detail(request, caller, outcome, region)
    session = caller["arn"].rpartition("/")[2] if caller["type"] == "AssumedRole" else ""
    event = {
        "EventId": detail["eventID"],
        "EventName": request.action,
        "EventSource": detail["eventSource"],
        "EventTime": time.time(),
        "Username": session or caller.get("userName", "root"),
        "AccessKeyId": request.access_key_id,
        "ReadOnly": str(detail["readOnly"]).lower(),
        "Resources": outcome.resources,
        "CloudTrailEvent": json.dumps(detail),
        _NUMBER: next(_numbers),
    }
    _queue(caller["accountId"], region).append(event)
    target = request.param("RoleArn")
    owner = target.split(":")[4] if request.action.startswith("AssumeRole") and target.count(":") > 4 else ""
    if owner and owner != caller["accountId"] and (not outcome.error_code):
        _queue(owner, region).append(_as_seen_by_owner(event, detail, caller, owner))


def _detail(request: Request, caller: Event, outcome: _Outcome, region: str) -> Event:
    source = request.service
    detail: Event = {
        "eventVersion": "1.11",
        "userIdentity": caller,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": f"{_SOURCES.get(source, source)}.amazonaws.com",
        "eventName": request.action,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": request.headers.get("user-agent", ""),
        "requestParameters": _parameters(request),
        "responseElements": outcome.elements,
        "requestID": request.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": request.action.startswith(_READS),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
        "recipientAccountId": caller["accountId"],
    }
    if outcome.error_code:
        detail |= {"errorCode": outcome.error_code, "errorMessage": outcome.error_message}
    return detail


def _as_seen_by_owner(event: Event, detail: Event, caller: Event, owner: str) -> Event:
    """The account that owns the role sees which account called, not which user."""
    identity = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": caller["accountId"]}
    seen = {**detail, "userIdentity": identity, "recipientAccountId": owner, "eventID": str(uuid.uuid4())}
    seen["sharedEventID"] = str(uuid.uuid4())
    return {**event, "EventId": seen["eventID"], "Username": "", "CloudTrailEvent": json.dumps(seen)}


def _parameters(request: Request) -> Event:
    plain = {k: request.param(k) for k in request.params if k not in ("Action", "Version")}
    given = {**plain, **request.payload}
    named = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    return {name: "HIDDEN_DUE_TO_SECURITY_REASONS" if _SECRET.search(name) else v for name, v in named.items()}


def _queue(account_id: str, region: str) -> Any:
    queue = cloudtrail._events.get_scoped(account_id, region, "events")
    if queue is None:
        queue = collections.deque(maxlen=cloudtrail._MAX_EVENTS)
        cloudtrail._events.set_scoped(account_id, region, "events", queue)
    return queue


@replaces("ministack.services.cloudtrail", "_DISPATCH[LookupEvents]", gap=_GAP)
def _lookup_events(original: Handler, body: Event) -> Reply:
    """One attribute, pages of at most 50, newest first."""
    if len(body.get("LookupAttributes", ())) > 1:
        return _refused("InvalidLookupAttributesException", "You can provide only one LookupAttribute.")
    count = int(body.get("MaxResults") or _PAGE)
    if not 1 <= count <= _PAGE:
        return _refused("InvalidMaxResultsException", "A maximum of 50 results is allowed.")
    try:
        before = int(base64.b64decode(body["NextToken"], validate=True)) if body.get("NextToken") else None
    except ValueError:
        return _refused("InvalidNextTokenException", "The NextToken is not valid.")
    matching = [e for e in reversed(cloudtrail._get_event_queue()) if _wanted(e, body)]
    if before is not None:
        matching = [event for event in matching if event[_NUMBER] < before]
    page = matching[:count]
    reply: Event = {"Events": [{key: value for key, value in e.items() if key != _NUMBER} for e in page]}
    if len(matching) > count:
        reply["NextToken"] = base64.b64encode(str(page[-1][_NUMBER]).encode()).decode()
    answer: Reply = cloudtrail._ok(reply)
    return answer


def _refused(code: str, message: str) -> Reply:
    reply: Reply = cloudtrail._err(code, message)
    return reply


def _wanted(event: Event, body: Event) -> bool:
    if body.get("StartTime") is not None and event["EventTime"] < float(body["StartTime"]):
        return False
    if body.get("EndTime") is not None and event["EventTime"] > float(body["EndTime"]):
        return False
    for attribute in body.get("LookupAttributes", ()):
        key, value = attribute["AttributeKey"], attribute["AttributeValue"]
        if key in ("ResourceName", "ResourceType"):
            return any(resource.get(key) == value for resource in event["Resources"])
        return bool(event.get(key) == value)
    return True

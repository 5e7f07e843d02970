"""A statement that we did not write, in words: which services, how much of them, on what. What it is for is not
guessed."""

from collections.abc import Iterable, Mapping, Sequence

from installer.policy.document import Statement, as_list

SHOWN = 6
"""So many actions or resources are named in a list that is shown."""

_EVERYTHING = "*"
_NAMED = 2  # so many actions are named in the sentence itself
_SERVICES: Mapping[str, str] = {
    "autoscaling": "EC2 Auto Scaling",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "dynamodb": "DynamoDB",
    "ec2": "EC2",
    "ecr": "ECR",
    "ecs": "ECS",
    "eks": "EKS",
    "elasticloadbalancing": "Elastic Load Balancing",
    "iam": "IAM",
    "kms": "KMS",
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "rds": "RDS",
    "redshift": "Redshift",
    "route53": "Route 53",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "Systems Manager",
    "sts": "STS",
}


def described(statement: Statement) -> str:
    """What the statement says, as a sentence without a subject."""
    conditions = "under conditions" if statement.get("Condition") else ""
    return ", ".join(part for part in (f"{_what(statement)} {_where(statement)}".strip(), conditions) if part)


def actions_of(statement: Statement) -> tuple[str, ...]:
    """The actions, to be shown in a row."""
    return _shown(statement, "Action", "NotAction")


def resources_of(statement: Statement) -> tuple[str, ...]:
    """The resources, to be shown in a row."""
    return _shown(statement, "Resource", "NotResource")


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _shown(statement: Statement, named: str, excepted: str) -> tuple[str, ...]:
    values = [str(value) for value in as_list(statement.get(named) or statement.get(excepted, []))]
    shown = values[:SHOWN]
    if named not in statement and shown:
        shown[0] = f"everything except {shown[0]}"
    return (*shown, *([f"and {len(values) - SHOWN} more"] if len(values) > SHOWN else []))


def _what(statement: Statement) -> str:
    actions = [str(action) for action in as_list(statement.get("Action") or statement.get("NotAction", []))]
    if _EVERYTHING in actions:
        return "Do anything" if "Action" in statement else "Do nothing"
    if "NotAction" in statement:
        return f"Do everything except {_much(actions)}"
    if len(actions) <= _NAMED and not any("*" in action or "?" in action for action in actions):
        return f"Call {listed(actions)}"
    return f"Use {_much(actions)}"


def _much(actions: Iterable[str]) -> str:
    """`all of EC2 and S3, and part of IAM`."""
    whole: dict[str, bool] = {}
    for action in actions:
        service, _, verb = action.partition(":")
        title = _SERVICES.get(service.lower(), service)
        whole[title] = whole.get(title, False) or verb == _EVERYTHING
    parts = (("all of", True), ("part of", False))
    named = [(words, [title for title, complete in whole.items() if complete is wanted]) for words, wanted in parts]
    return ", and ".join(f"{words} {listed(titles)}" for words, titles in named if titles)


def _where(statement: Statement) -> str:
    arns = [str(arn) for arn in as_list(statement.get("Resource") or statement.get("NotResource", []))]
    if _EVERYTHING in arns:
        return "" if "Resource" in statement else "on no resource"
    what = arns[0] if len(arns) == 1 else f"what {len(arns)} ARNs name"
    return f"on {what}" if "Resource" in statement else f"on everything except {what}"

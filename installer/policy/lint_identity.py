"""Ways out through IAM and STS: limits, roles, users, and being somebody else. What a way is: `lint_ways.py`."""

from collections.abc import Iterator

from installer.policy.lint_ways import Call, Things, Way
from installer.policy.request import ABSENT
from installer.steps import Severity

_POLICY_WRITES = ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy")
_GRANTS = ("AttachRolePolicy", "PutRolePolicy", "DetachRolePolicy", "DeleteRolePolicy")
SESSION_CALL = "iam:UpdateRole"
"""The operation that sets `MaxSessionDuration`."""


def identity_ways(things: Things) -> Iterator[Way]:
    """In the order in which they are shown: limits, the vendor's own role, new roles, your identities."""
    yield from _limits(things)
    yield from _own_role(things)
    yield from _new_roles(things)
    yield from _passing(things)
    yield from _identities(things)
    yield from _of_roles_it_made(things)


def _limits(things: Things) -> Iterator[Way]:
    names = things.names
    verbs = ("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary")
    yield Way(
        "own-limit-removable",
        Severity.BLOCKER,
        "take the limit off its own role, or put another on",
        "A role without its permissions boundary may do all that its policies grant; nothing else here would hold.",
        things.each_own("iam", verbs, names.operator_role_arn),
        prefer=("ProtectAlways", "NoIamWrites"),
        by_stack=True,
    )
    yield Way(
        "made-roles-limit-removable",
        Severity.BLOCKER,
        "take the limit off a role that it made, or put another on",
        "Through that role it would do what it may not do itself, also after its own role is cut off.",
        things.each_own("iam", verbs, things.made_role),
        prefer=("ProtectAlways", "NoIamWrites"),
        by_stack=True,
    )
    yield Way(
        "your-limits-changeable",
        Severity.BLOCKER,
        "change the limit of your roles and users",
        "What your own people and programs may do at most would be in the vendor's hands.",
        (
            *things.each("iam", verbs, things.their_role),
            *things.each("iam", ("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary"), things.their_user),
        ),
        prefer=("ProtectAlways", "NoIamWrites"),
        by_stack=True,
    )
    for code, which, arn in (
        ("operator-boundary-editable", "this limit", names.operator_boundary_arn),
        ("workload-boundary-editable", "the limit of the roles that it makes", names.workload_boundary_arn),
    ):
        yield Way(
            code,
            Severity.BLOCKER,
            f"rewrite or delete {which}",
            "A limit that the limited can edit is none: one new version of the policy, and it allows everything.",
            things.each_own("iam", _POLICY_WRITES, arn),
            by_stack=True,
        )


def _own_role(things: Things) -> Iterator[Way]:
    own = things.names.operator_role_arn
    yield Way(
        "own-trust-editable",
        Severity.BLOCKER,
        "change who may assume its own role",
        "It could let in other people, drop your external id, and undo the way in which you close access.",
        things.each_own("iam", ("UpdateAssumeRolePolicy",), own),
        by_stack=True,
    )
    yield Way(
        "own-session-length",
        Severity.BLOCKER,
        "raise the session length of its own role to 12 hours",
        "iam:UpdateRole sets how long a session lasts. A vendor's minimal list that has it for a whole path has it for "
        "the vendor's own role, too: a session that should end after an hour could then last for 12, and who has it "
        "keeps it that long after you close the role's trust.",
        things.each_own("iam", ("UpdateRole", "UpdateRoleDescription"), own),
        by_stack=True,
    )
    yield Way(
        "own-grants-editable",
        Severity.BLOCKER,
        "give its own role other policies",
        "What you were shown that it may do would no longer be what it may do.",
        things.each_own("iam", (*_GRANTS, "TagRole", "UntagRole", "DeleteRole"), own),
        by_stack=True,
    )


def _new_roles(things: Things) -> Iterator[Way]:
    names = things.names
    limited = {"iam:PermissionsBoundary": names.workload_boundary_arn}
    other = {"iam:PermissionsBoundary": names.operator_boundary_arn}
    free = {"iam:PermissionsBoundary": f"arn:{names.partition}:iam::aws:policy/AdministratorAccess"}
    yield Way(
        "role-without-limit",
        Severity.BLOCKER,
        "make a role that does not carry your limit for such roles",
        "It could give the new role any right, let its own account assume it, and be outside of every limit here.",
        tuple(
            things.own("iam:CreateRole", things.made_role, context)
            for context in ({"iam:PermissionsBoundary": ABSENT}, other, free)
        ),
        prefer=("ProtectNewRoles",),
        by_stack=True,
    )
    yield Way(
        "role-outside-path",
        Severity.BLOCKER,
        "make a role outside its own path",
        "Roles in its path are found and told when you take access back. One elsewhere would be missed, or could be "
        "taken for one of yours.",
        tuple(
            things.own("iam:CreateRole", things.iam(f"role/{name}"), limited)
            for name in (
                f"{names.installation}-app",
                f"{names.role_path.strip('/')}/{names.installation}-next",
                f"{names.role_path.strip('/')}/{names.installation}-2/{names.installation}-2-app",
            )
        ),
        by_stack=True,
    )


def _passing(things: Things) -> Iterator[Way]:
    services = ("ec2", "eks", "lambda", "codebuild", "cloudformation", "states", "glue")
    yield Way(
        "your-roles-passable",
        Severity.BLOCKER,
        "hand a role of yours to a machine, cluster, function, build or stack",
        "What runs there acts with the rights of that role, and the vendor says what runs there.",
        tuple(
            things.call("iam:PassRole", things.their_role, {"iam:PassedToService": f"{service}.amazonaws.com"})
            for service in services
        ),
    )
    yield Way(
        "roles-passable-anywhere",
        Severity.BLOCKER,
        "hand a role that it made to any service",
        "Each service that runs code with a role is one more place where the vendor stays when its own role is gone. "
        "EC2, EKS and RDS are all that an install needs.",
        tuple(
            things.own("iam:PassRole", things.made_role, {"iam:PassedToService": f"{service}.amazonaws.com"})
            for service in services[2:]
        ),
        prefer=("ProtectPassRole",),
    )
    yield Way(
        "other-roles-assumable",
        Severity.BLOCKER,
        "act as another role",
        "A role of yours that trusts the account, or one that the vendor made, does not carry this limit.",
        (
            *things.each("sts", ("AssumeRole",), things.their_role, "arn:aws:iam::111111111111:role/somebody"),
            things.own("sts:AssumeRole", things.made_role),
            *things.each("sts", ("AssumeRoot", "GetFederationToken")),
        ),
    )


def _identities(things: Things) -> Iterator[Way]:
    yield Way(
        "your-roles-editable",
        Severity.BLOCKER,
        "change roles and policies of yours",
        "It could let itself into one of your roles, or write rights into one that it can use.",
        (
            *things.each("iam", ("UpdateAssumeRolePolicy", "UpdateRole", *_GRANTS), things.their_role),
            *things.each("iam", _POLICY_WRITES, things.iam("policy/acme-deploy")),
            *things.each("iam", ("AddRoleToInstanceProfile",), things.iam("instance-profile/acme-batch")),
        ),
        by_stack=True,
    )
    made = things.iam(f"user{things.names.workload_path}eve")
    verbs = (
        *("CreateUser", "CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
        *("AttachUserPolicy", "PutUserPolicy", "CreateServiceSpecificCredential", "UploadSSHPublicKey"),
        *("EnableMFADevice", "DeactivateMFADevice"),
    )
    yield Way(
        "users-changeable",
        Severity.BLOCKER,
        "make users, access keys and passwords, or change yours",
        "Keys of a user do not end by themselves: they would work after every window is closed and every role is gone.",
        (
            *things.each("iam", verbs, things.their_user),
            *things.each_own("iam", ("CreateUser", "CreateAccessKey"), made),
            *things.each(
                "iam",
                ("AddUserToGroup", "RemoveUserFromGroup", "AttachGroupPolicy", "PutGroupPolicy"),
                things.iam("group/acme-admins"),
            ),
        ),
        by_stack=True,
    )
    yield Way(
        "sign-in-providers-changeable",
        Severity.BLOCKER,
        "add or take over a provider of sign-ins (OIDC, SAML)",
        "Whoever controls the provider says who signs in as what in your account.",
        (
            *things.each("iam", _OIDC, things.iam("oidc-provider/acme.example/oidc")),
            *things.each("iam", ("CreateSAMLProvider", "UpdateSAMLProvider"), things.iam("saml-provider/acme-people")),
        ),
        by_stack=True,
    )
    yield Way(
        "sign-in-services-changeable",
        Severity.BLOCKER,
        "change IAM Identity Center or IAM Roles Anywhere",
        "Both let people and machines into the account from outside, and neither is undone by removing a role.",
        (
            *things.each("rolesanywhere", ("CreateTrustAnchor", "CreateProfile")),
            *things.each("sso", ("CreateAccountAssignment", "PutInlinePolicyToPermissionSet")),
            *things.each("sso-directory", ("CreateUser",)),
            *things.each("identitystore", ("CreateUser", "CreateGroupMembership")),
        ),
    )


_OIDC = ("CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint")


def _of_roles_it_made(things: Things) -> Iterator[Way]:
    limited = {"iam:PermissionsBoundary": things.names.workload_boundary_arn}
    yield Way(
        "made-roles-trust-editable",
        Severity.INFO,
        "let its own account assume a role that it made",
        "A cut or a closed window does not reach such a role; its own limit does. Removing access names every role "
        "whose trust names anything but a service, and is not proven before that role is gone.",
        (*_made(things, "UpdateAssumeRolePolicy"), things.own("iam:CreateRole", things.made_role, limited)),
        of_workloads=False,
    )
    yield Way(
        "made-roles-change-iam",
        Severity.BLOCKER,
        "change itself or make further roles",
        "The product's roles need to change nothing in IAM. One that can, outlives every cut of the vendor's own role.",
        (
            things.own("iam:CreateRole", things.made_role, limited),
            *_made(things, "UpdateAssumeRolePolicy"),
            *_made(things, "AttachRolePolicy"),
            *_made(things, "PutRolePolicy"),
            things.own("iam:PassRole", things.made_role, {"iam:PassedToService": "ec2.amazonaws.com"}),
        ),
        of_operator=False,
        by_stack=True,
    )


def _made(things: Things, operation: str) -> tuple[Call, ...]:
    return things.each_own("iam", (operation,), things.made_role)

"""Ways out through what runs with an identity of its own, and through what records or rules the account. What a way is:
`lint_ways.py`."""

from collections.abc import Iterator

from installer.policy.lint_ways import Things, Way
from installer.policy.request import ABSENT
from installer.steps import Severity

_STACK_WRITES = (
    *("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet", "ExecuteChangeSet", "SetStackPolicy"),
    *("RollbackStack", "ContinueUpdateRollback", "CancelUpdateStack", "UpdateTerminationProtection", "TagResource"),
)
OWN_STACK_CALL = "cloudformation:CreateStack"


def control_ways(things: Things) -> Iterator[Way]:
    """In the order in which they are shown."""
    yield from _stacks(things)
    yield from _code(things)
    yield from _machines(things)
    yield from _clusters(things)
    yield from _account(things)
    yield _services(things)


def own_stack(things: Things) -> str:
    """The ARN of a stack that the vendor may call its own."""
    return things.arn("cloudformation", f"stack/{things.names.installation}--own/5f0c")


def _stacks(things: Things) -> Iterator[Way]:
    names = things.names
    ours = [things.arn("cloudformation", f"stack/{stack}/5f0c") for stack in (names.access_stack, names.role_stack)]
    yield Way(
        "own-stacks-editable",
        Severity.BLOCKER,
        "change or delete the two stacks of this installation",
        "They hold the limits and the vendor's role. CloudFormation would change them in your name.",
        things.each_own("cloudformation", _STACK_WRITES, *ours),
    )
    yield Way(
        "your-stacks-editable",
        Severity.BLOCKER,
        "act through a stack of yours",
        "CloudFormation is a way around every limit: a stack with a service role does what that role may do, whoever "
        "asks for the update. So the vendor may touch only stacks that it made under its own name.",
        things.each("cloudformation", _STACK_WRITES, things.arn("cloudformation", "stack/acme-network/5f0c")),
    )
    yield Way(
        "stack-sets",
        Severity.BLOCKER,
        "act through stack sets and CloudFormation's other ways",
        "A stack set makes its stacks with roles of its own, also in other accounts.",
        (
            *things.each_own(
                "cloudformation",
                ("CreateStackSet", "UpdateStackSet", "CreateStackInstances", "ImportStacksToStackSet"),
                things.arn("cloudformation", f"stackset/{names.installation}--everywhere:5f0c"),
            ),
            *things.each("cloudformation", ("ActivateOrganizationsAccess", "CreateResource", "UpdateResource")),
        ),
    )
    yield Way(
        "made-roles-stacks",
        Severity.BLOCKER,
        "make CloudFormation stacks",
        "The product's roles need none, and what a stack makes outlives the role that asked for it.",
        things.each_own("cloudformation", ("CreateStack", "UpdateStack", "DeleteStack"), own_stack(things)),
        of_operator=False,
    )


def _code(things: Things) -> Iterator[Way]:
    function, project = things.arn("lambda", "function:acme-payroll"), things.arn("codebuild", "project/acme-build")
    yield Way(
        "your-code-changeable",
        Severity.BLOCKER,
        "put code into your functions, builds and state machines",
        "They run with roles of yours: whoever writes the code has the role.",
        (
            *things.each("lambda", ("UpdateFunctionCode", "UpdateFunctionConfiguration"), function),
            *things.each("codebuild", ("StartBuild", "StartBuildBatch", "UpdateProject"), project),
            *things.each("states", ("UpdateStateMachine",), things.arn("states", "stateMachine:acme-nightly")),
            *things.each("glue", ("UpdateJob",), things.arn("glue", "job/acme-nightly")),
        ),
    )


def _services(things: Things) -> Way:
    arn = things.arn
    return Way(
        "your-services-usable",
        Severity.BLOCKER,
        "run code in services of yours that few use",
        "AWS Batch, CodeDeploy, Elastic Beanstalk, EMR, Glue, SageMaker, Service Catalog and others run what they are "
        "given with an identity of yours.",
        (
            *things.each("airflow", ("CreateCliToken", "CreateWebLoginToken"), arn("airflow", "environment/acme")),
            *things.each("apprunner", ("UpdateService",), arn("apprunner", "service/acme/5f0c")),
            *things.each(
                "batch", ("SubmitJob",), arn("batch", "job-queue/acme"), arn("batch", "job-definition/acme:1")
            ),
            *things.each("codedeploy", ("CreateDeployment",), arn("codedeploy", "deploymentgroup:acme/all")),
            *things.each("cognito-idp", ("AdminCreateUser",), arn("cognito-idp", "userpool/us-east-1_acme")),
            *things.each("elasticbeanstalk", ("UpdateEnvironment",), arn("elasticbeanstalk", "environment/acme/prod")),
            *things.each("elasticmapreduce", ("AddJobFlowSteps", "GetClusterSessionCredentials"), _emr(things)),
            *things.each("glue", ("StartJobRun",), arn("glue", "job/acme-nightly")),
            *things.each("greengrass", ("CreateDeployment",)),
            *things.each("iot", ("AttachPolicy",), arn("iot", "cert/5f0c")),
            *things.each("kinesisanalytics", ("UpdateApplication",), arn("kinesisanalytics", "application/acme")),
            *things.each(
                "sagemaker",
                ("CreatePresignedNotebookInstanceUrl", "UpdateNotebookInstance"),
                arn("sagemaker", "notebook-instance/acme"),
            ),
            *things.each("servicecatalog", ("CreateProvisioningArtifact",), arn("catalog", "product/prod-acme")),
            *things.each("servicecatalog", ("AssociatePrincipalWithPortfolio",), arn("catalog", "portfolio/port-acme")),
        ),
    )


def _emr(things: Things) -> str:
    return things.arn("elasticmapreduce", "cluster/j-ACME")


def _machines(things: Things) -> Iterator[Way]:
    instance, template = things.their_instance, things.arn("ec2", "launch-template/lt-0acme")
    managed, task = things.arn("ssm", "managed-instance/mi-0acme"), things.arn("ecs", "task/acme/0acme")
    yield Way(
        "your-machines-commands",
        Severity.BLOCKER,
        "run commands on your machines and containers",
        "A command there acts with the machine's role and reads what is on its disks.",
        (
            *things.each("ssm", ("SendCommand",), instance, managed),
            *things.each("ssm", ("StartSession",), instance, managed, task),
            *things.each("ecs", ("ExecuteCommand",), task),
            *things.each("ec2-instance-connect", ("SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"), instance),
        ),
    )
    yield Way(
        "scheduled-commands",
        Severity.BLOCKER,
        "schedule commands on machines",
        "State Manager and maintenance windows run documents in the name of a service, long after the vendor has left.",
        (
            *things.each("ssm", ("CreateAssociation",), things.arn("ssm", "document/AWS-RunShellScript")),
            *things.each("ssm", ("UpdateAssociation",), things.arn("ssm", "association/1f0c")),
            *things.each("ssm", ("UpdateDocument",), things.arn("ssm", "document/acme-nightly")),
            *things.each("ssm", ("RegisterTaskWithMaintenanceWindow",), things.arn("ssm", "maintenancewindow/mw-1")),
        ),
    )
    yield Way(
        "your-machines-start",
        Severity.BLOCKER,
        "change what your machines start with",
        "User data, the root disk and the launch template are code that runs as root at the next start.",
        (
            *things.each("ec2", ("ModifyInstanceAttribute", "CreateReplaceRootVolumeTask"), instance),
            *things.each("ec2", ("CreateLaunchTemplateVersion", "ModifyLaunchTemplate"), template),
        ),
    )
    yield Way(
        "your-machines-taggable",
        Severity.BLOCKER,
        "declare your machines to be its own",
        "The vendor's machines are told from yours by a tag. If it can put the tag on yours, they are its own.",
        (
            # Not as a part of making it: then ec2:CreateAction would be there.
            *(
                things.call(f"ec2:{operation}", resource, {"ec2:CreateAction": ABSENT})
                for operation in ("CreateTags", "DeleteTags")
                for resource in (instance, template)
            ),
            *things.each("ssm", ("AddTagsToResource",), managed),
            *things.each("ecs", ("TagResource",), task),
        ),
    )


def _clusters(things: Things) -> Iterator[Way]:
    cluster, entry = things.arn("eks", "cluster/acme-apps"), things.arn("eks", "access-entry/acme-apps/role/1/admin/0a")
    yield Way(
        "your-clusters-access",
        Severity.BLOCKER,
        "let itself or a role into your Kubernetes clusters",
        "Inside a cluster AWS's limits do not hold, and what is in it stays when the role is gone.",
        (
            *things.each("eks", ("CreateAccessEntry", "AssociateIdentityProviderConfig"), cluster),
            *things.each("eks", ("UpdateAccessEntry", "AssociateAccessPolicy"), entry),
            *things.each("eks", ("CreatePodIdentityAssociation",), cluster),
        ),
    )
    yield Way(
        "your-clusters-nodes",
        Severity.BLOCKER,
        "put machines or add-ons into your Kubernetes clusters, or change how they are reached",
        "A machine in a cluster sees what is scheduled on it, with its secrets.",
        things.each("eks", ("CreateNodegroup", "CreateFargateProfile", "CreateAddon", "UpdateClusterConfig"), cluster),
    )


def _account(things: Things) -> Iterator[Way]:
    trail, store = things.arn("cloudtrail", "trail/acme-trail"), things.arn("cloudtrail", "eventdatastore/5f0c")
    yield Way(
        "trail-changeable",
        Severity.BLOCKER,
        "stop, narrow, redirect or delete the record of what is done (CloudTrail)",
        "Without it nobody can tell afterwards what the vendor did.",
        (
            *things.each("cloudtrail", ("StopLogging", "DeleteTrail", "UpdateTrail"), trail),
            *things.each("cloudtrail", ("PutEventSelectors", "PutInsightSelectors"), trail),
            *things.each(
                "cloudtrail", ("StopEventDataStoreIngestion", "DeleteEventDataStore", "UpdateEventDataStore"), store
            ),
        ),
    )
    yield Way(
        "organization-changeable",
        Severity.BLOCKER,
        "take the account out of its organization, or close it",
        "With the organization go its policies, which hold what a boundary cannot.",
        (
            *things.each("organizations", ("LeaveOrganization", "CreateOrganization", "RemoveAccountFromOrganization")),
            *things.each("account", ("CloseAccount",)),
        ),
    )
    yield Way(
        "keys-grantable",
        Severity.BLOCKER,
        "grant somebody else the use of your encryption keys",
        "A grant lives on when the role is gone in whose name it was given.",
        (things.call("kms:CreateGrant", things.arn("kms", "key/acme"), {"kms:GrantIsForAWSResource": "false"}),),
    )

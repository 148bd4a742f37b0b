"""IAM: the policies of roles and resources, as they are deployed.

Private names of ministack: IAM `_roles`; `_resolve_managed_policy_document`, `_resource_policy`.
"""

import json

from ministack.core import iam_evaluator
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import iam

from additions.account import ACCOUNT, REGION


def authority(message):
    """What IAM knows of these roles and resources; those without policies are left out."""
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    roles = {}
    for name in message["roles"]:
        role = iam._roles.get_scoped(ACCOUNT, None, name)
        if role is not None:
            boundary = role.get("PermissionsBoundary")
            roles[name] = {
                "trust": document(role["AssumeRolePolicyDocument"]),
                "inline": {policy: document(text) for policy, text in (role.get("InlinePolicies") or {}).items()},
                "managed": {arn: managed(arn) for arn in role.get("AttachedPolicies", [])},
                "boundary": managed(boundary) if boundary else None,
            }
    resources = {arn: iam_evaluator._resource_policy(arn.split(":")[2], arn) for arn in message["resources"]}
    return {"roles": roles, "resources": {arn: document(found[0]) for arn, found in resources.items() if found and found[0]}}


def managed(arn):
    return document(iam_evaluator._resolve_managed_policy_document(arn, ACCOUNT))


def document(policy):
    return json.loads(policy) if isinstance(policy, str) else policy

"""IAM: each decision is reported, and the sandbox can ask for one.

Private names of ministack: `enforce`, `pin_request_origin`, `pin_signed_request`, `pin_signed_body`, `check_credentials`,
`evaluate`.
"""

import base64
import contextvars
import dataclasses
from urllib.parse import parse_qs

import ministack.app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.responses import set_request_account_id, set_request_region

from additions.account import ACCOUNT, REGION
from additions.resource_properties import bucket_keys

decisions = contextvars.ContextVar("sandbox_decisions", default=None)
# What a policy's conditions were judged by; stays None where IAM asks no policy (the account's root, `sts:GetCallerIdentity`).
judged = contextvars.ContextVar("sandbox_judged", default=None)
original_enforce = iam_evaluator.enforce
original_evaluate = iam_evaluator.evaluate

# The account's door stands for AWS's endpoints, which take TLS only.
ministack_app.pin_request_origin = lambda source_ip, secure_transport: iam_evaluator.pin_request_origin(source_ip, True)

# What S3 does with a bucket's own key on behalf of the caller, who must be allowed to.
KEY_ACTIONS = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}


def evaluate(context, policies, *limits):
    if judged.get() is None:  # the identity's policies come first, then the resource's with the same context
        judged.set(dataclasses.asdict(context))
    return original_evaluate(context, policies, *limits)


def decide(*request):
    """What IAM says, and the context by which it does."""
    judged.set(None)
    return original_enforce(*request), judged.get()


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    denied, judged_by = decide(access_key_id, iam_action, service, region, resource_arn, service_context)
    report(access_key_id, iam_action, resource_arn, denied, judged_by)
    bucket_key = bucket_keys.get(resource_arn.split(":::")[-1].split("/")[0]) if iam_action in KEY_ACTIONS else None
    if bucket_key and not denied:
        context = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
        denied, judged_by = decide(access_key_id, KEY_ACTIONS[iam_action], "kms", region, bucket_key, context)
        report(access_key_id, KEY_ACTIONS[iam_action], bucket_key, denied, judged_by)
    return denied


def report(access_key_id, action, resource, denied, context):
    made = decisions.get()
    if made is not None:
        made.append({
            "accessKeyId": access_key_id, "action": action, "resource": resource, "allowed": denied is None, "context": context})


iam_evaluator.evaluate = evaluate
iam_evaluator.enforce = enforce


def authorise(message):
    """Checks the signature of a request and each action against the policies of its principal, as deployed."""
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    key = message["accessKeyId"]
    request = message.get("request")
    if request:
        query = parse_qs(request["query"], keep_blank_values=True)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]]
        iam_evaluator.pin_signed_request(request["method"], request["path"], query, headers)
        iam_evaluator.pin_signed_body(base64.b64decode(request["body"]))
        failure = iam_evaluator.check_credentials(key, message["service"])
        if failure:
            return {"failure": {"code": failure.code, "message": failure.message}}
    made = []
    first_denied = None
    for check in message["checks"]:
        denied, judged_by = decide(
            key, check["action"], check["action"].split(":")[0], REGION, check["resource"], check.get("context"))
        if isinstance(denied, iam_evaluator.AuthError):
            return {"failure": {"code": denied.code, "message": denied.message}}
        made.append({"allowed": denied is None, "context": judged_by})
        if denied and not first_denied:
            first_denied = {**check, "explicit": denied.decision == "Deny"}
    return {"made": made, "denied": first_denied}

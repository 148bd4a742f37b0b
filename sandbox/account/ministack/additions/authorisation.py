"""IAM: each decision is reported, and the sandbox can ask for one.

Private names of ministack: `enforce`, `pin_request_origin`, `pin_signed_request`, `pin_signed_body`, `check_credentials`.
"""

import base64
import contextvars
from urllib.parse import parse_qs

import ministack.app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.responses import set_request_account_id, set_request_region

from additions.account import ACCOUNT, REGION
from additions.resource_properties import bucket_keys

decisions = contextvars.ContextVar("sandbox_decisions", default=None)
original_enforce = iam_evaluator.enforce

# The account's door stands for AWS's endpoints, which take TLS only.
ministack_app.pin_request_origin = lambda source_ip, secure_transport: iam_evaluator.pin_request_origin(source_ip, True)

# What S3 does with a bucket's own key on behalf of the caller, who must be allowed to.
KEY_ACTIONS = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    denied = original_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    report(access_key_id, iam_action, resource_arn, denied)
    bucket_key = bucket_keys.get(resource_arn.split(":::")[-1].split("/")[0]) if iam_action in KEY_ACTIONS else None
    if bucket_key and not denied:
        context = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
        denied = original_enforce(access_key_id, KEY_ACTIONS[iam_action], "kms", region, bucket_key, context)
        report(access_key_id, KEY_ACTIONS[iam_action], bucket_key, denied)
    return denied


def report(access_key_id, action, resource, denied):
    made = decisions.get()
    if made is not None:
        made.append({"accessKeyId": access_key_id, "action": action, "resource": resource, "allowed": denied is None})


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
    for check in message["checks"]:
        denied = original_enforce(key, check["action"], check["action"].split(":")[0], REGION,
                                  resource_arn=check["resource"], service_context=check.get("context"))
        if isinstance(denied, iam_evaluator.AuthError):
            return {"failure": {"code": denied.code, "message": denied.message}}
        if denied:
            return {"denied": {**check, "explicit": denied.decision == "Deny"}}
    return {}

"""Runs ministack 1.5.33 as the part of the emulated account that it knows, and asks the sandbox for the rest.

ministack has no extension points, so this file replaces or reads a few of its private names, which is why its version
is pinned. CloudFormation: `_RESOURCE_HANDLERS`, `_runs_on_worker_thread`; S3: `_bucket_tags`; Lambda: `_functions`,
`_NODEJS_WORKER_SCRIPT`; EventBridge: `_invoke_target`, `_dispatch_to_lambda`, `_put_events`; STS: `register_session`;
IAM: `_roles`, `_aws_managed_policies`, `_make_aws_managed_record`, `enforce`, `pin_*`. Everything else is ministack as published.
"""

import base64
import contextvars
import json
import os
import threading
import urllib.request
from urllib.parse import parse_qs

import ministack.app as ministack_app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.arn import parse_arn
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, iam, lambda_svc, s3, sts
from ministack.services.cloudformation import provisioners, stacks

ACCOUNT = os.environ["MINISTACK_ACCOUNT_ID"]
REGION = os.environ["MINISTACK_REGION"]
SANDBOX = os.environ.pop("SANDBOX_CONTROL_URL")
SECRET = os.environ.pop("SANDBOX_CONTROL_SECRET")

sandbox_types = set()
sandbox_targets = set()
decisions = contextvars.ContextVar("sandbox_decisions", default=None)


def ask_sandbox(path, message, timeout=3600):
    """Calls the TypeScript side; its error message becomes the reason of whatever failed."""
    request = urllib.request.Request(
        SANDBOX + path, json.dumps(message, default=str).encode(),
        {"content-type": "application/json", "x-sandbox-secret": SECRET})
    with urllib.request.urlopen(request, timeout=timeout) as response:
        answer = json.loads(response.read())
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer.get("result")


# --- CloudFormation: resource types that the sandbox provides -------------------------------------------------------

def resource_handlers(resource_type):
    def create(logical_id, props, stack_name):
        made = ask_sandbox("/resource/create", {
            "type": resource_type, "logicalId": logical_id, "props": props, "stack": stack_name})
        return made["id"], made.get("attributes") or {}

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        made = ask_sandbox("/resource/update", {
            "type": resource_type, "id": physical_id, "oldProps": old_props, "props": new_props,
            "stack": stack_name, "logicalId": logical_id})
        return made["id"], made.get("attributes") or {}

    def delete(physical_id, props):
        ask_sandbox("/resource/delete", {"type": resource_type, "id": physical_id, "props": props})

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def register_types(types):
    for resource_type in types:
        sandbox_types.add(resource_type)
        provisioners._RESOURCE_HANDLERS[resource_type] = resource_handlers(resource_type)


original_worker_thread = stacks._runs_on_worker_thread
# On a worker thread, because the sandbox may call back while it makes a resource.
stacks._runs_on_worker_thread = lambda resource_type: (
    resource_type in sandbox_types or original_worker_thread(resource_type))


# --- CloudFormation: properties that ministack leaves out ------------------------------------------------------------

bucket_keys = {}


def complete_bucket(name, props):
    # CDK's auto-delete handler reads a tag of the bucket
    if props.get("Tags"):
        s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props["Tags"]}
    for rule in props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
        key = rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key:
            bucket_keys[name] = key if key.startswith("arn:") else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"


def complete_function(name, props):
    lambda_svc._functions[name]["config"]["DeadLetterConfig"] = props.get("DeadLetterConfig") or {}


def completed(handlers, complete):
    """The handlers of a type, which go on to complete what they made or changed."""
    def create(logical_id, props, stack_name):
        made = handlers["create"](logical_id, props, stack_name)
        complete(made[0], props)
        return made

    def update(physical_id, old_props, props, *rest):
        made = handlers["update"](physical_id, old_props, props, *rest)
        complete(made[0], props)
        return made

    return {**handlers, "create": create, "update": update}


for completed_type, complete in (("AWS::S3::Bucket", complete_bucket), ("AWS::Lambda::Function", complete_function)):
    provisioners._RESOURCE_HANDLERS[completed_type] = completed(
        provisioners._RESOURCE_HANDLERS[completed_type], complete)


# --- EventBridge: targets that the sandbox provides, and Lambda targets as asynchronous invocations -----------------

original_invoke_target = eventbridge._invoke_target


def invoke_target(target, event, rule, view=None):
    try:
        service = parse_arn(target.get("Arn", "")).service
    except ValueError:
        service = ""
    if service not in sandbox_targets:
        original_invoke_target(target, event, rule, view)
        return
    delivered = (view or eventbridge._pattern_event_view(event)).event_with_detail()
    message = {"service": service, "target": target, "event": delivered}
    threading.Thread(target=ask_sandbox, args=("/event-target", message), daemon=True).start()


def dispatch_to_lambda(arn, payload):
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        lambda_svc.invoke_async_with_retry(
            lambda_svc._execution_record_for_config(function, config), json.loads(payload))


eventbridge._invoke_target = invoke_target
eventbridge._dispatch_to_lambda = dispatch_to_lambda


# --- STS: every session is known to the sandbox, which checks Git credentials and cluster tokens with it ------------

original_register_session = sts.register_session


def register_session(access_key, session):
    original_register_session(access_key, session)
    ask_sandbox("/session", {"accessKeyId": access_key, "session": session}, timeout=10)


sts.register_session = register_session


# --- Lambda: only what CDK's own handlers need is redirected, so that a handler can reach a cluster on loopback ------

REDIRECT = 'if (host === "127.0.0.1" || host === "localhost" || host === msHost\n        || (advertised && host === advertised)) {'
assert REDIRECT in lambda_runtime._NODEJS_WORKER_SCRIPT, "ministack's Node.js worker is not the one of 1.5.33"
lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(
    REDIRECT, 'if (host === "127.0.0.1" && (!options.port || String(options.port) === "443")) {')


# --- IAM: policies of AWS that ministack does not know, as AWS documents them -----------------------------------------

with open(os.path.join(os.path.dirname(__file__), "managed-policies.json")) as file:
    for policy, actions in json.load(file).items():
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
        iam._aws_managed_policies[f"arn:aws:iam::aws:policy/{policy}"] = iam._make_aws_managed_record(policy, document, policy)

# --- IAM: each decision is reported ---------------------------------------------------------------------------------

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


def make_session(message):
    set_request_account_id(ACCOUNT)
    name = message["roleArn"].rsplit("/", 1)[-1]
    if not message.get("root") and iam._roles.get_scoped(ACCOUNT, None, name) is None:
        raise ValueError(f"There is no role {message['roleArn']} in the account.")
    session = {
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{message['sessionName']}",
        "UserId": f"{name}:{message['sessionName']}", "AccountId": ACCOUNT, "RoleArn": message["roleArn"],
        "SecretAccessKey": message["secretAccessKey"], "SessionToken": message["sessionToken"],
        "Expiration": message["expiration"],
    }
    if message.get("root"):
        session["PrincipalType"] = "Root"
    original_register_session(message["accessKeyId"], session)


def put_event(message):
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    eventbridge._put_events({"Entries": [message]}, allow_aws_source=True)


CONTROL = {
    "/_sandbox/authorise": authorise,
    "/_sandbox/session": make_session,
    "/_sandbox/event": put_event,
    "/_sandbox/types": lambda message: register_types(message["types"]) or sorted(provisioners._RESOURCE_HANDLERS),
    "/_sandbox/targets": lambda message: sandbox_targets.update(message["services"]),
}


async def read_body(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


original_app = ministack_app.app


async def app(scope, receive, send):
    if scope["type"] != "http":
        await original_app(scope, receive, send)
        return
    if scope["path"] in CONTROL and dict(scope["headers"]).get(b"x-sandbox-secret") == SECRET.encode():
        try:
            answer = {"result": CONTROL[scope["path"]](json.loads(await read_body(receive)))}
        except Exception as exception:  # the caller reports it
            answer = {"error": str(exception)}
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
        return
    made = []
    decisions.set(made)

    async def send_with_decisions(message):
        if message["type"] == "http.response.start" and made:
            message = {**message, "headers": [*message["headers"], (
                b"x-sandbox-decisions", base64.b64encode(json.dumps(made).encode()))]}
        await send(message)

    await original_app(scope, receive, send_with_decisions)


ministack_app.app = app

if __name__ == "__main__":
    ministack_app.main()

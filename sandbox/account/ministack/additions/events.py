"""EventBridge: targets that the sandbox provides, and Lambda targets as asynchronous invocations.

Private names of ministack: `_invoke_target`, `_dispatch_to_lambda`, `_pattern_event_view`, `_put_events`; Lambda
`function_policy_for_arn`, `_get_func_record_for_ref`, `_execution_record_for_config`.
"""

import dataclasses
import json
import threading

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, lambda_svc

from additions.account import ACCOUNT, REGION, ask_sandbox
from additions.asynchronous import invoke_later

EVENTS = "events.amazonaws.com"
sandbox_targets = set()

original_invoke_target = eventbridge._invoke_target


def invoke_target(target, event, rule, view=None):
    try:
        service = parse_arn(target.get("Arn", "")).service
    except ValueError:
        service = ""
    if service == "lambda" and not may_invoke(target["Arn"], rule):
        return
    if service not in sandbox_targets:
        original_invoke_target(target, event, rule, view)
        return
    delivered = (view or eventbridge._pattern_event_view(event)).event_with_detail()
    message = {"service": service, "target": target, "event": delivered}
    threading.Thread(target=ask_sandbox, args=("/event-target", message), daemon=True).start()


def may_invoke(function, rule):
    """EventBridge has no role for functions: the function's own policy has to name it. A refusal is told, as a call."""
    policy = lambda_svc.function_policy_for_arn(function)
    context = iam_evaluator.EvalContext(
        principal_arn=EVENTS, principal_type="Service", principal_account=ACCOUNT, action="lambda:InvokeFunction",
        resource_arn=function, region=REGION, secure_transport=True,
        service_context={"aws:sourcearn": rule["Arn"], "aws:sourceaccount": ACCOUNT})
    allowed = policy is not None and iam_evaluator.evaluate_resource_policy(policy[0], context, service=EVENTS).decision == "Allow"
    ask_sandbox("/call", {
        "accessKeyId": EVENTS, "action": context.action, "resource": function, "allowed": allowed,
        "context": dataclasses.asdict(context)}, timeout=30)
    return allowed


def dispatch_to_lambda(arn, payload):
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        invoke_later(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


eventbridge._invoke_target = invoke_target
eventbridge._dispatch_to_lambda = dispatch_to_lambda


def put_event(message):
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    eventbridge._put_events({"Entries": [message]}, allow_aws_source=True)

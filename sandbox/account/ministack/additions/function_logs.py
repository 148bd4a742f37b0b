"""Lambda: what the service writes to CloudWatch Logs about an invocation, it writes with the function's role.

Private names of ministack: `_execute_function`.
"""

import logging

from ministack.services import lambda_svc

import additions.function_faults  # what may go wrong with an invocation comes first
from additions.account import ACCOUNT, REGION, ask_sandbox

logger = logging.getLogger("lambda")
original_execute = lambda_svc._execute_function


def execute_function(function, event):
    # before the invocation: CloudFormation may delete the role as soon as the function has answered
    may_log(function.get("config") or function)
    return original_execute(function, event)


def may_log(config):
    """A refusal loses the log and fails nothing, as in AWS; the sandbox has recorded it."""
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    resource = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{config['FunctionName']}"
    try:
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            ask_sandbox("/authorise", {"role": config["Role"], "action": action, "resource": resource}, timeout=30)
    except Exception as exception:
        logger.error("Lambda %s: its log is lost: %s", config["FunctionName"], exception)


lambda_svc._execute_function = execute_function

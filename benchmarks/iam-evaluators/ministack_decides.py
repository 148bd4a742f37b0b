"""Reads cases from stdin and writes what ministack's evaluator decides, in the order of its `enforce`."""

import json
import sys

from ministack.core import iam_evaluator as iam

# Of these `EvalContext` has fields; all others are looked up by their names in lower case.
FIELDS = {"aws:RequestedRegion", "aws:SecureTransport", "aws:PrincipalAccount", "aws:SourceIp"}


def decide(case):
    given = case["context"]
    context = iam.EvalContext(
        principal_arn=case["principal"], principal_type="AssumedRole", principal_account=case["account"],
        action=case["action"], resource_arn=case["resource"], region=given["aws:RequestedRegion"],
        source_ip=given["aws:SourceIp"], secure_transport=given["aws:SecureTransport"] == "true",
        # a request without tags has no keys of them, which `EvalContext` cannot say, but a context can
        service_context={"aws:tagkeys": None, **{key.lower(): value for key, value in given.items() if key not in FIELDS}})
    parse = iam.parse_policy_document
    limits = [[parse(case["boundary"])]] if case.get("boundary") else []
    result = iam.evaluate(context, [parse(policy) for policy in case["identity"]], *limits)
    service = case["action"].split(":")[0]
    policy = case.get("resourcePolicy")
    if policy is not None or service in iam._POLICY_REQUIRED:
        result = iam.combine_resource_policy(
            result, context, policy, case["account"], required=service in iam._POLICY_REQUIRED, limits=limits)
    return result.decision


json.dump([decide(case) for case in json.load(sys.stdin)], sys.stdout)

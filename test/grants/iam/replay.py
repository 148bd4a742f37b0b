"""Judges recorded calls again, by the evaluator that judged them, with a part of a policy taken away.

Reads `{"roles", "resources", "calls", "mutants"}` from stdin and writes `{"refused", "survivors", "exercised"}`:
- refused: calls that the policies as deployed would not allow (the record and the replay differ if there is one)
- survivors: mutants by which no call would be refused
- exercised: grants (a statement with one of its actions, or one of its resource patterns) by which a call was allowed
"""

import copy
import json
import sys

from ministack.core import iam_evaluator as iam


def statements(document):
    found = (document or {}).get("Statement", [])
    return found if isinstance(found, list) else [found]


def parse(document):
    return iam.parse_policy_document(document)


def context_of(call):
    known = {field: value for field, value in call["context"].items() if field in iam.EvalContext.__dataclass_fields__}
    return iam.EvalContext(**known)


def resource_of(arn, resources):
    return resources.get(":".join(arn.split(":")[:5] + [arn.split(":", 5)[5].split("/")[0]]) if arn.startswith("arn:aws:s3:") else arn)


def allowed(call, role, resources):
    """As `enforce` does once it knows who is calling."""
    context = context_of(call)
    if context.principal_type == "Service":
        policy = resources.get(call["resource"])
        return iam.evaluate_resource_policy(policy, context, service=context.principal_arn).decision == "Allow"
    documents = [*role["inline"].values(), *role["managed"].values()]
    limits = [[parse(role["boundary"])]] if role["boundary"] else []
    result = iam.evaluate(context, [parse(document) for document in documents], *limits)
    policy = resource_of(call["resource"], resources)
    service = call["action"].split(":")[0]
    if policy is not None:
        result = iam.combine_resource_policy(
            result, context, policy, context.principal_account, required=service in iam._POLICY_REQUIRED, limits=limits)
    return result.decision == "Allow"


def without(document, index, action):
    changed = copy.deepcopy(document)
    listed = changed["Statement"] = statements(changed)
    if action is None:
        del listed[index]
        return changed
    actions = listed[index]["Action"]
    rest = [other for other in ([actions] if isinstance(actions, str) else actions) if other != action]
    if rest:
        listed[index]["Action"] = rest
    else:
        del listed[index]
    return changed


def survives(mutant, roles, resources, calls):
    kind, holder, policy = mutant["kind"], mutant["holder"], mutant.get("policy")
    if kind == "resource":
        resources = {**resources, holder: without(resources[holder], mutant["statement"], mutant.get("action"))}
        meeting = [call for call in calls if resource_of(call["resource"], resources) is resources[holder]]
    else:
        role = roles[holder]
        changed = without(role[kind][policy], mutant["statement"], mutant.get("action"))
        roles = {**roles, holder: {**role, kind: {**role[kind], policy: changed}}}
        meeting = [call for call in calls if call["holder"] == holder]
    if mutant["effect"] == "Deny":  # it is there for calls that nobody makes: the recorded ones, without TLS
        meeting = [{**call, "context": {**call["context"], "secure_transport": False}} for call in meeting]
        return not any(allowed(call, roles.get(call["holder"]), resources) for call in meeting)
    return all(allowed(call, roles.get(call["holder"]), resources) for call in meeting)


def exercised(grant, calls):
    statement = parse({"Statement": [grant["statement"]]})
    return any(call["holder"] == grant["holder"] and iam.evaluate(context_of(call), [statement]).decision == "Allow" for call in calls)


def main():
    given = json.load(sys.stdin)
    roles, resources, calls = given["roles"], given["resources"], given["calls"]
    json.dump({
        "refused": [index for index, call in enumerate(calls) if not allowed(call, roles.get(call["holder"]), resources)],
        "survivors": [index for index, mutant in enumerate(given["mutants"]) if survives(mutant, roles, resources, calls)],
        "exercised": [index for index, grant in enumerate(given["grants"]) if exercised(grant, calls)],
    }, sys.stdout)


main()

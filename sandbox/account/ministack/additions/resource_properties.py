"""CloudFormation: properties that ministack leaves out.

Private names of ministack: `_RESOURCE_HANDLERS`; S3 `_bucket_tags`; Lambda `_functions`.
"""

from ministack.services import lambda_svc, s3
from ministack.services.cloudformation import provisioners

from additions.account import ACCOUNT, REGION

bucket_keys = {}
# logical ids of functions, by their names
function_ids = {}


def complete_bucket(name, props, _logical_id):
    # CDK's auto-delete handler reads a tag of the bucket
    if props.get("Tags"):
        s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props["Tags"]}
    for rule in props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
        key = rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key:
            bucket_keys[name] = key if key.startswith("arn:") else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"


def complete_function(name, props, logical_id):
    function_ids[name] = logical_id
    lambda_svc._functions[name]["config"]["DeadLetterConfig"] = props.get("DeadLetterConfig") or {}


def completed(handlers, complete):
    """The handlers of a type, which go on to complete what they made or changed."""
    def create(logical_id, props, stack_name):
        made = handlers["create"](logical_id, props, stack_name)
        complete(made[0], props, logical_id)
        return made

    def update(physical_id, old_props, props, *rest):
        made = handlers["update"](physical_id, old_props, props, *rest)
        complete(made[0], props, rest[1] if len(rest) > 1 else function_ids.get(physical_id))
        return made

    return {**handlers, "create": create, "update": update}


for completed_type, complete in (("AWS::S3::Bucket", complete_bucket), ("AWS::Lambda::Function", complete_function)):
    provisioners._RESOURCE_HANDLERS[completed_type] = completed(
        provisioners._RESOURCE_HANDLERS[completed_type], complete)

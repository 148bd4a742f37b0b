"""CloudFormation: resource types that the sandbox provides.

Private names of ministack: `_RESOURCE_HANDLERS`, `_runs_on_worker_thread`.
"""

from ministack.services.cloudformation import provisioners, stacks

from additions.account import ask_sandbox

sandbox_types = set()


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

import { KubernetesManifest } from './kubernetes-object';
import { MANAGED_BY_LABELS, MANAGER, RECONCILE_GROUP, REQUESTED_AT_ANNOTATION } from './names';

const NAME = `${MANAGER}-reconcile`;
const ADMISSION = 'admissionregistration.k8s.io/v1';

/**
 * The reconcile group changes one annotation of Flux's sources and nothing else: RBAC has no rights on parts of an object,
 * and who could patch the whole could point Flux at another repository.
 */
export function reconcileAdmissionPolicy(): KubernetesManifest[] {
  return [
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: NAME, labels: MANAGED_BY_LABELS },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: ['source.toolkit.fluxcd.io', 'image.toolkit.fluxcd.io'].map((group) => ({
            apiGroups: [group], apiVersions: ['*'], resources: ['*/*'], operations: ['*'], // subresources, too
          })),
        },
        matchConditions: [{ name: 'reconcile-group', expression: `'${RECONCILE_GROUP}' in request.userInfo.groups` }],
        variables: [
          { name: 'before', expression: 'oldObject.metadata.?annotations.orValue({})' },
          { name: 'after', expression: 'object.metadata.?annotations.orValue({})' },
        ],
        validations: [
          deny('only updates', 'request.operation == "UPDATE" && !has(request.subResource)'),
          ...denyChanges('fields', 'oldObject', 'object', ['metadata']),
          ...denyChanges('metadata', 'oldObject.metadata', 'object.metadata', ['annotations', 'managedFields']),
          deny('its value is a time', `variables.after[?'${REQUESTED_AT_ANNOTATION}'].orValue('').matches('^[0-9TZ:.-]{1,40}$')`),
          ...denyChanges('annotations', 'variables.before', 'variables.after', [REQUESTED_AT_ANNOTATION]),
          // managedFields notes who set the annotation; a field noted there as an applier's would go with its next apply
          deny('the appliers\' fields stay theirs', `${appliers('object')} == ${appliers('oldObject')}`),
        ],
      },
    },
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: NAME, labels: MANAGED_BY_LABELS },
      spec: { policyName: NAME, validationActions: ['Deny'] },
    },
  ];
}

/** What is not listed stays as it is, whatever Kubernetes and Flux may add one day. */
function denyChanges(what: string, before: string, after: string, but: string[]): object[] {
  return [
    deny(`other ${what} do not change`, `${after}.all(key, key in ${JSON.stringify(but)} || (key in ${before} && ${after}[key] == ${before}[key]))`),
    deny(`${what} do not go away`, `${before}.all(key, key in ${after})`),
  ];
}

function appliers(object: string): string {
  return `${object}.metadata.?managedFields.orValue([]).filter(entry, entry.operation == "Apply")`;
}

function deny(rule: string, expression: string): object {
  return { expression, message: `${RECONCILE_GROUP} may set the annotation ${REQUESTED_AT_ANNOTATION} only: ${rule}`, reason: 'Forbidden' };
}

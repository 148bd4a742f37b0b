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
          matchPolicy: 'Equivalent',
          resourceRules: ['source.toolkit.fluxcd.io', 'image.toolkit.fluxcd.io'].map((group) => ({
            apiGroups: [group], apiVersions: ['*'], resources: ['*'], operations: ['*'], scope: '*',
          })),
        },
        matchConditions: [{ name: 'reconcile-group', expression: `'${RECONCILE_GROUP}' in request.userInfo.groups` }],
        variables: [
          { name: 'before', expression: 'oldObject.metadata.?annotations.orValue({})' },
          { name: 'after', expression: 'object.metadata.?annotations.orValue({})' },
        ],
        validations: [
          deny('only updates', 'request.operation == "UPDATE" && !has(request.subResource)'),
          deny('no change of the spec', unchanged('spec')),
          ...['labels', 'finalizers', 'ownerReferences'].map((field) => deny(`no change of metadata.${field}`, unchanged(`metadata.?${field}`))),
          deny('no change of other annotations', [
            everyOther('variables.after', 'key in variables.before && variables.after[key] == variables.before[key]'),
            everyOther('variables.before', 'key in variables.after'),
          ].join(' && ')),
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

function deny(rule: string, expression: string): object {
  return { expression, message: `${RECONCILE_GROUP} may set the annotation ${REQUESTED_AT_ANNOTATION} only: ${rule}`, reason: 'Forbidden' };
}

/** A field that is missing before and after has not changed either, so the fields are compared as optional values. */
function unchanged(field: string): string {
  return `object.${field} == oldObject.${field}`;
}

function everyOther(annotations: string, condition: string): string {
  return `${annotations}.all(key, key == '${REQUESTED_AT_ANNOTATION}' || (${condition}))`;
}

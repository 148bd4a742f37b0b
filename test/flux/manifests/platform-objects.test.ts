import { parse } from 'yaml';
import { platformFile } from '../../../src/flux/manifests/platform-file';
import { platformObjects, syncObjects } from '../../../src/flux/manifests/platform-objects';

const repositoryUrl = 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/acme-infrastructure';
const objects = platformObjects({ platformName: 'acme', repositoryUrl, imageAutomation: true });
const named = (kind: string, name: string) => objects.find((object) => object.kind === kind && object.metadata.name === name);

test('rights come before what uses them, and the limit of a right before the right', () => {
  const order = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  expect(order).toMatchInlineSnapshot(`
[
  "ClusterRole cdk-gitops-pipeline-rollouts",
  "Role cdk-gitops-pipeline-deploy",
  "RoleBinding cdk-gitops-pipeline-deploy",
  "ValidatingAdmissionPolicy cdk-gitops-pipeline-reconcile",
  "ValidatingAdmissionPolicyBinding cdk-gitops-pipeline-reconcile",
  "Role cdk-gitops-pipeline-reconcile",
  "RoleBinding cdk-gitops-pipeline-reconcile",
  "GitRepository infrastructure",
  "Kustomization infrastructure",
  "ImageUpdateAutomation infrastructure",
]
`);
});

test('without image automation nothing of it is applied', () => {
  const without = platformObjects({ platformName: 'acme', repositoryUrl, imageAutomation: false });

  expect(without.some(({ apiVersion }) => apiVersion.startsWith('image.toolkit'))).toBe(false);
  expect(JSON.stringify(without.filter(({ kind }) => kind.endsWith('Role')))).not.toContain('image.toolkit');
});

test('the source holds no credential', () => {
  expect(named('GitRepository', 'infrastructure')).toMatchInlineSnapshot(`
{
  "apiVersion": "source.toolkit.fluxcd.io/v1",
  "kind": "GitRepository",
  "metadata": {
    "labels": {
      "app.kubernetes.io/managed-by": "cdk-gitops-pipeline",
    },
    "name": "infrastructure",
    "namespace": "flux-system",
  },
  "spec": {
    "interval": "1m",
    "provider": "aws",
    "ref": {
      "branch": "main",
    },
    "timeout": "60s",
    "url": "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/acme-infrastructure",
  },
}
`);
});

test('the root Kustomization applies the platform\'s folder', () => {
  expect(named('Kustomization', 'infrastructure')).toMatchInlineSnapshot(`
{
  "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
  "kind": "Kustomization",
  "metadata": {
    "labels": {
      "app.kubernetes.io/managed-by": "cdk-gitops-pipeline",
    },
    "name": "infrastructure",
    "namespace": "flux-system",
  },
  "spec": {
    "deletionPolicy": "WaitForTermination",
    "interval": "10m",
    "path": "./clusters/acme",
    "prune": true,
    "retryInterval": "30s",
    "sourceRef": {
      "kind": "GitRepository",
      "name": "infrastructure",
    },
    "timeout": "5m",
    "wait": false,
  },
}
`);
});

test('the automation commits to the branch that Flux follows', () => {
  expect(named('ImageUpdateAutomation', 'infrastructure')).toMatchInlineSnapshot(`
{
  "apiVersion": "image.toolkit.fluxcd.io/v1",
  "kind": "ImageUpdateAutomation",
  "metadata": {
    "labels": {
      "app.kubernetes.io/managed-by": "cdk-gitops-pipeline",
    },
    "name": "infrastructure",
    "namespace": "flux-system",
  },
  "spec": {
    "git": {
      "checkout": {
        "ref": {
          "branch": "main",
        },
      },
      "commit": {
        "author": {
          "email": "flux@cdk-gitops-pipeline.example",
          "name": "cdk-gitops-pipeline",
        },
        "messageTemplate": "Promote

{{ range .Changed.Changes }}{{ .OldValue }} -> {{ .NewValue }}
{{ end }}",
      },
      "push": {
        "branch": "main",
      },
    },
    "interval": "10m",
    "sourceRef": {
      "kind": "GitRepository",
      "name": "infrastructure",
    },
    "update": {
      "path": "./",
      "strategy": "Setters",
    },
  },
}
`);
});

test('the deploy group reads and writes nothing', () => {
  const rules = [named('ClusterRole', 'cdk-gitops-pipeline-rollouts'), named('Role', 'cdk-gitops-pipeline-deploy')]
    .flatMap((role) => role!.rules as { resources: string[]; verbs: string[] }[]);

  expect([...new Set(rules.flatMap(({ verbs }) => verbs))].sort()).toEqual(['get', 'list']);
  expect(rules.flatMap(({ resources }) => resources)).not.toEqual(expect.arrayContaining(['secrets']));
});

test('the reconcile group reads and patches sources only', () => {
  expect(named('Role', 'cdk-gitops-pipeline-reconcile')!.rules).toMatchInlineSnapshot(`
[
  {
    "apiGroups": [
      "source.toolkit.fluxcd.io",
    ],
    "resourceNames": [
      "infrastructure",
    ],
    "resources": [
      "gitrepositories",
    ],
    "verbs": [
      "get",
      "patch",
    ],
  },
  {
    "apiGroups": [
      "image.toolkit.fluxcd.io",
    ],
    "resources": [
      "imagerepositories",
    ],
    "verbs": [
      "get",
      "patch",
    ],
  },
]
`);
});

test('the admission policy leaves the reconcile group one annotation', () => {
  expect(named('ValidatingAdmissionPolicy', 'cdk-gitops-pipeline-reconcile')!.spec).toMatchInlineSnapshot(`
{
  "failurePolicy": "Fail",
  "matchConditions": [
    {
      "expression": "'cdk-gitops-pipeline:reconcile' in request.userInfo.groups",
      "name": "reconcile-group",
    },
  ],
  "matchConstraints": {
    "resourceRules": [
      {
        "apiGroups": [
          "source.toolkit.fluxcd.io",
        ],
        "apiVersions": [
          "*",
        ],
        "operations": [
          "*",
        ],
        "resources": [
          "*/*",
        ],
      },
      {
        "apiGroups": [
          "image.toolkit.fluxcd.io",
        ],
        "apiVersions": [
          "*",
        ],
        "operations": [
          "*",
        ],
        "resources": [
          "*/*",
        ],
      },
    ],
  },
  "validations": [
    {
      "expression": "request.operation == "UPDATE" && !has(request.subResource)",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: only updates",
      "reason": "Forbidden",
    },
    {
      "expression": "object.all(key, key in ["metadata"] || (key in oldObject && object[key] == oldObject[key]))",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: other fields do not change",
      "reason": "Forbidden",
    },
    {
      "expression": "oldObject.all(key, key in object)",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: fields do not go away",
      "reason": "Forbidden",
    },
    {
      "expression": "object.metadata.all(key, key in ["annotations","managedFields"] || (key in oldObject.metadata && object.metadata[key] == oldObject.metadata[key]))",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: other metadata do not change",
      "reason": "Forbidden",
    },
    {
      "expression": "oldObject.metadata.all(key, key in object.metadata)",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: metadata do not go away",
      "reason": "Forbidden",
    },
    {
      "expression": "variables.after[?'reconcile.fluxcd.io/requestedAt'].orValue('').matches('^[0-9TZ:.-]{1,40}$')",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: its value is a time",
      "reason": "Forbidden",
    },
    {
      "expression": "variables.after.all(key, key in ["reconcile.fluxcd.io/requestedAt"] || (key in variables.before && variables.after[key] == variables.before[key]))",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: other annotations do not change",
      "reason": "Forbidden",
    },
    {
      "expression": "variables.before.all(key, key in variables.after)",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: annotations do not go away",
      "reason": "Forbidden",
    },
    {
      "expression": "object.metadata.?managedFields.orValue([]).filter(entry, entry.operation == "Apply") == oldObject.metadata.?managedFields.orValue([]).filter(entry, entry.operation == "Apply")",
      "message": "cdk-gitops-pipeline:reconcile may set the annotation reconcile.fluxcd.io/requestedAt only: the appliers' fields stay theirs",
      "reason": "Forbidden",
    },
  ],
  "variables": [
    {
      "expression": "oldObject.metadata.?annotations.orValue({})",
      "name": "before",
    },
    {
      "expression": "object.metadata.?annotations.orValue({})",
      "name": "after",
    },
  ],
}
`);
  expect(named('ValidatingAdmissionPolicyBinding', 'cdk-gitops-pipeline-reconcile')!.spec).toEqual({
    policyName: 'cdk-gitops-pipeline-reconcile', validationActions: ['Deny'],
  });
});

test('what has to be ready is among what is applied', () => {
  const applied = objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({ apiVersion, kind, name, namespace }));

  expect(applied).toEqual(expect.arrayContaining(syncObjects()));
});

test('the platform\'s own file keeps its folder in Git', () => {
  const { path, content } = platformFile('acme');

  expect(path).toBe('clusters/acme/platform.yaml');
  expect(parse(content)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'acme-info', namespace: 'flux-system' } });
});

import { parseAllDocuments } from 'yaml';
import { production, staging } from './environments';
import { environmentFilePath, managedFiles } from '../../../src/flux/manifests/environment-files';

const contentOf = (files: { path: string; content: string }[], path: string) => files.find((file) => file.path === path)?.content;

describe('managed files', () => {
  test('an environment promoted by commit is one file', () => {
    const files = managedFiles([production]);

    expect(files.map(({ path }) => path)).toEqual(['clusters/acme/shop-production.yaml']);
    expect(files[0].content).toMatchInlineSnapshot(`
"# managed by GitOpsPipeline; edits are overwritten

apiVersion: v1
kind: Namespace
metadata:
  name: shop-production
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop-production
  namespace: flux-system
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: flux
  namespace: shop-production
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: admin
subjects:
  - kind: ServiceAccount
    name: shop-production
    namespace: flux-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: cdk-gitops-pipeline-rollouts
  namespace: shop-production
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cdk-gitops-pipeline-rollouts
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: cdk-gitops-pipeline:deploy
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop-production
  namespace: flux-system
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
  annotations:
    cdk-gitops-pipeline/released: none
spec:
  interval: 10m
  retryInterval: 30s
  timeout: 5m
  path: ./apps/shop/production
  prune: true
  wait: false
  deletionPolicy: WaitForTermination
  serviceAccountName: shop-production
  targetNamespace: shop-production
  sourceRef:
    kind: GitRepository
    name: infrastructure
  dependsOn:
    - name: infrastructure
      readyExpr: self.metadata.annotations['cdk-gitops-pipeline/released'] != 'none'
"
`);
  });

  test('the value that promotions write is kept', () => {
    const path = ['Kustomization', 'metadata', 'annotations', 'cdk-gitops-pipeline/released'];
    expect(managedFiles([production])[0].keep).toEqual([path]);
  });

  test('an environment that follows tags has a policy and a marker', () => {
    const content = contentOf(managedFiles([staging]), 'clusters/acme/shop-staging.yaml')!;

    expect(content).toContain('    cdk-gitops-pipeline/released: none # {"$imagepolicy": "flux-system:shop-staging:tag"}\n');
    expect(content.split('---\n').pop()).toMatchInlineSnapshot(`
"apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: shop-staging
  namespace: flux-system
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
spec:
  imageRepositoryRef:
    name: shop
  filterTags:
    pattern: ^staging-(?P<ts>[0-9]{17})-[0-9a-f]{8}$
    extract: $ts
  policy:
    alphabetical:
      order: asc
  digestReflectionPolicy: IfNotPresent
"
`);
  });

  test('two environments that follow tags share one image repository', () => {
    const files = managedFiles([staging, { ...staging, environment: 'testing', namespace: 'testing' }, production]);
    const kinds = files.flatMap(({ content }) => parseAllDocuments(content).map((document) => document.get('kind')));

    expect(kinds.filter((kind) => kind === 'ImageRepository')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'ImagePolicy')).toHaveLength(2);
    expect(contentOf(files, 'clusters/acme/shop.image.yaml')).toMatchInlineSnapshot(`
"# managed by GitOpsPipeline; edits are overwritten

apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: shop
  namespace: flux-system
  labels:
    app.kubernetes.io/managed-by: cdk-gitops-pipeline
spec:
  image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/shop
  interval: 1m
  provider: aws
"
`);
  });

  test('no object is named twice, since Flux builds them as one set', () => {
    const files = managedFiles([staging, production, { ...production, environment: 'canary', namespace: 'canary' }]);
    const names = files.flatMap(({ content }) => parseAllDocuments(content).map((document) => {
      const { kind, metadata: { name, namespace } } = document.toJS();
      return `${kind} ${namespace}/${name}`;
    }));

    expect(new Set(names).size).toBe(names.length);
  });

  test('the namespace enforces the restricted Pod Security Standard', () => {
    const [namespace] = parseAllDocuments(managedFiles([staging])[0].content).map((document) => document.toJS());

    expect(namespace.metadata.name).toBe('try-out');
    expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  test('the path of an environment that is gone is known', () => {
    expect(environmentFilePath({ platform: 'acme', application: 'shop', environment: 'old' })).toBe('clusters/acme/shop-old.yaml');
  });
});

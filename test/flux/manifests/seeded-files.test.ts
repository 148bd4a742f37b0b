import { parse } from 'yaml';
import { production, staging } from './environments';
import { seededFiles } from '../../../src/flux/manifests/environment-files';

const contentOf = (files: { path: string; content: string }[], path: string) => files.find((file) => file.path === path)?.content;

describe('seeded files', () => {
  const files = seededFiles([staging, production]);

  test('a base for all and an overlay for each', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'apps/shop/base/kustomization.yaml',
      'apps/shop/base/deployment.yaml',
      'apps/shop/base/service.yaml',
      'apps/shop/staging/kustomization.yaml',
      'apps/shop/production/kustomization.yaml',
    ]);
  });

  test('an overlay promoted by commit', () => {
    expect(contentOf(files, 'apps/shop/production/kustomization.yaml')).toMatchInlineSnapshot(`
"# What this environment changes about ../base. Promotions change the digest, nothing else.

apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../base
images:
  - name: shop
    newName: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/shop
    digest: none
"
`);
  });

  test('an overlay that follows tags has a marker at the digest', () => {
    expect(contentOf(files, 'apps/shop/staging/kustomization.yaml'))
      .toContain('    digest: none # {"$imagepolicy": "flux-system:shop-staging:digest"}\n');
  });

  test('the base lists its own files', () => {
    expect(parse(contentOf(files, 'apps/shop/base/kustomization.yaml')!).resources).toEqual(['deployment.yaml', 'service.yaml']);
  });

  test('the sample deployment', () => {
    expect(contentOf(files, 'apps/shop/base/deployment.yaml')).toMatchInlineSnapshot(`
"# The image's name is replaced by a digest in each environment's overlay.

apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app.kubernetes.io/name: shop
spec:
  replicas: 2
  revisionHistoryLimit: 3
  progressDeadlineSeconds: 300
  selector:
    matchLabels:
      app.kubernetes.io/name: shop
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  template:
    metadata:
      labels:
        app.kubernetes.io/name: shop
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: shop
      containers:
        - name: shop
          image: shop
          env:
            - name: NAMESPACE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 128Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop
  labels:
    app.kubernetes.io/name: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: shop
"
`);
  });

  test('the sample service', () => {
    expect(contentOf(files, 'apps/shop/base/service.yaml')).toMatchInlineSnapshot(`
"# Reachable inside the cluster; put an Ingress or a Gateway route in front to publish it.

apiVersion: v1
kind: Service
metadata:
  name: shop
  labels:
    app.kubernetes.io/name: shop
spec:
  selector:
    app.kubernetes.io/name: shop
  ports:
    - name: http
      port: 80
      targetPort: http
"
`);
  });
});

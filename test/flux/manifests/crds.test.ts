import { parseAllDocuments } from 'yaml';
import { crdFindings } from './crd-validator';
import { production, staging } from './environments';
import { managedFiles } from '../../../src/flux/manifests/environment-files';
import type { KubernetesManifest } from '../../../src/flux/manifests/kubernetes-object';
import { platformObjects } from '../../../src/flux/manifests/platform-objects';

const repositoryUrl = 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/acme-infrastructure';
const manifests = [
  ...platformObjects({ platformName: 'acme', repositoryUrl, imageAutomation: true }),
  ...managedFiles([staging, production])
    .flatMap(({ content }) => parseAllDocuments(content).map((document) => document.toJS() as KubernetesManifest)),
];
const fluxObjects = manifests.filter(({ apiVersion }) => apiVersion.includes('.fluxcd.io/'));

test('every kind of Flux object is emitted and checked', () => {
  expect([...new Set(fluxObjects.map(({ kind }) => kind))].sort()).toEqual([
    'GitRepository', 'ImagePolicy', 'ImageRepository', 'ImageUpdateAutomation', 'Kustomization',
  ]);
});

test.each(fluxObjects.map((object) => [`${object.kind} ${object.metadata.name}`, object]))('%s is what the shipped Flux takes', (_name, object) => {
  expect(crdFindings(object)).toEqual([]);
});

test('a misspelt field, a missing one and a wrong value are findings', () => {
  const kustomization = fluxObjects.find(({ kind }) => kind === 'Kustomization')!;
  const { interval: _interval, ...spec } = kustomization.spec as { interval: string };

  const findings = crdFindings({ ...kustomization, spec: { ...spec, targetNamspace: 'x', deletionPolicy: 'Never' } });

  expect(findings).toHaveLength(3);
  expect(findings!.join()).toMatch(/targetNamspace/);
});

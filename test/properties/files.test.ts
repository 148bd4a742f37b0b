import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { label } from './arbitraries';
import { seed } from './seed';
import { Environment } from '../../src/flux/manifests/environment';
import { managedFiles, seededFiles } from '../../src/flux/manifests/environment-files';
import { platformFile } from '../../src/flux/manifests/platform-file';
import { toYaml } from '../../src/flux/manifests/yaml';

const environments: fc.Arbitrary<Environment[]> = fc.record({
  platform: label(20),
  application: label(30),
  imageRepositoryUri: fc.constant('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/shop'),
  each: fc.uniqueArray(fc.record({ environment: label(20), namespace: label(63), followsTags: fc.boolean() }), {
    minLength: 1, maxLength: 3, selector: ({ environment }) => environment,
  }),
}).map(({ each, ...shared }) => each.map((environment) => ({ ...shared, ...environment })));

/** Kubernetes and kustomize read YAML 1.1, the handlers 1.2. */
function parseBoth(content: string): unknown[] {
  const [old, current] = (['1.1', '1.2'] as const).map((version) => parseAllDocuments(content, { version }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  }));
  expect(old).toEqual(current);
  return current;
}

test('every file reads the same to Kubernetes and to the handlers, and says the names as text, whatever they are', () => {
  fc.assert(fc.property(environments, (given) => {
    const [{ platform, application }] = given;
    for (const { path, content } of [platformFile(platform), ...managedFiles(given), ...seededFiles(given)]) {
      expect(path).toMatch(new RegExp(`^(clusters/${platform}|apps/${application}/[a-z0-9-]+)/[a-z0-9.-]+\\.yaml$`));
      expect(leaves(parseBoth(content)).filter((leaf) => leaf === null)).toEqual([]);
    }
    managedFiles(given).slice(0, given.length).forEach(({ content }, index) => {
      const [namespace, account, flux, , kustomization] = parseBoth(content) as any[];
      const name = `${application}-${given[index].environment}`;
      expect([namespace.metadata.name, flux.metadata.namespace, kustomization.spec.targetNamespace]).toEqual(Array(3).fill(given[index].namespace));
      expect([account.metadata.name, kustomization.metadata.name, kustomization.spec.serviceAccountName]).toEqual(Array(3).fill(name));
    });
    const [, deployment, service, ...overlays] = seededFiles(given).map(({ content }) => parseBoth(content) as any[]);
    const [{ image }] = deployment[0].spec.template.spec.containers;
    expect([deployment[0].metadata.name, image, service[0].metadata.name]).toEqual(Array(3).fill(application));
    expect(overlays.map(([{ images }]) => images))
      .toEqual(given.map(({ imageRepositoryUri }) => [{ name: application, newName: imageRepositoryUri, digest: 'none' }]));
  }), { numRuns: 120, seed });
});

test('no two files of an application have one path', () => {
  fc.assert(fc.property(environments, (given) => {
    const paths = [platformFile(given[0].platform), ...managedFiles(given), ...seededFiles(given)].map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  }), { numRuns: 120, seed });
});

test('any text is that text again', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (data) => {
    expect(parseBoth(toYaml([{ data }]))).toEqual([{ data }]);
  }), { numRuns: 300, seed });
});

function leaves(value: unknown): unknown[] {
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : [value];
}

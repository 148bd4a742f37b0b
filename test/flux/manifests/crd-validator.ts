import Ajv, { type ValidateFunction } from 'ajv';
import install from '../../../src/flux/install/flux.json';
import type { KubernetesManifest } from '../../../src/flux/manifests/kubernetes-object';

interface Schema { [key: string]: any }

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const validators = new Map<string, ValidateFunction>();

for (const { spec } of (install as Schema[]).filter(({ kind }) => kind === 'CustomResourceDefinition')) {
  for (const version of spec.versions.filter(({ served }: Schema) => served)) {
    validators.set(`${spec.group}/${version.name} ${spec.names.kind}`, ajv.compile(closed(version.schema.openAPIV3Schema)));
  }
}

/** What the custom resource definitions of the shipped Flux say against an object; undefined where they do not know its kind. */
export function crdFindings(manifest: KubernetesManifest): string[] | undefined {
  const validate = validators.get(`${manifest.apiVersion} ${manifest.kind}`);
  if (!validate) { return undefined; }
  const { name, namespace, labels, annotations, ...unknown } = manifest.metadata;
  validate({ ...manifest, metadata: {} });
  return [
    ...(validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`),
    ...Object.keys(unknown).map((key) => `metadata.${key} is not expected`),
  ];
}

/** Kubernetes drops fields that a schema does not know, or refuses them; here they are findings. */
function closed(schema: Schema): Schema {
  const properties = schema.properties && Object.fromEntries(Object.entries<Schema>(schema.properties).map(([key, value]) => [key, closed(value)]));
  return {
    ...schema,
    ...(properties && { properties }),
    ...(properties && !schema['x-kubernetes-preserve-unknown-fields'] && { additionalProperties: false }),
    ...(schema.items && { items: closed(schema.items) }),
    ...(typeof schema.additionalProperties === 'object' && { additionalProperties: closed(schema.additionalProperties) }),
  };
}

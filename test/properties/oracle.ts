import { ApplicationSpec, EnvironmentSpec, PlatformSpec, RegionSpec, TOKEN } from './specs';
import { nameFromId } from '../../src/private/names';

/** What an application's verdict depends on beside itself. */
export interface ApplicationContext {
  readonly platformName: string;
  readonly region: RegionSpec;
}

/** The names of all props at fault, found without the code under test: any of them may be the one that the message names. */
export function applicationFaults(spec: ApplicationSpec, { platformName, region }: ApplicationContext): Set<string> {
  const faults = new Set<string>();
  const blame = (prop: string, when: boolean) => when && faults.add(prop);
  const name = spec.applicationName ?? nameFromId(spec.id);
  const environments = spec.environments ?? [{ environmentName: 'production' }];

  blame('applicationName', !isLabel(name, 30) || name === 'infrastructure');
  blame('environments', environments.length === 0 || 2 + environments.length + environments.filter(({ approval }) => approval).length > 50);
  environments.flatMap((environment) => environmentFaults(name, environment)).forEach((prop) => faults.add(prop));
  blame('environmentName', repeats(environments.map(({ environmentName }) => environmentName)));
  blame('namespace', repeats(environments.map((environment) => namespaceOf(name, environment))));
  blame('branch', !isBranch(spec.branch ?? 'main'));
  // an action of another region is of another stack to the CDK, also where the stack's own is not known
  blame('applicationRepository', spec.applicationRepository === 'elsewhere' || spec.applicationRepository === 'infrastructure');
  blame('imageRepository', spec.imageRepository === 'elsewhere' && region !== undefined);
  blame('promotion', environments.some(({ promotion }) => promotion === 'tag') && !followable(spec, platformName));
  blame('removedEnvironments', (spec.removedEnvironments ?? []).some((removed) => (
    !isLabel(removed, 20) || environments.some(({ environmentName }) => environmentName === removed))));
  blame('removalPolicy', spec.removalPolicy === 'SNAPSHOT');
  blame('dockerfile', !isPath(spec.dockerfile ?? 'Dockerfile'));
  blame('buildContext', !isPath(spec.buildContext ?? '.'));
  blame('testTarget', !/^[A-Za-z0-9]?$|^[A-Za-z0-9][A-Za-z0-9_.-]+$/.test(spec.testTarget ?? 'test') || (spec.testTarget ?? '').includes('\n'));
  blame('testReportsPath', !isPath((spec.testReportsPath ?? '/reports').replace(/^\//, '')));
  blame('buildComputeType', (spec.buildComputeType ?? '').startsWith('LAMBDA'));
  blame('buildTimeout', !inRange(spec.buildTimeout, 5, 2160, 60_000));
  return faults;
}

function environmentFaults(applicationName: string, spec: EnvironmentSpec): string[] {
  const namespace = namespaceOf(applicationName, spec);
  return [
    ...(isLabel(spec.environmentName, 20) && !['build', 'base', 'source', 'constructor'].includes(spec.environmentName)
      && !spec.environmentName.startsWith('approve-')
      && !`${applicationName}-${spec.environmentName}`.endsWith('-controller') ? [] : ['environmentName']),
    ...(isLabel(namespace, 63) && !['default', 'flux-system'].includes(namespace) && !namespace.startsWith('kube-') ? [] : ['namespace']),
    ...(spec.approval && spec.promotion === 'tag' ? ['promotion'] : []),
    ...(spec.topic && !spec.approval ? ['approvalTopic'] : []),
    ...(inRange(spec.rolloutTimeout, 60, 43_200, 1000) ? [] : ['rolloutTimeout']),
  ];
}

/** The names of all of the platform's props at fault. */
export function platformFaults(spec: PlatformSpec, region: RegionSpec): Set<string> {
  const faults = new Set<string>();
  const blame = (prop: string, when: boolean) => when && faults.add(prop);
  const abroad = (value?: string) => value === 'elsewhere' && region !== undefined;
  const fresh = ['kubernetesVersion', 'endpointAccess', 'deletionProtection', 'instanceTypes', 'minNodes', 'maxNodes'] as const;

  blame('platformName', !isLabel(platformNameOf(spec), 20));
  blame('key', abroad(spec.key));
  blame('artifactBucket', abroad(spec.artifactBucket));
  blame('infrastructureRepository', abroad(spec.infrastructureRepository));
  blame('removalPolicy', spec.removalPolicy === 'SNAPSHOT');
  if (spec.cluster) {
    const useless = fresh.filter((prop) => spec[prop] !== undefined);
    blame(useless.join(', '), useless.length > 0);
    blame('cluster', Array.isArray(spec.cluster) && spec.cluster.some((attribute) => attribute !== 'vpc' || !spec.vpc));
    blame('vpc', spec.vpc === 'public' || spec.vpc === 'isolated');
    return faults;
  }
  blame('vpc', ['public', 'isolated', 'oneZone'].includes(spec.vpc!));
  blame('kubernetesVersion', !['1.34', '1.35', '1.36', TOKEN, undefined].includes(spec.kubernetesVersion));
  blame('instanceTypes', spec.instanceTypes?.length === 0 || spec.instanceTypes!?.length > 20
    || !(spec.instanceTypes ?? []).every((type) => /^[a-z0-9]+\.[a-z0-9]+$/.test(type) && fits(type, spec.architecture ?? 'arm64')));
  const min = spec.minNodes ?? 2;
  const max = spec.maxNodes ?? Math.max(4, min);
  blame('minNodes and maxNodes', ![min, max].every(Number.isInteger) || min < 1 || min > max || max > 450);
  return faults;
}

/** What two applications of one platform would both have. */
export function sharedNames(specs: { applicationName: string; environments: EnvironmentSpec[] }[]): string[] {
  const all = (of: (name: string, environment: EnvironmentSpec) => string) => specs
    .flatMap(({ applicationName, environments }) => [...new Set(environments.map((environment) => of(applicationName, environment)))]);
  return [
    ...(repeats(specs.map(({ applicationName }) => applicationName)) ? ['applicationName'] : []),
    ...(repeats(all((name, { environmentName }) => `${name}-${environmentName}`)) ? ['environmentName'] : []),
    ...(repeats(all(namespaceOf)) ? ['namespace'] : []),
  ];
}

/** The platform's name as the spec says it. */
export function platformNameOf(spec: PlatformSpec): string {
  return spec.platformName ?? nameFromId(spec.id);
}

/** The namespace as the spec says it. */
export function namespaceOf(applicationName: string, spec: EnvironmentSpec): string {
  return spec.namespace ?? `${applicationName}-${spec.environmentName}`;
}

/** Whether Flux may read the image repository. */
function followable({ imageRepository }: ApplicationSpec, platformName: string): boolean {
  return imageRepository === undefined || imageRepository.endsWith('Prefixed') || imageRepository === 'elsewhere' && platformName !== '';
}

/** AMIs for GPUs are others than those that the nodes get. */
function fits(type: string, architecture: string): boolean {
  return { arm64: ['m7g.large', 'c7g.xlarge'], amd64: ['m6i.large', 'c5.large'] }[architecture]!.includes(type);
}

function inRange(value: number | typeof TOKEN | undefined, min: number, max: number, unit: number): boolean {
  return value === undefined || value !== TOKEN && value % unit === 0 && value >= min * unit && value <= max * unit;
}

function isLabel(name: string, maxLength: number): boolean {
  const parts = name.split('-');
  return name.length <= maxLength && parts.every((part) => /^[a-z0-9]+$/.test(part) && !part.includes('\n')) && /^[a-z]/.test(name);
}

/** As `git check-ref-format` says, without the characters that every shell would need quoted. */
function isBranch(name: string): boolean {
  return name.length >= 1 && name.length <= 256 && [...name].every((character) => /[A-Za-z0-9._/-]/.test(character))
    && !name.startsWith('-') && !name.includes('..') && !name.endsWith('.')
    && name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

function isPath(path: string): boolean {
  return path.length >= 1 && path.length <= 255 && path !== TOKEN && !/^[-/]/.test(path) && !path.split('/').includes('..')
    // eslint-disable-next-line no-control-regex
    && !/[\u0000-\u001f\u007f:]/.test(path);
}

function repeats(values: string[]): boolean {
  return new Set(values).size < values.length;
}

import * as fc from 'fast-check';
import { ApplicationSpec, ClusterAttribute, EnvironmentSpec, PlatformSpec, RegionSpec, TOKEN } from './specs';

type Milliseconds = number | typeof TOKEN;

const INVALID_WEIGHT = 1;

/** Mostly one, sometimes the other: with many props, more than a few invalid ones would leave no valid case. */
function mostly<T>(valid: fc.Arbitrary<T>, invalid: fc.Arbitrary<T>, weight = 24): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: valid, weight }, { arbitrary: invalid, weight: INVALID_WEIGHT });
}

/** Names that other rules than ours trip over: YAML 1.1's other spellings of true and false, and what every object has. */
const TREACHEROUS = ['no', 'on', 'off', 'yes', 'y', 'n', 'null', 'true', 'false', 'constructor', 'tostring', 'e1', 'x0', 'inf', 'nan'];

/** A name that is allowed. */
export function label(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constantFrom('shop', 'web', 'a', 'a-b', 'b', 'source', 'kustomize', 'image-reflector'), weight: 4 },
    { arbitrary: fc.constantFrom(...TREACHEROUS), weight: 2 },
    { arbitrary: fc.stringMatching(new RegExp(`^[a-z](-?[a-z0-9]){0,${Math.floor((maxLength - 1) / 2)}}$`)), weight: 2 },
    { arbitrary: fc.constantFrom('x'.repeat(maxLength), `${'a-'.repeat(maxLength).slice(0, maxLength - 1)}z`.replace('--', '-x')), weight: 1 },
  ).filter((name) => name.length <= maxLength);
}

/** Whatever a shell, YAML, JSON, a template language, a path or a file system could take for something else. */
export const HOSTILE = [
  '$(reboot)', '`reboot`', '"; reboot; "', '\'; reboot; \'', '${HOME}', '$HOME', '#{x}', '{{ .x }}', '..', '../../etc', '/', 'a/b', '-rf', '--', '\\', '\n',
  'a\nb: c', ': ', '- a', '&a', '*a', '!!js', '%s', '\u0000', 'a b', ' ', 'ö', '日本', '🚀', 'a\u202Eb', '|', '>', '{a: b}', '[a]', '#', '~', 'a\tb', '\r\n',
];

function brokenName(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(TOKEN, '', 'Shop', '2nd', '-a', 'a-', 'a--b', 'a_b', 'a.b', 'a'.repeat(maxLength + 1), 'a'.repeat(5000), ...HOSTILE),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
}

const name = (maxLength: number) => mostly(label(maxLength), brokenName(maxLength));

/** Any subset of the props. */
function some<T>(required: { [K in keyof T]?: fc.Arbitrary<T[K]> }, optional: { [K in keyof T]?: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record({ ...required, ...optional } as any, { requiredKeys: Object.keys(required) as any }) as fc.Arbitrary<T>;
}

const removalPolicy = mostly(fc.constantFrom('DESTROY', 'RETAIN', 'RETAIN_ON_UPDATE_OR_DELETE'), fc.constant('SNAPSHOT'));

const environment: fc.Arbitrary<EnvironmentSpec> = some<EnvironmentSpec>({
  environmentName: mostly(
    fc.oneof(fc.constantFrom('c', 'b-c', 'staging', 'production'), label(20)),
    fc.oneof(fc.constantFrom('build', 'base', 'source', 'approve-c', 'controller'), brokenName(20)),
    40,
  ),
}, {
  namespace: mostly(label(63), fc.oneof(brokenName(63), fc.constantFrom('default', 'kube-system', 'flux-system', 'kube-mine')), 30),
  approval: fc.boolean(),
  promotion: mostly(fc.constant('commit'), fc.constant('tag'), 3),
  topic: mostly(fc.constant(false), fc.constant(true), 12),
  rolloutTimeout: mostly(
    fc.integer({ min: 60, max: 43_200 }).map<Milliseconds>((seconds) => seconds * 1000),
    fc.constantFrom<Milliseconds>(TOKEN, 0, 59_999, 43_200_001, 90_500),
  ),
});

/** In some cases as many as a pipeline takes, and more. */
const environments: fc.Arbitrary<EnvironmentSpec[]> = fc.oneof(
  { arbitrary: fc.array(environment, { minLength: 1, maxLength: 4 }), weight: 30 },
  { arbitrary: fc.constant<EnvironmentSpec[]>([]), weight: 1 },
  {
    arbitrary: fc.record({ count: fc.integer({ min: 20, max: 52 }), approval: fc.boolean(), promotion: fc.constantFrom('commit' as const, 'tag' as const) })
      .map(({ count, approval, promotion }): EnvironmentSpec[] => Array.from({ length: count }, (_, index) => (
        { environmentName: `environment-${String(index).padStart(8, '0')}`, approval, promotion: approval ? 'commit' : promotion }
      ))),
    weight: 2,
  },
);

const path = (valid: string[]) => mostly(fc.constantFrom(...valid), fc.oneof(fc.constantFrom('', TOKEN, ...HOSTILE), fc.string({ unit: 'binary', maxLength: 40 })), 20);

/** One application. */
export const application: fc.Arbitrary<ApplicationSpec> = some<ApplicationSpec>({
  id: fc.constantFrom('Shop', 'MyWebShop', 'web', '2nd', '日本', 'X'.repeat(40), 'a_b.c'),
}, {
  applicationName: mostly(label(30), fc.oneof(brokenName(30), fc.constant('infrastructure')), 30),
  applicationRepository: mostly(fc.constantFrom('new', 'named', 'token'), fc.constantFrom('elsewhere', 'infrastructure')),
  branch: mostly(
    fc.constantFrom('main', 'release/1.0', 'a.b-c_d', 'feature/x'),
    fc.constantFrom(TOKEN, '', '/a', 'a/', 'a//b', 'a..b', '.a', 'a.lock', 'a.lock/b', 'a/.b', '-a', '@', 'a@{1}', 'refs?', 'a'.repeat(257), ...HOSTILE), 12),
  imageRepository: mostly(fc.constantFrom('new', 'named', 'token', 'newPrefixed', 'namedPrefixed', 'newLong', 'namedLong'), fc.constant('elsewhere')),
  environments,
  removedEnvironments: fc.array(name(20), { maxLength: 3 }),
  removalPolicy,
  dockerfile: path(['Dockerfile', 'docker/Dockerfile.prod', 'a b/Dockerfile']),
  buildContext: path(['.', 'src', 'a b', './x/y']),
  testTarget: path(['test', 'unit_test', 'Test-1', '']),
  testReportsPath: path(['/reports', '/a/b.c', 'reports']),
  buildComputeType: mostly(fc.constantFrom('SMALL', 'LARGE'), fc.constantFrom('MEDIUM', 'X_LARGE', 'X2_LARGE', 'LAMBDA_1GB', 'LAMBDA_10GB'), 4),
  buildTimeout: mostly(
    fc.integer({ min: 5, max: 2160 }).map<Milliseconds>((minutes) => minutes * 60_000),
    fc.constantFrom<Milliseconds>(TOKEN, 0, 299_000, 301_000, 129_660_000),
  ),
});

const attributes: fc.Arbitrary<ClusterAttribute[]> = mostly(
  fc.constant<ClusterAttribute[]>([]),
  fc.subarray<ClusterAttribute>(['vpc', 'clusterEndpoint', 'clusterCertificateAuthorityData', 'clusterSecurityGroupId'], { minLength: 1 }),
  2,
);

/** What a cluster is brought with, and what a new one is like. */
const broughtCluster = { cluster: fc.oneof({ arbitrary: fc.constant('new' as const), weight: 1 }, { arbitrary: attributes, weight: 3 }) };
const newCluster = {
  kubernetesVersion: mostly(fc.constantFrom('1.34', '1.35', '1.36', TOKEN), fc.constantFrom('1.33', '1.37', '', '1.36.1', 'latest', '1.36\n')),
  endpointAccess: fc.constantFrom('public' as const, 'private' as const, 'both' as const),
  deletionProtection: fc.boolean(),
  instanceTypes: mostly(
    fc.subarray(['m7g.large', 'c7g.xlarge', 'm6i.large', 'c5.large'], { minLength: 1, maxLength: 2 }),
    fc.constantFrom([], [TOKEN], ['nonsense'], ['g4dn.xlarge'], ['g5g.xlarge'], ['mac1.metal'], [''], Array.from({ length: 21 }, () => 'm7g.large')),
    6,
  ),
  minNodes: mostly(fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, -1, 1.5, NaN, Infinity, 451)),
  maxNodes: mostly(fc.integer({ min: 3, max: 450 }), fc.constantFrom(0, -1, 2.5, NaN, Infinity, 451)),
};

function platformWith(cluster: object): fc.Arbitrary<PlatformSpec> {
  return some<PlatformSpec>({
    id: fc.constantFrom('Shop', 'MyShop', 'Platform', '日本', 'X'.repeat(30)),
  }, {
    platformName: name(20),
    vpc: mostly(fc.constantFrom('new', 'imported'), fc.constantFrom('public', 'isolated', 'oneZone'), 8),
    architecture: fc.constantFrom('arm64', 'amd64'),
    key: mostly(fc.constantFrom('new', 'named'), fc.constant('elsewhere')),
    artifactBucket: mostly(fc.constantFrom('new', 'named'), fc.constant('elsewhere')),
    infrastructureRepository: mostly(fc.constantFrom('new', 'named', 'token'), fc.constant('elsewhere')),
    imageAutomation: fc.boolean(),
    removalPolicy,
    ...cluster,
  });
}

/** One platform, mostly without props for a new cluster where a cluster is brought along. */
export const platform: fc.Arbitrary<PlatformSpec> = fc.oneof(
  { arbitrary: platformWith(broughtCluster), weight: 10 },
  { arbitrary: platformWith(newCluster), weight: 10 },
  { arbitrary: platformWith({ ...broughtCluster, ...newCluster }), weight: 1 },
);

/** Where the stack is deployed. */
export const region: fc.Arbitrary<RegionSpec> = fc.constantFrom(undefined, 'eu-west-1', 'cn-north-1', 'us-gov-west-1');

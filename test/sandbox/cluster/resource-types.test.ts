import { EksState } from '../../../sandbox/cluster/eks-state';
import type { NodeGroup } from '../../../sandbox/cluster/node-group';
import { eksResourceTypes } from '../../../sandbox/cluster/resource-types';

const ROLE = 'arn:aws:iam::111122223333:role/deploy';
const CLUSTER_ADMIN = { PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy', AccessScope: { Type: 'cluster' } };

let state: EksState;
let nodes: NodeGroup[];
let create: (type: string, props: object) => Promise<{ id: string; attributes?: Record<string, any> }>;
let types: ReturnType<typeof eksResourceTypes>;

beforeEach(() => {
  state = new EksState();
  nodes = [];
  types = eksResourceTypes(state, { endpoint: 'https://127.0.0.1:6443', certificateAuthority: 'PEM' }, {
    addNodes: async group => { nodes.push(group); },
    removeNodes: async group => { nodes.splice(nodes.indexOf(group), 1); },
  });
  create = async (type, props) => types[`AWS::EKS::${type}`].create('Logical', props, 'Shop');
});

describe('AWS::EKS::Cluster', () => {
  test('says where the running cluster is', async () => {
    const { id, attributes } = await create('Cluster', { Name: 'shop', Version: '1.36' });
    expect(id).toBe('shop');
    expect(attributes).toMatchObject({
      Arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop', Endpoint: 'https://127.0.0.1:6443', CertificateAuthorityData: Buffer.from('PEM').toString('base64'),
    });
    expect(state.clusterName).toBe('shop');
  });

  test('gets a name as CloudFormation gives one', async () => {
    await expect(create('Cluster', {})).resolves.toMatchObject({ id: expect.stringMatching(/^Shop-Logical-[0-9a-f]{12}$/) });
  });

  test('fails for another Kubernetes version', async () => {
    await expect(create('Cluster', { Version: '1.35' })).rejects.toThrow('asks for Kubernetes 1.35: the sandbox runs 1.36');
  });

  test('fails for a second one', async () => {
    await create('Cluster', { Name: 'shop' });
    await expect(create('Cluster', { Name: 'other' })).rejects.toThrow('the sandbox has one cluster, and it is shop');
  });
});

describe('AWS::EKS::Nodegroup', () => {
  test('brings nodes up and takes them away', async () => {
    const { id } = await create('Nodegroup', {
      ClusterName: 'shop', NodegroupName: 'workers', NodeRole: 'arn:node', InstanceTypes: ['m7g.large', 'm6g.large'], AmiType: 'AL2023_ARM_64_STANDARD', ScalingConfig: { DesiredSize: 3 },
    });
    expect(id).toBe('shop/workers');
    expect(nodes).toEqual([{ name: 'workers', roleArn: 'arn:node', instanceType: 'm7g.large', architecture: 'arm64', size: 3, labels: {} }]);

    await types['AWS::EKS::Nodegroup'].delete(id, {});
    expect(nodes).toEqual([]);
  });
});

describe('AWS::EKS::AccessEntry', () => {
  test('gives a role its groups, and takes them away', async () => {
    const { id } = await create('AccessEntry', { ClusterName: 'shop', PrincipalArn: ROLE, KubernetesGroups: ['deployers'], AccessPolicies: [CLUSTER_ADMIN] });
    expect(state.accessEntries.get(ROLE)).toEqual({ username: ROLE, groups: ['deployers', 'system:masters'] });

    await types['AWS::EKS::AccessEntry'].delete(id, {});
    expect(state.accessEntries.size).toBe(0);
  });

  test('fails for a group that is reserved', async () => {
    await expect(create('AccessEntry', { PrincipalArn: ROLE, KubernetesGroups: ['system:masters'] })).rejects.toThrow('group system:masters: names must not start with system:');
  });

  test('fails for an access policy that the sandbox does not know', async () => {
    const policy = { ...CLUSTER_ADMIN, AccessScope: { Type: 'namespace', Namespaces: ['a'] } };
    await expect(create('AccessEntry', { PrincipalArn: ROLE, AccessPolicies: [policy] })).rejects.toThrow('AmazonEKSClusterAdminPolicy with scope namespace');
  });

  test('fails for a role that has one', async () => {
    await create('AccessEntry', { PrincipalArn: ROLE });
    await expect(create('AccessEntry', { PrincipalArn: ROLE })).rejects.toThrow('already in use on this cluster');
  });
});

test('AWS::EKS::PodIdentityAssociation gives a service account its role, until it is deleted', async () => {
  const { id } = await create('PodIdentityAssociation', { ClusterName: 'shop', Namespace: 'flux-system', ServiceAccount: 'source-controller', RoleArn: ROLE });
  expect(id).toMatch(/^arn:aws:eks:eu-west-1:111122223333:podidentityassociation\/shop\/a-[0-9a-f]{17}$/);
  expect(state.podIdentityOf('flux-system', 'source-controller')).toBe(ROLE);
  expect(state.podIdentityOf('default', 'source-controller')).toBeUndefined();

  await types['AWS::EKS::PodIdentityAssociation'].delete(id, {});
  expect(state.podIdentityOf('flux-system', 'source-controller')).toBeUndefined();
});

test('AWS::EKS::Addon is there until it is deleted', async () => {
  const { id } = await create('Addon', { ClusterName: 'shop', AddonName: 'eks-pod-identity-agent' });
  expect(state.addons.has('eks-pod-identity-agent')).toBe(true);
  await types['AWS::EKS::Addon'].delete(id, {});
  expect(state.addons.size).toBe(0);
});

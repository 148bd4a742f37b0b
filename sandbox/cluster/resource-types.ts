import { randomBytes, randomUUID } from 'node:crypto';
import { EksState, toAccessEntry } from './eks-state';
import { ApiServer } from './kubeconfig';
import { NodeGroup, toNodeGroup } from './node-group';
import { ACCOUNT, arn, REGION } from '../account/constants';
import type { Resource, ResourceType } from '../account/contracts';

/** What the EKS resources of a template do to the cluster that runs */
export interface EksActions {
  addNodes(group: NodeGroup): Promise<void>;
  removeNodes(group: NodeGroup): Promise<void>;
}

const VERSION = '1.36';
const OIDC_ID = randomBytes(16).toString('hex').toUpperCase();

/** The CloudFormation types of EKS that the emulated account lacks, by name */
export function eksResourceTypes(state: EksState, server: ApiServer, actions: EksActions): Record<string, ResourceType> {
  return {
    'AWS::EKS::Cluster': clusterType(state, server),
    'AWS::EKS::Nodegroup': nodeGroupType(actions),
    'AWS::EKS::Addon': addonType(state),
    'AWS::EKS::AccessEntry': accessEntryType(state),
    'AWS::EKS::PodIdentityAssociation': podIdentityType(state),
  };
}

function clusterType(state: EksState, server: ApiServer): ResourceType {
  const describe = (name: string, props: any): Resource => ({
    id: name,
    attributes: {
      'Id': name,
      'Arn': arn('eks', `cluster/${name}`),
      'Endpoint': server.endpoint,
      'CertificateAuthorityData': Buffer.from(server.certificateAuthority).toString('base64'),
      'ClusterSecurityGroupId': 'sg-0123456789abcdef0',
      'ClusterSecurityGroup': 'sg-0123456789abcdef0',
      'OpenIdConnectIssuerUrl': `https://oidc.eks.${REGION}.amazonaws.com/id/${OIDC_ID}`,
      'EncryptionConfigKeyArn': props.EncryptionConfig?.[0]?.Provider?.KeyArn ?? '',
      'KubernetesNetworkConfig.ServiceIpv4Cidr': '172.20.0.0/16',
      'KubernetesNetworkConfig.ServiceIpv6Cidr': '',
    },
  });
  const check = (props: any) => {
    if (props.Version !== undefined && String(props.Version) !== VERSION) {
      throw new Error(`AWS::EKS::Cluster asks for Kubernetes ${props.Version}: the sandbox runs ${VERSION}.`);
    }
  };
  return {
    create: async (logicalId, props, stack) => {
      check(props);
      if (state.clusterName) throw new Error(`AWS::EKS::Cluster ${logicalId}: the sandbox has one cluster, and it is ${state.clusterName}.`);
      state.clusterName = props.Name ?? uniqueName(stack, logicalId);
      return describe(state.clusterName!, props);
    },
    update: async (id, oldProps, props) => {
      check(props);
      if (props.Name !== oldProps.Name) throw new Error(`AWS::EKS::Cluster ${id} cannot be renamed to ${props.Name}: the sandbox has one cluster.`);
      return describe(id, props);
    },
    delete: async () => {
      state.clusterName = undefined; // its tokens are worth nothing any more
    },
  };
}

function nodeGroupType(actions: EksActions): ResourceType {
  const groups = new Map<string, NodeGroup>();
  const describe = (id: string, props: any): Resource => {
    const name = id.split('/')[1];
    const attributes = { Id: id, Arn: arn('eks', `nodegroup/${id}/${randomUUID()}`), ClusterName: props.ClusterName, NodegroupName: name };
    return { id, attributes };
  };
  return {
    create: async (logicalId, props, stack) => {
      const name = props.NodegroupName ?? uniqueName(stack, logicalId);
      const group = toNodeGroup(name, props);
      await actions.addNodes(group);
      groups.set(`${props.ClusterName}/${name}`, group);
      return describe(`${props.ClusterName}/${name}`, props);
    },
    update: async (id, _oldProps, props) => describe(id, props), // nodes of another size or type would show nothing
    delete: async id => {
      const group = groups.get(id);
      if (group) await actions.removeNodes(group);
      groups.delete(id);
    },
  };
}

function addonType(state: EksState): ResourceType {
  const describe = async (props: any): Promise<Resource> => {
    state.addons.add(props.AddonName);
    const attributes = { Arn: arn('eks', `addon/${props.ClusterName}/${props.AddonName}/${randomUUID()}`) };
    return { id: `${props.ClusterName}|${props.AddonName}`, attributes };
  };
  return {
    create: async (_logicalId, props) => describe(props),
    update: async (_id, _oldProps, props) => describe(props),
    delete: async id => {
      state.addons.delete(id.split('|')[1]);
    },
  };
}

function accessEntryType(state: EksState): ResourceType {
  const put = (props: any): Resource => {
    state.accessEntries.set(props.PrincipalArn, toAccessEntry(props));
    const role = props.PrincipalArn.split(':role/')[1];
    const attributes = { AccessEntryArn: arn('eks', `access-entry/${props.ClusterName}/role/${ACCOUNT}/${role}/${randomUUID()}`) };
    return { id: `${props.PrincipalArn}|${props.ClusterName}`, attributes };
  };
  return {
    create: async (_logicalId, props) => {
      if (state.accessEntries.has(props.PrincipalArn)) {
        throw new Error(`ResourceInUseException: the specified access entry resource is already in use on this cluster: ${props.PrincipalArn}`);
      }
      return put(props);
    },
    update: async (_id, _oldProps, props) => put(props),
    delete: async id => {
      state.accessEntries.delete(id.split('|')[0]);
    },
  };
}

function podIdentityType(state: EksState): ResourceType {
  const serviceAccounts = new Map<string, string>();
  const put = (id: string, props: any): Resource => {
    const serviceAccount = `${props.Namespace}/${props.ServiceAccount}`;
    serviceAccounts.set(id, serviceAccount);
    state.podIdentities.set(serviceAccount, props.RoleArn);
    return { id, attributes: { AssociationArn: id, AssociationId: id.split('/').at(-1), ExternalId: '' } };
  };
  return {
    create: async (_logicalId, props) => {
      const serviceAccount = `${props.Namespace}/${props.ServiceAccount}`;
      if (state.podIdentities.has(serviceAccount)) throw new Error(`ResourceInUseException: Association already exists: ${serviceAccount}`);
      return put(arn('eks', `podidentityassociation/${props.ClusterName}/a-${randomBytes(9).toString('hex').slice(0, 17)}`), props);
    },
    update: async (id, _oldProps, props) => put(id, props),
    delete: async id => {
      state.podIdentities.delete(serviceAccounts.get(id) ?? '');
      serviceAccounts.delete(id);
    },
  };
}

/** As CloudFormation names what a template leaves unnamed. */
function uniqueName(stack: string, logicalId: string): string {
  return `${stack}-${logicalId}-${randomBytes(6).toString('hex')}`.slice(-60).replace(/^-+/, '');
}

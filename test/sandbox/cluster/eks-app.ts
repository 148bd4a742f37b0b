import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';

/** A stack with one of each EKS resource that the sandbox plays, and a repository for an image; returns the assembly's folder. */
export function synthesizeEksApp(outdir: string): string {
  const app = new App({ outdir, context: { '@aws-cdk/core:validation': false } });
  const stack = new Stack(app, 'Eks', { env: { account: '111122223333', region: 'eu-west-1' } });
  const role = (name: string, service: string) => new iam.Role(stack, name, { roleName: name, assumedBy: new iam.ServicePrincipal(service) });

  const repository = new ecr.Repository(stack, 'Images', { repositoryName: 'shop/shop', removalPolicy: RemovalPolicy.DESTROY });
  (repository.node.defaultChild as ecr.CfnRepository).emptyOnDelete = true;
  const node = role('node', 'ec2.amazonaws.com');
  repository.grantPull(node);
  repository.grantPullPush(role('pusher', 'codebuild.amazonaws.com'));

  const cluster = new eks.CfnCluster(stack, 'Cluster', {
    name: 'shop', version: '1.36', roleArn: role('cluster', 'eks.amazonaws.com').roleArn, resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] },
  });
  const clusterName = cluster.ref;
  new eks.CfnNodegroup(stack, 'Nodes', { clusterName, nodeRole: node.roleArn, subnets: ['subnet-1'], scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 1 } });
  new eks.CfnAddon(stack, 'Agent', { clusterName, addonName: 'eks-pod-identity-agent' });
  new eks.CfnAccessEntry(stack, 'Access', { clusterName, principalArn: role('reader', 'lambda.amazonaws.com').roleArn, kubernetesGroups: ['readers'] });
  new eks.CfnPodIdentityAssociation(stack, 'Identity', {
    clusterName, namespace: 'flux-system', serviceAccount: 'source-controller', roleArn: role('source', 'pods.eks.amazonaws.com').roleArn,
  });
  return app.synth().directory;
}

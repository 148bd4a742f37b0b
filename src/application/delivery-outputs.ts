import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Application } from './application';
import type { IGitOpsPlatform } from '../platform/gitops-platform-ref';

/** What the outputs lead to. */
export interface DeliveryOutputsProps {
  readonly platform: IGitOpsPlatform;
  readonly application: Application;
}

/** Where to push, where to look, and how to reach the cluster, as outputs of the stack. */
export class DeliveryOutputs extends Construct {
  public constructor(scope: Construct, id: string, { platform, application }: DeliveryOutputsProps) {
    super(scope, id);
    const { region, partition } = Stack.of(this);
    const console = partition === 'aws-cn' ? 'amazonaws.cn' : 'aws.amazon.com';
    new CfnOutput(this, 'ApplicationRepository', {
      description: 'Push here to deliver',
      value: application.applicationRepository.repositoryCloneUrlGrc,
    });
    new CfnOutput(this, 'InfrastructureRepository', {
      description: 'What runs, and its history',
      value: platform.infrastructureRepository.repositoryCloneUrlGrc,
    });
    new CfnOutput(this, 'Pipeline', {
      description: 'Watch a commit on its way',
      value: `https://${region}.console.${console}/codesuite/codepipeline/pipelines/${application.pipeline.pipelineName}/view`,
    });
    new CfnOutput(this, 'Kubeconfig', {
      description: 'Reach the cluster, from inside its network',
      value: `aws eks update-kubeconfig --region ${region} --name ${platform.cluster.clusterName}`,
    });
  }
}

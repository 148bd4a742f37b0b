import { Duration } from 'aws-cdk-lib';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { handlerOptions } from '../../cluster/handler-function';
import { INFRASTRUCTURE_BRANCH } from '../../flux/manifests/names';
import { acknowledge } from '../../private/acknowledge';
import { ANSWERS_CLOUDFORMATION, control } from '../../private/acknowledge-findings';
import { onBranch } from '../../private/branch-condition';
import { RepositoryFilesFunction } from '../../source/repository-files-function';

/** The function behind every RepositoryFiles of a platform, with rights on one repository. */
export class FileWriter extends Construct {
  public readonly serviceToken: string;

  public constructor(scope: Construct, id: string, infrastructureRepository: codecommit.IRepository) {
    super(scope, id);
    const { role, ...options } = handlerOptions(this);
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['codecommit:CreateCommit'],
      resources: [infrastructureRepository.repositoryArn],
      conditions: onBranch(INFRASTRUCTURE_BRANCH),
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['codecommit:GetBranch', 'codecommit:GetFile', 'codecommit:GetFolder'],
      resources: [infrastructureRepository.repositoryArn],
    }));
    const writer = new RepositoryFilesFunction(this, 'RepositoryFiles', {
      ...options,
      role,
      description: 'Writes files into the infrastructure repository',
      timeout: Duration.minutes(2),
    });
    acknowledge(writer, ...ANSWERS_CLOUDFORMATION, ...control(
      'LambdaInsideVPC', 'It calls CodeCommit only, and makes the first commit before there is a cluster. A network would be one more thing to wait for.',
    ));
    this.serviceToken = writer.functionArn;
  }
}

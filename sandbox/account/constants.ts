/** The account and region that the sandbox plays. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ECR_HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
export const CODECOMMIT_HOST = `git-codecommit.${REGION}.amazonaws.com`;

export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

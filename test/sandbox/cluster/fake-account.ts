import type { ResourceType } from '../../../sandbox/account/contracts';
import type { ClusterAccount, VerifiedToken } from '../../../sandbox/cluster';

/** An account in which a token is `<role ARN>~<cluster name>~<anything>` in clear */
export class FakeAccount implements ClusterAccount {
  public readonly endpointUrl = 'http://127.0.0.1:9';
  public readonly proxyUrl = 'http://127.0.0.1:9';
  public readonly caBundleFile = '/etc/ssl/certs/ca-certificates.crt';
  public readonly types = new Map<string, ResourceType>();

  public registerResourceType(type: string, handler: ResourceType): void {
    this.types.set(type, handler);
  }

  /** Creates a resource as CloudFormation would. */
  public async create(type: string, props: object): Promise<{ id: string; attributes?: Record<string, any> }> {
    return this.types.get(type)!.create(type.split('::')[2], props, 'Stack');
  }

  public async sessionFor(): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
    return { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };
  }

  public podCredentialsUrl({ roleArn }: { roleArn: string }): { uri: string; tokenFile: string } {
    return { uri: `http://127.0.0.1:9/${roleArn}`, tokenFile: '/dev/null' };
  }

  public verifyClusterToken(token: string): VerifiedToken | undefined {
    const [roleArn, clusterName] = token.split('~');
    return roleArn.startsWith('arn:') ? { roleArn, clusterName } : undefined;
  }
}

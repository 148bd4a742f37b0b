import { APPS } from './apps';
import { Authority } from './authority';

// cdk-nag's rules for clusters know the class of aws-eks only, and none of its packs looks at the rest of this
describe.each(Object.entries(APPS))('%s', (_name, make) => {
  const authority = new Authority(make());
  const only = (type: string) => {
    const all = authority.ofType(type);
    expect(all).toHaveLength(1);
    return all[0][1];
  };

  test('EKS1: only its network reaches the cluster\'s API', () => {
    expect(only('AWS::EKS::Cluster').ResourcesVpcConfig).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: false });
  });

  test('EKS2: the cluster keeps every kind of log', () => {
    expect(only('AWS::EKS::Cluster').Logging.ClusterLogging.EnabledTypes.map(({ Type }: any) => Type).sort())
      .toEqual(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']);
  });

  test('a key of the account, which rotates, encrypts Kubernetes Secrets', () => {
    const [{ Provider, Resources }] = only('AWS::EKS::Cluster').EncryptionConfig;
    const [[key, { EnableKeyRotation }]] = authority.ofType('AWS::KMS::Key');

    expect(Provider.KeyArn).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(Resources).toEqual(['secrets']);
    expect(EnableKeyRotation).toBe(true);
  });

  test('access is by entries, and its creator has none', () => {
    expect(only('AWS::EKS::Cluster').AccessConfig).toEqual({ AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false });
  });

  test('nodes are private, have no SSH, encrypted disks, and one hop to their metadata', () => {
    const { RemoteAccess, Subnets, LaunchTemplate } = only('AWS::EKS::Nodegroup');
    const { LaunchTemplateData } = only('AWS::EC2::LaunchTemplate');

    expect(RemoteAccess).toBeUndefined();
    expect(Subnets.map(({ Ref }: any) => Ref)).toEqual([expect.stringContaining('PrivateSubnet1'), expect.stringContaining('PrivateSubnet2')]);
    expect(LaunchTemplate.Id).toBeDefined();
    expect(LaunchTemplateData.KeyName).toBeUndefined();
    expect(LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(LaunchTemplateData.BlockDeviceMappings.map(({ Ebs }: any) => Ebs.Encrypted)).toEqual([true]);
  });

  test('no subnet gives public addresses, and no security group lets the world in', () => {
    authority.ofType('AWS::EC2::Subnet').forEach(([, { MapPublicIpOnLaunch }]) => expect(MapPublicIpOnLaunch).toBe(false));
    authority.ofType('AWS::EC2::SecurityGroup').forEach(([, { SecurityGroupIngress = [] }]) => expect(SecurityGroupIngress).toEqual([]));
    authority.ofType('AWS::EC2::SecurityGroupIngress').forEach(([, { CidrIp, CidrIpv6, FromPort, ToPort }]) => {
      expect({ CidrIp, CidrIpv6, FromPort, ToPort }).toEqual({ FromPort: 443, ToPort: 443 });
    });
  });

  test('a pod takes a role only as the account that the role is for', () => {
    const associations = authority.ofType('AWS::EKS::PodIdentityAssociation');
    const roles = new Map(authority.ofType('AWS::IAM::Role'));

    expect(associations.length).toBeGreaterThan(0);
    associations.forEach(([, { Namespace, ServiceAccount, RoleArn }]) => {
      const { Statement } = roles.get(RoleArn['Fn::GetAtt'][0]).AssumeRolePolicyDocument;
      Statement.forEach(({ Condition }: any) => expect(Condition.StringEquals).toMatchObject({
        'aws:RequestTag/kubernetes-namespace': Namespace, 'aws:RequestTag/kubernetes-service-account': ServiceAccount,
      }));
    });
  });

  test('image tags never move, and images are scanned', () => {
    expect(only('AWS::ECR::Repository')).toMatchObject({ ImageTagMutability: 'IMMUTABLE', ImageScanningConfiguration: { ScanOnPush: true } });
  });

  test('keyless: no user, access key, stored secret or Kubernetes Secret', () => {
    const types = authority.resources.map(([, { Type }]) => Type);
    const text = JSON.stringify(authority.resources);

    expect(types.filter((type) => /^AWS::(IAM::(User|AccessKey|Group)|SecretsManager::|EC2::KeyPair)/.test(type))).toEqual([]);
    expect(text).not.toMatch(/secretRef|\\"kind\\":\s*\\"Secret\\"|kind: Secret\b/);
  });
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Processes } from '../processes';
import { Authorisation } from './authorisation';
import { gitClientEnvironment, writeGitConfig } from './codecommit/git-client';
import { signGit } from './codecommit/git-credential';
import { GitHttp } from './codecommit/git-http';
import { Repositories } from './codecommit/repositories';
import { RepositoryType } from './codecommit/resource-type';
import { CodeCommitService } from './codecommit/service';
import { ACCOUNT, CODECOMMIT_HOST, ECR_HOST } from './constants';
import { AwsError, CallRecord, Credentials, Deployment, ResourceType, ServiceEnd } from './contracts';
import { ControlServer } from './control-server';
import { Deployer } from './deploy/deployer';
import { OnEvent } from './deploy/stacks';
import { Images } from './ecr/images';
import { Registry } from './ecr/registry';
import { RegistryHttp, servePublic } from './ecr/registry-http';
import { ImageRepositoryType } from './ecr/resource-type';
import { EcrService } from './ecr/service';
import { RegistryTokens } from './ecr/tokens';
import { Edge } from './edge/edge';
import { verifyClusterToken } from './eks/cluster-token';
import { PodIdentityAgent } from './eks/pod-identity';
import { EndFaults } from './faults/ends';
import { EventFaults } from './faults/events';
import { FunctionFaults } from './faults/functions';
import { invokeLambda } from './lambda';
import { Ministack } from './ministack/ministack';
import { readAttributes, RecordedType } from './no-op-types';
import { HostProxy } from './proxy';
import { Session, Sessions } from './sessions';
import { CertificateAuthority } from './tls';

export * from './constants';
export * from './contracts';

/** Anyone may read from these; the run puts there what it cannot get from the real ones. */
const PUBLIC_REGISTRIES = ['public.ecr.aws', 'ghcr.io'];

export interface AccountOptions {
  dir: string;
  processes: Processes;
  parts: Record<string, string>;
  onProgress?: (s: string) => void;
}

/** The emulated AWS account: one door for every call, each attributed to a role and evaluated against its policies */
export class Account {
  public static async start(options: AccountOptions): Promise<Account> {
    const account = new Account(options);
    await account.open();
    return account;
  }

  /** Address of the registry behind the registries' host names, for images that the run brings along. */
  public registry = '';
  /** Image repositories; their scan findings can be set here, since the sandbox has no scanner. */
  public readonly images = new Images();
  /** What may go wrong on events' way, with functions, and at the account's ends. */
  public readonly events: EventFaults;
  public readonly functions = new FunctionFaults(() => this.ministack);
  public readonly ends = new EndFaults();
  private readonly sessions = new Sessions();
  private readonly clusters = new Set<string>();
  private readonly progress: (s: string) => void;
  private readonly repositories: Repositories;
  private readonly secret = randomBytes(24).toString('hex');
  private readonly registrations: Promise<unknown>[] = [];
  private edge!: Edge;
  private control!: ControlServer;
  private ministack!: Ministack;
  private authorisation!: Authorisation;
  private authority!: CertificateAuthority;
  private proxy!: HostProxy;
  private agent!: PodIdentityAgent;
  private deployer!: Deployer;
  private deployerSession!: Session;

  private constructor(private readonly options: AccountOptions) {
    this.progress = options.onProgress ?? (() => {});
    this.events = new EventFaults(this.progress);
    this.repositories = new Repositories(options.dir, async event => this.putEvent(event));
  }

  public get endpointUrl(): string { return this.edge.url; }
  public get proxyUrl(): string { return this.proxy.url; }
  public get caFile(): string { return this.authority.caFile; }
  /** The sandbox's CA and the system's, for programs that take one bundle only. */
  public get caBundleFile(): string { return this.authority.caBundleFile; }
  public get calls(): CallRecord[] { return this.authorisation.calls; }
  /** What each deployment left behind, in their order. */
  public get deployments(): readonly Deployment[] { return this.deployer.deployments; }

  public registerResourceType(type: string, handler: ResourceType): void {
    this.control.types.set(type, handler);
    this.registrations.push(this.ministack.registerTypes([type]));
  }

  public registerService(signingName: string, end: ServiceEnd): void {
    this.edge.services.set(signingName, end);
  }

  /** EventBridge targets of a service, by their ARN; called only when the target's role may do what it is for. */
  public registerEventTarget(service: string, deliver: (target: any, event: any) => Promise<void>): void {
    this.control.targets.set(service, async (target, event) => {
      if (service === 'codepipeline') await this.authorise(target.RoleArn, 'codepipeline:StartPipelineExecution', [target.Arn]);
      await deliver(target, event);
    });
    this.registrations.push(this.ministack.registerTargets([service]));
  }

  public async putEvent(event: { 'source': string; 'detail-type': string; 'resources': string[]; 'detail': any }): Promise<void> {
    await this.events.pass(event, async () => this.ministack.putEvent({
      Source: event.source, DetailType: event['detail-type'], Resources: event.resources, Detail: JSON.stringify(event.detail),
    }));
  }

  /** Credentials of a role, as the service gets them that assumes it. */
  public async sessionFor(roleArn: string, sessionName = 'sandbox'): Promise<Credentials> {
    return this.assume(roleArn, sessionName);
  }

  public principalOf(accessKeyId: string): string | undefined {
    return this.sessions.find(accessKeyId)?.roleArn;
  }

  /** Records and decides a call that a service makes with a role; throws AccessDeniedException when it is refused. */
  public async authorise(roleArn: string, action: string, resources: string[], context?: Record<string, unknown>): Promise<void> {
    const { accessKeyId } = await this.assume(roleArn, 'service');
    const checks = resources.map(resource => ({ action, resource, context }));
    await this.authorisation.authorise({ accessKeyId, service: action.split(':')[0], checks });
  }

  public podCredentialsUrl(association: { roleArn: string }): { uri: string; tokenFile: string } {
    return this.agent.credentialsUrl(association.roleArn);
  }

  public verifyClusterToken(token: string): { roleArn: string; clusterName: string } | undefined {
    return verifyClusterToken(this.sessions, this.clusters, token);
  }

  public async invokeLambda(functionArn: string, payload: any): Promise<any> {
    return invokeLambda(this.endpointUrl, this.deployerSession, functionArn, payload);
  }

  public async deploy(assemblyDir: string, stackName?: string, onEvent?: OnEvent): Promise<{ outputs: Record<string, string> }> {
    return this.deployer.deploy(assemblyDir, stackName, onEvent);
  }

  /** Environment for git on one repository, as a role. */
  public async gitEnvironment(roleArn: string, repository: string): Promise<Record<string, string>> {
    return gitClientEnvironment(this, await this.assume(roleArn, 'git'), repository);
  }

  /** How somebody at a terminal uses git as a role while the run lasts. */
  public gitHelp(roleName: string): string {
    const file = writeGitConfig(join(this.options.dir, `git-${roleName}`), this, `${this.control.url}/${roleName}`, this.secret);
    return `GIT_SSL_CAINFO=${this.caBundleFile} GIT_CONFIG_GLOBAL=${file} git clone ${this.gitRemote('<repository>')}`;
  }

  public async destroy(stackName: string, onEvent?: OnEvent): Promise<void> {
    await this.deployer.destroy(stackName, onEvent);
  }

  public gitRemote(repository: string): string {
    return `https://${CODECOMMIT_HOST}/v1/repos/${repository}`;
  }

  /** What CodePipeline's source action asks of CodeCommit besides its public API. */
  public get codecommit(): { archive: (repository: string, commit: string, roleArn?: string) => Promise<Buffer> } {
    return { archive: async (repository, commit, roleArn) => this.archive(repository, commit, roleArn) };
  }

  /** A commit's files as a zip, as CodePipeline's CodeCommit action gets them with its role. */
  public async archive(repository: string, commit: string, roleArn?: string): Promise<Buffer> {
    const found = this.repositories.get(repository);
    if (roleArn) {
      for (const action of ['codecommit:UploadArchive', 'codecommit:GetUploadArchiveStatus']) await this.authorise(roleArn, action, [found.arn]);
    }
    return found.archive(commit);
  }

  public async stop(): Promise<void> {
    this.events.stop();
    this.ends.clear();
    for (const part of [this.proxy, this.agent, this.edge, this.control]) await part?.stop();
  }

  private async open(): Promise<void> {
    this.options.processes.beforeStop('account', async () => this.stop());
    const { options: { dir, processes }, secret } = this;
    this.edge = await Edge.start();
    this.control = await ControlServer.start({
      sessions: this.sessions,
      functions: this.functions,
      record: made => this.authorisation.take(made, made.allowed ? 200 : 403),
      authorise: async (roleArn, action, resource) => this.authorise(roleArn, action, [resource]),
      secret,
      onProgress: this.progress,
      onCreated: (type, id) => void (type === 'AWS::EKS::Cluster' && this.clusters.add(id)),
      gitCredential: async path => this.gitCredential(path),
    });
    let registry: Registry;
    [this.ministack, this.authority, this.agent, registry] = await Promise.all([
      Ministack.start({ dir, processes, endpointUrl: this.edge.url, controlUrl: this.control.url, secret, onProgress: this.progress }),
      CertificateAuthority.create(dir),
      PodIdentityAgent.start(dir, async roleArn => this.assume(roleArn, 'eks-pod-identity')),
      Registry.start(dir, processes, this.options.parts.registry),
    ]);
    this.registry = `127.0.0.1:${registry.port}`;
    this.authorisation = new Authorisation(this.ministack, this.sessions);
    Object.assign(this.edge, { ministack: this.ministack, authorisation: this.authorisation, ends: this.ends, functions: this.functions });
    this.deployerSession = this.sessions.mint(`arn:aws:iam::${ACCOUNT}:role/deployer`, 7 * 24 * 3600);
    await this.ministack.registerSession(this.deployerSession, 'deployer', true);

    const git = new GitHttp(this.repositories, this.sessions, this.authorisation);
    const tokens = new RegistryTokens();
    const images = new RegistryHttp(registry, this.images, tokens, this.authorisation, async event => this.putEvent(event));
    this.proxy = await HostProxy.start(this.authority, host => PUBLIC_REGISTRIES.includes(host) || host.endsWith('.amazonaws.com'),
      async (incoming, outgoing, host) => {
        if (host === CODECOMMIT_HOST) return this.ends.guard('git', incoming, outgoing, async () => git.handle(incoming, outgoing));
        if (host === ECR_HOST) return this.ends.guard('registry', incoming, outgoing, async () => images.handle(incoming, outgoing));
        if (PUBLIC_REGISTRIES.includes(host)) return servePublic(registry, incoming, outgoing);
        return this.edge.handle(incoming, outgoing);
      });
    this.registerService('ecr', new EcrService(this.images, registry, tokens, async event => this.putEvent(event)));
    this.registerResourceType('AWS::ECR::Repository', new ImageRepositoryType(this.images));
    this.registerService('codecommit', new CodeCommitService(this.repositories));
    this.registerResourceType('AWS::CodeCommit::Repository', new RepositoryType(this.repositories, async (bucket, key) => this.deployer.readObject(bucket, key)));
    this.deployer = await Deployer.start({
      endpointUrl: this.edge.url,
      credentials: this.deployerSession,
      beforeDeploy: async template => this.provideTypes(template),
      authority: async (roles, resources) => this.ministack.authority(roles, resources),
    });
  }

  private async gitCredential(path: string): Promise<string> {
    const [, roleName, repository] = /^\/([\w+=,.@-]+)(\/v1\/repos\/.+)$/.exec(path) ?? [];
    const { username, password } = signGit(await this.assume(`arn:aws:iam::${ACCOUNT}:role/${roleName}`, 'git'), repository);
    return `username=${username}\npassword=${password}\n`;
  }

  /** Whatever else a template holds is recorded only, and said. */
  private async provideTypes(template: any): Promise<void> {
    await Promise.all(this.registrations);
    const known = new Set(await this.ministack.registerTypes([]));
    const attributes = readAttributes(template);
    const types = new Set(Object.values<any>(template.Resources ?? {}).map(resource => String(resource.Type)));
    for (const type of types) {
      if (known.has(type) || type.startsWith('Custom::') || type.startsWith('AWS::CloudFormation::')) continue;
      if (!RecordedType.allows(type)) throw new Error(`No part of the sandbox provides the resource type ${type}.`);
      this.progress(`${type} is recorded only`);
      this.control.types.set(type, new RecordedType(type, attributes.get(type) ?? new Set()));
      await this.ministack.registerTypes([type]);
    }
  }

  private async assume(roleArn: string, sessionName: string): Promise<Session> {
    if (!roleArn) throw new AwsError('ValidationError', 'A role is needed to act with.');
    const session = this.sessions.mint(roleArn);
    await this.ministack.registerSession(session, sessionName);
    return session;
  }
}

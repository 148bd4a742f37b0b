import { Credentials, ResourceType, ServiceEnd } from '../account/contracts';

/** What pipelines and builds need of the emulated account, so that tests can bring a thinner one */
export interface AccountEnds {
  /** Where the SDKs and the CLI find AWS. */
  readonly endpointUrl: string;
  /** The way to the hosts of the registries, for a build. */
  readonly proxyUrl: string;
  /** The certificate authority of those hosts, together with the system's. */
  readonly caBundleFile: string;
  /** Where the registry behind those hosts is on loopback. */
  readonly registry: string;
  readonly codecommit: {
    /** The files of a commit as a ZIP archive, where the role may upload it. */
    archive(repository: string, commit: string, roleArn: string): Promise<Buffer>;
  };
  registerResourceType(type: string, handler: ResourceType): void;
  registerService(signingName: string, end: ServiceEnd): void;
  /** Deliveries come only where the target's role may start the pipeline. */
  registerEventTarget(service: string, deliver: (target: any, event: any) => Promise<void>): void;
  putEvent(event: { 'source': string; 'detail-type': string; 'resources': string[]; 'detail': any }): Promise<void>;
  /** Credentials of a role, as the service that assumes it gets them. */
  sessionFor(roleArn: string): Promise<Credentials>;
}

/** One thing that a caller must be allowed to do */
export interface Check {
  action: string;
  resource: string;
  /** Condition keys of the request. */
  context?: Record<string, unknown>;
}

/** One call that some part of the system made to the emulated account */
export interface CallRecord {
  time: number;
  /** Role ARN of the caller, or `anonymous`. */
  principal: string;
  service: string;
  /** IAM action, e.g. `codecommit:GetBranch`. */
  action: string;
  resources: string[];
  allowed: boolean;
  status: number;
  /** Left out where no policy was asked. */
  context?: RequestContext;
}

/** All that policies were judged by, in the names of the evaluator */
export type RequestContext = Record<string, unknown> & { principal_arn: string; action: string; resource_arn: string };

/** A decision of ministack's */
export interface Decided {
  /** Or the name of the service that calls as itself. */
  accessKeyId: string;
  action: string;
  resource: string;
  allowed: boolean;
  context: RequestContext | null;
}

export interface PolicyDocument { Statement: Record<string, any> | Record<string, any>[] }

export interface RolePolicies {
  trust: PolicyDocument;
  /** By name. */
  inline: Record<string, PolicyDocument>;
  /** By ARN. */
  managed: Record<string, PolicyDocument>;
  boundary: PolicyDocument | null;
}

/** Policies as deployed: of roles by their names, of other resources by their ARNs */
export interface DeployedPolicies {
  roles: Record<string, RolePolicies>;
  resources: Record<string, PolicyDocument>;
}

/** What a deployment of a stack left behind */
export interface Deployment extends DeployedPolicies {
  stack: string;
  /** When it began: calls from then on meet these policies. */
  from: number;
  /** Logical ids, by the names of roles and the ARNs of resources. */
  logicalIds: Record<string, string>;
}

/** A CloudFormation resource type that the sandbox provides */
export interface ResourceType {
  create(logicalId: string, props: any, stack: string): Promise<Resource>;
  /** Left out: every change replaces the resource. */
  update?(id: string, oldProps: any, props: any, stack: string): Promise<Resource>;
  delete(id: string, props: any): Promise<void>;
}

export interface Resource {
  /** What `Ref` gives. */
  id: string;
  /** What `Fn::GetAtt` gives; nested attributes by their dotted name. */
  attributes?: Record<string, any>;
}

export interface ServiceCall {
  service: string;
  operation: string;
  input: any;
  /** Role ARN of the caller. */
  principal: string;
  /** The key that the caller signed with. */
  accessKeyId: string;
}

/** An AWS service with a JSON protocol that the sandbox provides */
export interface ServiceEnd {
  handle(call: ServiceCall): Promise<any>;
  /** What the caller must be allowed besides the operation itself. */
  furtherChecks?(call: Pick<ServiceCall, 'operation' | 'input'>): Check[];
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** An exception of an AWS service, answered in the service's protocol */
export class AwsError extends Error {
  constructor(readonly code: string, message: string, readonly status: number = 400) {
    super(message);
    this.name = code;
  }
}

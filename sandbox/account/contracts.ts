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

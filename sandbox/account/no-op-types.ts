import { randomBytes } from 'node:crypto';
import { ACCOUNT, arn, REGION } from './constants';
import { Resource, ResourceType } from './contracts';

/** Types that a template may hold and that nothing in a run depends on: recorded, with attributes that look right. */
export class RecordedType implements ResourceType {
  /** Whether a type that ministack lacks may be recorded only; a misspelt type must not pass. */
  public static allows(type: string): boolean {
    return /^AWS::(EC2|SNS|CloudWatch|CodeStarNotifications|CodeArtifact|Inspector|InspectorV2|GuardDuty|Logs|SSM|ResourceGroups|ServiceCatalogAppRegistry|CodeGuruReviewer|CodeDeploy|Chatbot|ECR|Events|Budgets|IAM|SecretsManager|AutoScaling)::\w+$/.test(type);
  }

  constructor(private readonly type: string, private readonly attributeNames: ReadonlySet<string>) {}

  public async create(logicalId: string): Promise<Resource> {
    const [, service, kind] = this.type.split('::');
    const suffix = randomBytes(8).toString('hex');
    const id = service === 'EC2' ? `${prefix(kind)}-0${suffix}` : `${logicalId}-${suffix}`;
    const attributes: Record<string, string> = {};
    for (const name of this.attributeNames) attributes[name] = attribute(name, service.toLowerCase(), `${kind.toLowerCase()}/${id}`, id);
    return { id: kind === 'EIP' ? attributes.PublicIp ?? '203.0.113.10' : id, attributes };
  }

  public async update(id: string): Promise<Resource> {
    return { id };
  }

  public async delete(): Promise<void> {}
}

const PREFIXES: Record<string, string> = { EIP: 'eipalloc', NatGateway: 'nat', FlowLog: 'fl', NetworkAcl: 'acl', VPCEndpoint: 'vpce' };

function prefix(kind: string): string {
  return PREFIXES[kind] ?? kind.toLowerCase();
}

function attribute(name: string, service: string, resource: string, id: string): string {
  if (/Arn$/i.test(name)) return arn(service, resource);
  if (name === 'PublicIp') return '203.0.113.10';
  if (/Account/.test(name)) return ACCOUNT;
  if (/Region/.test(name)) return REGION;
  return id;
}

/** The attributes of each type that a template reads with Fn::GetAtt, so that each can be given a value. */
export function readAttributes(template: any): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const note = (logicalId: string, name: string) => {
    const type = template.Resources?.[logicalId]?.Type;
    if (type) found.set(type, (found.get(type) ?? new Set()).add(name));
  };
  JSON.stringify(template, (key, value) => {
    if (key === 'Fn::GetAtt') {
      const [logicalId, ...name] = Array.isArray(value) ? value : String(value).split('.');
      note(logicalId, name.join('.'));
    }
    if (key === 'Fn::Sub') {
      for (const [, logicalId, name] of String(Array.isArray(value) ? value[0] : value).matchAll(/\$\{([A-Za-z0-9]+)\.([\w.]+)\}/g)) note(logicalId, name);
    }
    return value;
  });
  return found;
}

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { IConstruct } from 'constructs';

/** The packs of cdk-nag that the constructs are judged by. */
export const PACKS: Record<string, () => NagPack> = {
  'AwsSolutions': () => new AwsSolutionsChecks(),
  'NIST 800-53 R5': () => new NIST80053R5Checks(),
  'HIPAA': () => new HIPAASecurityChecks(),
  'PCI DSS 3.2.1': () => new PCIDSS321Checks(),
};

/** A rule that a resource breaks, and why it may; without a reason nobody said so. */
export interface Verdict {
  readonly id: string;
  readonly path: string;
  readonly reason?: string;
}

/** Everything that a pack finds, acknowledged or not. */
export function judge(app: App, pack: NagPack): Verdict[] {
  const verdicts: Verdict[] = [];
  // cdk-nag asks this for each finding and shows only those that it answers with no
  Object.assign(pack, {
    isAcknowledged: (resource: IConstruct, id: string) => {
      verdicts.push({ id, path: resource.node.path, reason: acknowledgement(resource, id) });
      return false;
    },
  });
  const shown = pack.validateScope(app).violations.reduce((sum, { violatingResources }) => sum + violatingResources.length, 0);
  if (shown !== verdicts.length) {
    throw new Error(`cdk-nag shows ${shown} findings and asked about ${verdicts.length}: it no longer asks as it did`);
  }
  return verdicts;
}

/** An acknowledgement that a construct holds. */
export interface Acknowledgement {
  readonly id: string;
  readonly path: string;
  readonly reason: string;
}

/** Every acknowledgement of an app. */
export function acknowledgements(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap(acknowledgementsOf);
}

function acknowledgementsOf({ node }: IConstruct): Acknowledgement[] {
  return node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries<string>(data).map(([id, reason]) => ({ id, reason, path: node.path })));
}

function acknowledgement(resource: IConstruct, id: string): string | undefined {
  return resource.node.scopes.flatMap(acknowledgementsOf).find((one) => one.id === id)?.reason;
}

import type { Construct } from 'constructs';
import type { Environment } from '../delivery/environment';
import { environmentObjectName } from '../flux/manifests/environment';
import { INFRASTRUCTURE } from '../flux/manifests/names';
import type { IGitOpsPlatform } from '../platform/gitops-platform-ref';
import { InvalidPropError } from '../private/invalid-prop';
import { together } from '../private/neighbours';

/** An application, as far as its names matter to others. */
export interface Named extends Construct {
  readonly platform: IGitOpsPlatform;
  readonly applicationName: string;
  /** @internal */
  readonly _environments: Environment[];
}

/** The name of an application's pipeline, build and source repository, which are unique per account and region. */
export function deliveryName(platform: IGitOpsPlatform, applicationName: string): string {
  return `${platform.platformName}-${applicationName}`;
}

/** Refuses names with which two applications would share a repository, a file or a namespace. */
export function refuseTakenNames(application: Named, others: Named[]): void {
  const { applicationName, platform } = application;
  if (applicationName === INFRASTRUCTURE) {
    refuse(application, 'applicationName', applicationName, 'the infrastructure repository has that name');
  }
  const name = deliveryName(platform, applicationName);
  for (const other of others.filter(({ _environments }) => _environments)) { // one that was refused itself has none
    if (samePlatform(application, other)) {
      refuseSharedEnvironments(application, other);
    } else if (together(application, other) && deliveryName(other.platform, other.applicationName) === name) {
      refuse(application, 'applicationName', applicationName, `with the platform's name it makes '${name}', as that of '${other.node.path}' does`);
    }
  }
}

function refuseSharedEnvironments(application: Named, other: Named): void {
  const { applicationName, platform } = application;
  if (applicationName === other.applicationName) {
    refuse(application, 'applicationName', applicationName, `the platform '${platform.platformName}' has an application of that name already`);
  }
  const objectName = (of: Named, { name }: Environment) => environmentObjectName({ application: of.applicationName, environment: name });
  for (const environment of application._environments) {
    const name = objectName(application, environment);
    if (other._environments.some((taken) => objectName(other, taken) === name)) {
      refuse(application, 'environmentName', environment.name, `with the application's name it makes '${name}', as an environment of '${other.node.path}' does`);
    }
    if (other._environments.some(({ namespace }) => namespace === environment.namespace)) {
      refuse(application, 'namespace', environment.namespace, `an environment of '${other.node.path}' has it for itself`);
    }
  }
}

/** An imported platform is another construct in each place where it is imported. */
function samePlatform(one: Named, other: Named): boolean {
  return one.platform === other.platform || (one.platform.platformName === other.platform.platformName && together(one, other));
}

function refuse(application: Named, prop: string, value: string, allowed: string): never {
  throw new InvalidPropError(application, { prop, value, allowed, advice: `Choose another ${prop}.` });
}

import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { NodeArchitecture } from './node-architecture';
import { InvalidPropError } from '../private/invalid-prop';

/** What runs well, of two generations so that one that is short of capacity does not stop the cluster from growing. */
const DEFAULTS = {
  [NodeArchitecture.ARM64]: ['m7g.large', 'm6g.large', 'm7g.xlarge', 'm6g.xlarge'],
  [NodeArchitecture.AMD64]: ['m7i.large', 'm6i.large', 'm7i.xlarge', 'm6i.xlarge'],
};

const INSTANCE_ARCHITECTURES = {
  [NodeArchitecture.ARM64]: ec2.InstanceArchitecture.ARM_64,
  [NodeArchitecture.AMD64]: ec2.InstanceArchitecture.X86_64,
};

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
const MAX_TYPES = 20;

/** A family, its generation, its attributes and its size. */
const FORM = /^[a-z]+\d{1,2}[a-z-]*\.[a-z0-9-]+$/;

/** Families with accelerators, whose nodes need other images, and of Macs. */
const OTHER_IMAGE = /^(g|gr|p|inf|trn|dl|vt|mac)\d/;

/** The nodes' instance types, all of the architecture. */
export function nodeInstanceTypes(scope: Construct, architecture: NodeArchitecture, types?: ec2.InstanceType[]): ec2.InstanceType[] {
  const given = types ?? DEFAULTS[architecture].map((type) => new ec2.InstanceType(type));
  if (given.length === 0 || given.length > MAX_TYPES) {
    refuse(scope, `${given.length} types`, `a node group takes 1 to ${MAX_TYPES}`, 'Leave the prop out to get general-purpose instances.');
  }
  for (const type of given) {
    requireType(scope, architecture, type);
  }
  return given;
}

function requireType(scope: Construct, architecture: NodeArchitecture, type: ec2.InstanceType): void {
  const text = type.toString();
  if (Token.isUnresolved(text)) {
    refuse(scope, 'a token', 'the image of the nodes depends on it, so it has to be a literal string', 'Pass the text itself, not a parameter.');
  }
  if (!FORM.test(text)) {
    refuse(scope, text, 'it takes EC2 instance types, such as m7g.large', 'Choose another type.');
  }
  if (OTHER_IMAGE.test(text)) {
    refuse(scope, text, 'nodes with accelerators and Macs need another image', 'Choose other types, or bring a cluster with nodes of your own.');
  }
  if (type.architecture !== INSTANCE_ARCHITECTURES[architecture]) {
    refuse(scope, text, `the nodes' architecture is ${architecture}, and this type has another`, 'Set `architecture`, too, or choose types of that architecture.');
  }
}

function refuse(scope: Construct, value: string, allowed: string, advice: string): never {
  throw new InvalidPropError(scope, { prop: 'instanceTypes', value, allowed, advice });
}

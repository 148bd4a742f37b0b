/** A synthesized CloudFormation template. */
export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, unknown>;
  readonly Outputs?: Record<string, unknown>;
  readonly Conditions?: Record<string, unknown>;
}

/** One of its resources. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: any;
  readonly DependsOn?: string[];
}

/** What the pseudo parameters would be, the longest that there is. */
const PSEUDO: Record<string, string> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::URLSuffix': 'amazonaws.com.cn',
  'AWS::StackName': 'Stack',
  'AWS::StackId': 'arn:aws:cloudformation:ap-southeast-1:111122223333:stack/Stack/1',
};

/** The value with its intrinsic functions evaluated, resources being known by their names or their logical ids. */
export function evaluate(value: any, template: Template): any {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, template));
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const [[name, argument], ...others] = [...Object.entries<any>(value), ['', undefined]];
  if (others.length === 1) {
    switch (name) {
      case 'Ref': return PSEUDO[argument] ?? nameOf(template.Resources[argument]) ?? argument;
      case 'Fn::GetAtt': return argument[1].endsWith('Arn')
        ? `arn:aws:service:ap-southeast-1:111122223333:${nameOf(template.Resources[argument[0]]) ?? argument[0]}`
        : nameOf(template.Resources[argument[0]]) ?? argument.join('.');
      case 'Fn::Join': return evaluate(argument[1], template).join(argument[0]);
      case 'Fn::Split': return String(evaluate(argument[1], template)).split(argument[0]);
      case 'Fn::Select': return evaluate(argument[1], template)[argument[0]];
      case 'Fn::ImportValue': return 'imported';
      case 'Fn::GetAZs': return ['zone-a', 'zone-b', 'zone-c'];
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, template)]));
}

function nameOf(resource?: Resource): string | undefined {
  const { RepositoryName, Name } = resource?.Properties ?? {};
  return [RepositoryName, Name].find((name) => typeof name === 'string');
}

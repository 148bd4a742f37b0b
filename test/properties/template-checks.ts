import { evaluate, Resource, Template } from './template';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX = { resources: 500, outputs: 200, parameters: 200, bytes: 1_000_000 };

/** Form and length of every name that a template gives, from the services' own API references. */
const NAMES: Record<string, [property: string, form: RegExp]> = {
  'AWS::CodeCommit::Repository': ['RepositoryName', /^(?!.*\.git$)[\w.-]{1,100}$/],
  'AWS::ECR::Repository': ['RepositoryName', /^(?=.{2,256}$)[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/],
  'AWS::CodeBuild::Project': ['Name', /^[A-Za-z0-9][\w-]{1,149}$/],
  'AWS::CodePipeline::Pipeline': ['Name', /^[A-Za-z0-9.@_-]{1,100}$/],
  'AWS::KMS::Alias': ['AliasName', /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/],
};

/** Longest descriptions. */
const DESCRIPTIONS: Record<string, number> = {
  'AWS::Lambda::Function': 256, 'AWS::Events::Rule': 512, 'AWS::IAM::Role': 1000, 'AWS::CodeBuild::Project': 255, 'AWS::CodeCommit::Repository': 1000, 'AWS::KMS::Key': 8192,
};

/** What CloudFormation or a service would refuse, in words; an empty list is what every template has to give. */
export function findings(template: Template): string[] {
  const text = JSON.stringify(template);
  const resources = Object.entries(template.Resources);
  return [
    ...over('resources', resources.length, MAX.resources),
    ...over('outputs', Object.keys(template.Outputs ?? {}).length, MAX.outputs),
    ...over('parameters', Object.keys(template.Parameters ?? {}).length, MAX.parameters),
    ...over('bytes', Buffer.byteLength(text), MAX.bytes),
    ...[/\$\{Token\[/, /\[object Object\]/, /:null[,}]/, /"(undefined|NaN)"/, /1\.8881545897087\d*e\+289/].filter((leak) => leak.test(text)).map((leak) => `leaks ${leak}`),
    ...dangling(template, text),
    ...circles(template),
    ...resources.flatMap(([id, resource]) => resourceFindings(resource, template).map((finding) => `${id}: ${finding}`)),
  ];
}

function resourceFindings(resource: Resource, template: Template): string[] {
  const properties = evaluate(resource.Properties ?? {}, template);
  const [nameProperty, form] = NAMES[resource.Type] ?? [];
  const name = nameProperty && properties[nameProperty];
  return [
    ...(name !== undefined && !form!.test(name) ? [`name ${name}`] : []),
    ...over('description', String(properties.Description ?? '').length, DESCRIPTIONS[resource.Type] ?? Infinity),
    ...(resource.Type === 'AWS::CodePipeline::Pipeline' ? pipelineFindings(properties) : []),
    ...(resource.Type === 'AWS::Lambda::Function' ? over('environment', JSON.stringify(properties.Environment ?? {}).length, 4096) : []),
    ...(resource.Type === 'AWS::ECR::Repository' ? lifecycleFindings(properties.LifecyclePolicy?.LifecyclePolicyText) : []),
    ...(resource.Type === 'AWS::IAM::Role' ? over('inline policies', JSON.stringify(properties.Policies ?? []).length, 10_240) : []),
    ...(resource.Type === 'AWS::IAM::Policy' ? over('policy', JSON.stringify(properties.PolicyDocument).length, 10_240) : []),
    // the request goes through Lambda, asynchronously
    ...(resource.Type.startsWith('Custom::') ? over('custom resource request', JSON.stringify(properties).length, 240_000) : []),
  ];
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
function pipelineFindings({ Stages }: any): string[] {
  const stages: string[] = Stages.map(({ Name }: any) => Name);
  return [
    ...over('stages', stages.length, 50),
    ...(stages.length < 2 ? ['fewer than two stages'] : []),
    ...(new Set(stages).size < stages.length ? [`two stages of one name: ${stages}`] : []),
    ...Stages.flatMap(({ Name, Actions }: any) => [Name, ...Actions.map((action: any) => action.Name)])
      .filter((name: string) => !/^[A-Za-z0-9.@_-]{1,100}$/.test(name)).map((name: string) => `stage or action ${name}`),
    ...Stages.flatMap(({ Actions }: any) => Actions).flatMap(({ Configuration = {} }: any) => [
      ...over('UserParameters', (Configuration.UserParameters ?? '').length, 1000),
      ...over('CustomData', (Configuration.CustomData ?? '').length, 1000),
      ...(Configuration.UserParameters === undefined ? [] : parameterFindings(Configuration.UserParameters)),
    ]),
  ];
}

function parameterFindings(text: string): string[] {
  const { timeout, ...others } = JSON.parse(text);
  return [
    ...(Number.isInteger(timeout) && timeout >= 60 && timeout <= 43_200 ? [] : [`timeout ${timeout}`]),
    ...Object.entries(others).filter(([, value]) => typeof value !== 'string' || value === '').map(([key, value]) => `${key} ${value}`),
  ];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
function lifecycleFindings(text?: string): string[] {
  const { rules = [] } = text === undefined ? {} : JSON.parse(text);
  const priorities = rules.map(({ rulePriority }: any) => rulePriority);
  return [
    ...over('lifecycle rules', rules.length, 50),
    ...over('lifecycle policy', (text ?? '').length, 30_720),
    ...(new Set(priorities).size < priorities.length ? ['two lifecycle rules of one priority'] : []),
  ];
}

/** References to nothing. */
function dangling(template: Template, text: string): string[] {
  const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})]);
  const named = [
    ...[...text.matchAll(/\{"Ref":"([^"]+)"\}/g)].map(([, id]) => id).filter((id) => !id.startsWith('AWS::')),
    ...[...text.matchAll(/\{"Fn::GetAtt":\["([^"]+)"/g)].map(([, id]) => id),
    ...Object.values(template.Resources).flatMap(({ DependsOn = [] }) => DependsOn),
  ];
  return named.filter((id) => !known.has(id)).map((id) => `nothing is called ${id}`);
}

/** CloudFormation refuses circular dependencies. */
function circles({ Resources }: Template): string[] {
  const needs = Object.fromEntries(Object.entries(Resources).map(([id, resource]) => [
    id,
    [...new Set([
      ...(resource.DependsOn ?? []),
      ...[...JSON.stringify(resource.Properties ?? {}).matchAll(/\{"(?:Ref":"|Fn::GetAtt":\[")([^"]+)"/g)].map(([, other]) => other),
    ])].filter((other) => other in Resources),
  ]));
  const done = new Set<string>();
  const visit = (id: string, path: string[]): string[] => {
    if (path.includes(id)) {
      return [`circle ${[...path, id].join(' > ')}`];
    }
    const found = done.has(id) ? [] : needs[id].flatMap((other) => visit(other, [...path, id]));
    done.add(id);
    return found;
  };
  return Object.keys(Resources).flatMap((id) => visit(id, []));
}

function over(what: string, value: number, limit: number): string[] {
  return value > limit ? [`${value} ${what}, at most ${limit}`] : [];
}

import { Builds } from './builds';
import { project } from './project';
import { Reports } from './reports';
import { arn } from '../../account/constants';
import { ResourceType } from '../../account/contracts';

/** `AWS::CodeBuild::Project` */
export function projectResource(builds: Builds): ResourceType {
  const put = (props: any) => {
    const defined = project(props);
    builds.projects.set(defined.name, defined);
    return { id: defined.name, attributes: { Arn: arn('codebuild', `project/${defined.name}`) } };
  };
  return {
    create: async (logicalId, props, stack) => put({ ...props, Name: props.Name ?? `${stack}-${logicalId}` }),
    update: async (id, _oldProps, props) => put({ ...props, Name: props.Name ?? id }),
    delete: async (id) => void builds.projects.delete(id),
  };
}

/** `AWS::CodeBuild::ReportGroup` */
export function reportGroupResource(reports: Reports): ResourceType {
  return {
    create: async (logicalId, props, stack) => {
      const group = reports.createGroup(props.Name ?? `${stack}-${logicalId}`, props.Type);
      return { id: group.arn, attributes: { Arn: group.arn } };
    },
    delete: async (id) => reports.deleteGroup(id),
  };
}

import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as codecommit from 'aws-cdk-lib/aws-codecommit';
import { RepositoryFiles, RepositoryFilesProps } from '../../src/source/repository-files';
import { parseProperties } from '../../src/source/repository-files-handler/properties';
import { testApp } from '../platform/test-app';

function propertiesOf(props: Partial<RepositoryFilesProps>, stack = new Stack(testApp(), 'Stack')) {
  new RepositoryFiles(stack, 'Files', {
    serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:files',
    repository: codecommit.Repository.fromRepositoryName(stack, 'Repository', 'infra'),
    message: 'Say what runs',
    ...props,
  });
  const [{ Properties }] = Object.values<any>(Template.fromStack(stack).findResources('Custom::RepositoryFiles'));
  return Properties;
}

test('the handler reads what the construct says', () => {
  const keep = [['Kustomization', 'metadata', 'annotations', 'cdk-gitops-pipeline/released']];
  const properties = propertiesOf({
    managed: [{ path: 'clusters/acme/shop.yaml', content: 'a: "1"\n', keep }],
    seeded: [{ path: 'apps/shop/kustomization.yaml', content: 'b: 2\n' }],
    confirmedRemovals: ['clusters/acme/old.yaml'],
  });

  expect(parseProperties(properties)).toEqual({
    repository: 'infra',
    branch: 'main',
    managed: [{ path: 'clusters/acme/shop.yaml', content: 'a: "1"\n', keep, protected: true }],
    seeded: [{ path: 'apps/shop/kustomization.yaml', content: 'b: 2\n' }],
    confirmedRemovals: ['clusters/acme/old.yaml'],
    message: 'Say what runs',
  });
});

test('what is not given is empty', () => {
  expect(parseProperties(propertiesOf({ branch: 'trunk' }))).toMatchObject({ branch: 'trunk', managed: [], seeded: [], confirmedRemovals: [] });
});

test('a token inside a file is resolved where it stands', () => {
  const stack = new Stack(testApp(), 'Stack');
  const { Managed } = propertiesOf({ managed: [{ path: 'a.yaml', content: `account: ${stack.account}\nnext: "x"\n` }] }, stack);

  expect(Managed).toEqual({
    'Fn::Join': ['', ['[{"path":"a.yaml","content":"account: ', { Ref: 'AWS::AccountId' }, '\\nnext: \\"x\\"\\n"}]']],
  });
});

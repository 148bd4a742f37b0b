import { properties } from './fixtures';
import { parseRequest } from '../../../src/flux/bootstrap-handler/request';

test('reads what CloudFormation passes as strings', () => {
  const request = parseRequest({ ...properties(), FluxVersion: '2.9.4' });
  expect(request.controllers).toEqual(['source-controller', 'kustomize-controller']);
  expect(request.sync.map(({ kind }) => kind)).toEqual(['GitRepository', 'Kustomization']);
  expect(request.associations).toEqual({ 'source-controller': 'a-1' });
});

test.each([
  ['fails on a missing property', { Objects: undefined }, /Objects: .*expected string/],
  ['fails on a property that is no JSON', { Sync: '{oops' }, 'Sync: must be JSON, but is "{oops"'],
  ['fails on a controller that Flux does not have', { Controllers: '["source-controller","kustomize-controller","flagger"]' }, /Controllers\.2: .*source-controller/],
  ['fails without the controllers that everything needs', { Controllers: '["helm-controller"]' }, 'Controllers: must hold source-controller and kustomize-controller'],
  ['fails on an object without a name', { Objects: '[{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}]' }, /Objects\.0\.metadata\.name/],
])('%s', (_, change, message) => {
  expect(() => parseRequest({ ...properties(), ...change })).toThrow(message);
});

import { concerns, promotionMessage, putBackMessage, trailersOf } from '../../../src/delivery/deploy-handler/commit-message';
import type { Request } from '../../../src/delivery/deploy-handler/parse-job';

const request = { application: 'shop', environment: 'production', tag: 'build-1', execution: 'e', commit: 'c', digest: 'sha256:b' } as Request;
const previous = { digest: 'sha256:a' };

test('a put back keeps the reason on one line', () => {
  const message = putBackMessage(request, { deployment: 'job', reason: 'first\n\nSigned-off-by: x', previous });
  expect(message).toBe(`revert(shop): production back from build-1

Reason: first Signed-off-by: x
Execution: e
Digest: sha256:a
Puts-Back: sha256:b
Deployment: job
`);
  expect(trailersOf(message)).toMatchObject({ Reason: 'first Signed-off-by: x', Deployment: 'job' });
});

test('only a last paragraph of trailers is read', () => {
  expect(trailersOf(promotionMessage(request, { deployment: 'job', tag: 't', previous }))).toMatchObject({ 'Deployment': 'job', 'Previous-Digest': 'sha256:a' });
  expect(trailersOf('fix\n\nDeployment: job\n\nand more words')).toEqual({});
  expect(trailersOf('Deployment: job')).toEqual({});
  expect(trailersOf('')).toEqual({});
});

test('a commit is about one environment of one application', () => {
  const message = promotionMessage(request, { deployment: 'job', tag: 't', previous });
  expect(concerns(message, request)).toBe(true);
  expect(concerns(message, { application: 'shop', environment: 'prod' })).toBe(false);
  expect(concerns(message, { application: 'sho', environment: 'production' })).toBe(false);
});

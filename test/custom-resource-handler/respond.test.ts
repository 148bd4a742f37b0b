import * as http from 'http';
import type { AddressInfo } from 'net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerBody, respond } from '../../src/custom-resource-handler/respond';
import { ManualClock } from '../kubernetes/manual-clock';

const EVENT = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Flux' } as CloudFormationCustomResourceEvent;

describe('over HTTP', () => {
  const requests: { method?: string; contentType?: string; length?: string; body: string }[] = [];
  let statuses: number[];
  let server: http.Server;
  let url: string;

  beforeEach(async () => {
    requests.length = 0;
    statuses = [];
    server = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      requests.push({ method: request.method, contentType: request.headers['content-type'], length: request.headers['content-length'], body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 200).end('said S3');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=x`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const answer = () => respond({ ...EVENT, ResponseURL: url }, { status: 'SUCCESS', physicalResourceId: 'id', data: { a: 'ü' } }, { clock: new ManualClock() });

  test('puts the answer without a content type, which the URL\'s signature would not cover', async () => {
    await answer();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'PUT', contentType: '', length: String(Buffer.byteLength(requests[0].body)) });
    expect(JSON.parse(requests[0].body)).toEqual({
      Status: 'SUCCESS', PhysicalResourceId: 'id', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Flux', Data: { a: 'ü' },
    });
  });

  test('tries again when S3 has a bad moment', async () => {
    statuses = [503, 500, 429];
    await answer();
    expect(requests).toHaveLength(4);
  });

  test('fails at once when the URL is refused', async () => {
    statuses = [403];
    await expect(answer()).rejects.toThrow('CloudFormation\'s answer URL said 403: said S3');
    expect(requests).toHaveLength(1);
  });

  test('fails when nobody answers', async () => {
    server.close();
    server.closeAllConnections();
    await expect(answer()).rejects.toThrow();
  });
});

describe('within CloudFormation\'s 4096 bytes', () => {
  test.each([['a', 10_000], ['ü', 5_000], ['"', 9_000], ['😀', 3_000]])('cuts a reason of %s', (character, times) => {
    const body = answerBody(EVENT, { status: 'FAILED', physicalResourceId: 'id', reason: character.repeat(times) });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(body)).toBeGreaterThan(4000);
    expect(JSON.parse(body).Reason).toMatch(new RegExp(`^(${character})+…$`));
  });

  test('a reason that fits stays whole', () => {
    expect(JSON.parse(answerBody(EVENT, { status: 'FAILED', physicalResourceId: 'id', reason: 'why' })).Reason).toBe('why');
  });

  test('a failure always has a reason, which CloudFormation demands', () => {
    expect(JSON.parse(answerBody(EVENT, { status: 'FAILED', physicalResourceId: 'id' })).Reason).toContain('unknown reason');
  });

  test('data that does not fit is a failure that says so', () => {
    expect(JSON.parse(answerBody(EVENT, { status: 'SUCCESS', physicalResourceId: 'id', data: { a: 'x'.repeat(5000) } }))).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/^The answer has 5\d\d\d bytes, but CloudFormation takes at most 4096$/),
    });
  });
});

import { digest, MANAGED, OVERLAY, START, URI, World } from './world';

const A = digest('a');
const B = digest('b');
const C = digest('c');

/** A world in which A runs already, unless it is asked to be new. */
async function world(change: (world: World) => void = () => {}, first: string | null = A): Promise<World> {
  const made = new World();
  [A, B, C].forEach((image) => made.ecr.images.add(image));
  change(made);
  if (first) {
    await made.act({ ...made.parameters(first, 'execution-0'), tag: 'build-20261124115800-00000000', commit: '0'.repeat(40) }, { job: 'first' });
    await made.pass(60_000);
  }
  return made;
}

describe('by commit', () => {
  test('succeeds in one invocation when the rollout is complete, with one commit that tells the story', async () => {
    const it = await world();
    const before = it.codeCommit.files();
    expect(await it.act(it.parameters(B))).toMatchObject({ failed: undefined, summary: expect.stringMatching(/^shop build-20261124115900-abcdef12 \(sha256:bbbbbbbbbbbb\) in production runs, promoted by commit /) });
    expect(it.history.at(-1)).toBe(`deploy(shop): production build-20261124115900-abcdef12

Execution: execution-1
Source-Commit: abcdef1200000000000000000000000000000000
Digest: ${B}
Previous-Digest: ${A}
Environment-Tag: ${it.ecr.of('production').at(-1)!.tag}
Deployment: job-1
`);
    expect(it.history).toHaveLength(2);
    expect(it.codeCommit.files()).toEqual({
      [OVERLAY]: before[OVERLAY].replace(A, B),
      [MANAGED]: before[MANAGED].replace('build-20261124115800-00000000', 'build-20261124115900-abcdef12'),
    });
    expect(it.answers.filter(({ jobId }) => jobId.startsWith('job-'))).toHaveLength(1);
    expect(it.cluster.running).toBe(B);
  });

  test('tags what it promoted, ever later', async () => {
    const it = await world();
    await it.act(it.parameters(B));
    await it.act(it.parameters(A, 'execution-2'), { job: 'other' });
    const tags = it.ecr.of('production');
    expect(tags.map((tag) => tag.digest)).toEqual([A, B, A]);
    expect(tags.every(({ tag }) => /^production-[0-9]{17}-[0-9a-f]{8}$/.test(tag))).toBe(true);
  });

  test.each([
    ['cannot be pulled', /container web of Pod shop-1-a cannot pull its image \((ErrImagePull|ImagePullBackOff): manifest unknown\)/],
    ['crashes', /container web of Pod shop-1-a crashes again and again \(CrashLoopBackOff: \d restarts, last ended with exit code 3\)/],
    ['never gets ready', /not complete in time: Deployment shop has 1 of 2 pods updated, 2 available, 1 more to go; container web of Pod shop-1-a runs but is not ready/],
    ['cannot be built', /Flux cannot apply it: BuildFailed: kustomize build failed: no such resource/],
  ] as const)('puts back what ran before when the image %s', async (behaviour, reason) => {
    const it = await world();
    it.behaviours[B] = behaviour;
    const released = it.released;
    const { failed } = await it.act(it.parameters(B));
    expect(failed).toMatch(reason);
    expect(failed).toMatch(/; now production runs sha256:aaaaaaaaaaaa again\.$/);
    expect(failed).not.toContain('\n');
    expect([it.overlayDigest, it.released, it.cluster.running]).toEqual([A, released, A]);
    expect(it.history.slice(1).map((message) => message.split('\n')[0])).toEqual([
      'deploy(shop): production build-20261124115900-abcdef12',
      'revert(shop): production back from build-20261124115900-abcdef12',
    ]);
  });

  test('keeps what is broken when it is the first, and says so', async () => {
    const it = await world((made) => { made.behaviours[A] = 'crashes'; }, null);
    const { failed } = await it.act(it.parameters(A));
    expect(failed).toMatch(/crashes again and again .*; now it is the first deployment of production, so there is nothing to go back to: sha256:aaaaaaaaaaaa stays/);
    expect(it.history).toHaveLength(1);
  });

  test('promotes again when the stage is run again after it was put back', async () => {
    const it = await world();
    it.behaviours[B] = 'crashes';
    await it.act(it.parameters(B));
    delete it.behaviours[B];
    expect(await it.act(it.parameters(B), { job: 'again' })).toMatchObject({ failed: undefined });
    expect(it.cluster.running).toBe(B);
  });

  test('goes on with what its execution promoted when the stage is run again, and knows what ran before', async () => {
    const it = await world();
    it.behaviours[B] = 'crashes';
    await it.invoke({ jobId: 'lost', parameters: it.parameters(B), kill: { call: 12, after: true } });
    expect(it.overlayDigest).toBe(B);
    expect((await it.act(it.parameters(B), { job: 'again' })).failed).toMatch(/production runs sha256:aaaaaaaaaaaa again/);
    expect(it.history).toHaveLength(3);
  });

  test('promotes nothing that is promoted already', async () => {
    const it = await world();
    await it.act({ ...it.parameters(A, 'execution-2'), tag: it.released, commit: '0'.repeat(40) });
    expect(it.history).toHaveLength(1);
    expect(it.ecr.of('production')).toHaveLength(1);
    expect(it.answers.at(-1)).toMatchObject({ failed: undefined });
  });

  test('has nothing to go back to when the environment was on the image before', async () => {
    const it = await world();
    it.behaviours[A] = 'crashes';
    const { failed } = await it.act({ ...it.parameters(A, 'execution-2'), tag: it.released, commit: '0'.repeat(40) });
    expect(failed).toMatch(/production was on this image before .* nothing to go back to/);
    expect(it.history).toHaveLength(1);
  });

  test('lets a person\'s newer digest stand, whether the rollout fails or goes on', async () => {
    for (const at of [START + 65_000, START + 80_000, START + 100_000]) {
      const it = await world();
      it.behaviours[B] = 'never gets ready';
      it.events.push({ at, happen: () => it.setDigest(C) });
      const { failed } = await it.act(it.parameters(B));
      expect(failed).toMatch(/commit 0{8} by person \(sha256:cccccccccccc\) came (since|meanwhile) and stays/);
      expect(it.overlayDigest).toBe(C);
    }
  });

  test('leaves an annotation that a person changed alone when it puts back the digest', async () => {
    const it = await world();
    it.behaviours[B] = 'never gets ready';
    it.events.push({
      at: it.now + 30_000,
      happen: () => {
        it.codeCommit.write('main', { [MANAGED]: it.codeCommit.files()[MANAGED].replace('build-20261124115900-abcdef12', 'by-hand') });
      },
    });
    await it.act(it.parameters(B));
    expect([it.overlayDigest, it.released]).toEqual([A, 'by-hand']);
  });

  test('tells when a person put back what ran before', async () => {
    const it = await world();
    it.behaviours[B] = 'never gets ready';
    it.events.push({ at: it.now + 30_000, happen: () => it.setDigest(A) });
    expect((await it.act(it.parameters(B))).failed).toMatch(/by person put back what ran before; now production runs sha256:aaaaaaaaaaaa again/);
    expect(it.history).toHaveLength(3);
  });

  test('keeps other people\'s commits that come between', async () => {
    const it = await world();
    let pushes = 3;
    it.codeCommit.beforeRequest = (operation) => {
      if (operation === 'CreateCommit' && pushes-- > 0) { it.codeCommit.write('main', { [`file-${pushes}`]: 'x' }); }
    };
    expect((await it.act(it.parameters(B))).failed).toBeUndefined();
    expect(Object.keys(it.codeCommit.files())).toEqual(expect.arrayContaining(['file-0', 'file-1', 'file-2']));
  });

  test('says when what was put back does not run', async () => {
    const it = await world();
    it.behaviours[B] = 'crashes';
    it.events.push({ at: it.now + 5_000, happen: () => { it.behaviours[A] = 'crashes'; } });
    expect((await it.act(it.parameters(B))).failed).toMatch(/; now sha256:aaaaaaaaaaaa was put back, but could not be seen running: container web/);
  });

  test('fails at once where Flux is suspended', async () => {
    const it = await world();
    it.cluster.suspended = true;
    expect((await it.act(it.parameters(B))).failed).toMatch(/Kustomization flux-system\/shop-production is suspended/);
    expect(it.overlayDigest).toBe(A);
  });
});

describe('by tag', () => {
  const tagging = () => world((made) => { made.promotion = 'tag'; });

  test('tags, and leaves the commit to Flux', async () => {
    const it = await tagging();
    expect(await it.act(it.parameters(B))).toMatchObject({ failed: undefined, summary: expect.stringContaining('promoted by tag production-2026') });
    expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual([A, B]);
    expect(it.history.every((message) => message === 'a person\'s')).toBe(true);
    expect(it.calls.flat()).not.toContain('CreateCommit');
  });

  test('puts back by a newer tag on what ran before, which keeps its own commit', async () => {
    const it = await tagging();
    it.behaviours[B] = 'cannot be pulled';
    expect((await it.act(it.parameters(B))).failed).toMatch(/cannot pull its image.*; now production runs sha256:aaaaaaaaaaaa again\.$/);
    const tags = it.ecr.of('production');
    expect(tags.map((tag) => tag.digest)).toEqual([A, B, A]);
    expect(tags[2].tag.slice(-8)).toBe(tags[0].tag.slice(-8));
    expect(it.cluster.running).toBe(A);
  });

  test('tags later than a tag from a clock that runs ahead', async () => {
    const it = await tagging();
    it.ecr.tags.set('production-20261124120500000-00000000', C);
    await it.pass(5_000);
    await it.act(it.parameters(B));
    expect(it.ecr.of('production').at(-1)).toEqual({ tag: 'production-20261124120500001-abcdef12', digest: B });
  });

  test.each(['99991231235959999', '20999999999999999'])('says when a tag of %s was pushed, after which none sorts', async (time) => {
    const it = await tagging();
    it.ecr.tags.set(`production-${time}-00000000`, C);
    await it.pass(5_000);
    expect((await it.act(it.parameters(B))).failed).toMatch(new RegExp(`has the tag production-${time}-00000000, after which no tag of today sorts`));
    expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual([A, C]);
  });

  test('lets a newer tag of somebody else stand', async () => {
    const it = await tagging();
    it.behaviours[B] = 'never gets ready';
    it.events.push({ at: it.now + 25_000, happen: () => it.ecr.tags.set('production-20261124130000000-cccccccc', C) });
    expect((await it.act(it.parameters(B))).failed).toMatch(/tag production-20261124130000000-cccccccc \(sha256:cccccccccccc\) came since and stays/);
    expect(it.ecr.of('production')).toHaveLength(3);
  });

  test('reads all pages of tags', async () => {
    const it = await tagging();
    it.ecr.pageSize = 1;
    it.ecr.tags.set('build-20261124115900-abcdef12', B);
    it.behaviours[B] = 'crashes';
    await it.act(it.parameters(B));
    expect(it.ecr.of('production').map((tag) => tag.digest)).toEqual([A, B, A]);
  });
});

describe('bad input', () => {
  test.each<[string, (it: World) => Record<string, unknown>, RegExp]>([
    ['missing digest', (it) => it.parameters(digest('d')), /"mall\/shop" has no image sha256:d{64} \(ImageNotFound\)/],
    ['no digest', (it) => ({ ...it.parameters(B), digest: '' }), /digest "" must be the digest that the build exports/],
    ['missing parameter', (it) => ({ ...it.parameters(B), imageUri: undefined }), /imageUri/],
    ['vanished image repository', (it) => ({ ...it.parameters(B), imageRepository: 'gone', imageUri: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/gone' }), /"gone" does not exist in ECR/],
    ['vanished infrastructure repository', (it) => { it.codeCommit.exists = false; return it.parameters(B); }, /"infrastructure" does not exist/],
    ['branch without a commit', (it) => { it.codeCommit.branches.clear(); return it.parameters(B); }, /no commit on the branch "main"/],
    ['missing overlay', (it) => { it.codeCommit.remove('main', OVERLAY); return it.parameters(B); }, /"apps\/shop\/production\/kustomization.yaml" is not in the infrastructure repository/],
    ['missing managed file', (it) => { it.codeCommit.remove('main', MANAGED); return it.parameters(B); }, /"clusters\/mall\/shop-production.yaml" is not in/],
    ['overlay without a digest', (it) => { it.codeCommit.write('main', { [OVERLAY]: `images:\n  - name: shop\n    newName: ${URI}\n` }); return it.parameters(B); },
      /no value at Kustomization: images\[name=shop\]\.digest; give it one entry/],
  ])('fails on a %s with one sentence, and changes nothing', async (_what, prepare, message) => {
    const it = await world();
    const parameters = prepare(it);
    const files = it.codeCommit.exists && it.codeCommit.files();
    expect((await it.act(parameters)).failed).toMatch(message);
    expect(it.ecr.tags.size).toBe(1);
    expect(it.codeCommit.exists && it.codeCommit.files()).toEqual(files);
    expect(it.calls.flat().filter((name) => name === 'CreateCommit')).toHaveLength(1);
  });

  test('refuses a token that is not its own', async () => {
    const it = await world();
    await it.invoke({ jobId: 'x', parameters: it.parameters(B), token: '{"phase":"watch"}' });
    expect(it.answers.at(-1)!.failed).toMatch(/continuation token is not one that this function gave/);
  });
});

describe('services that do not answer', () => {
  const failing = (name: string, times: number) => {
    let left = times;
    return (call: string) => { if (call === name && left-- > 0) { throw new Error('no answer'); } };
  };

  test.each(['GetBranch', 'CreateCommit', 'PutImage', 'GetFile', 'GetCommit', 'BatchGetImage'])('goes on after %s failed three times', async (name) => {
    const it = await world();
    it.beforeCall = failing(name, 3);
    expect((await it.act(it.parameters(B))).failed).toBeUndefined();
    expect(it.history).toHaveLength(2);
  });

  test('gives up in the end, without a promotion', async () => {
    const it = await world();
    it.beforeCall = failing('GetBranch', Infinity);
    expect((await it.act(it.parameters(B))).failed).toMatch(/in production was not promoted: no answer$/);
    expect(it.overlayDigest).toBe(A);
  });

  test('puts back when what it promoted cannot be tagged', async () => {
    const it = await world();
    it.beforeCall = failing('PutImage', Infinity);
    expect((await it.act(it.parameters(B))).failed).toMatch(/did not run: no answer; now production runs sha256:aaaaaaaaaaaa again/);
  });
});

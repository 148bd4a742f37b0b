import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ATTACK_LABEL } from './attacks';
import type { Sandbox } from '../../../sandbox';
import { until } from '../../../sandbox/cluster/until';
import type { Clone } from '../../../sandbox/scenario/developer';

const FOLDER = 'apps/shop/staging';
const ADDED = 'added.yaml';

/** Staging's folder in the infrastructure repository, in the hands of somebody who may push there */
export class Overlay {
  private readonly clean: Promise<string>;

  constructor(private readonly sandbox: Sandbox, private readonly clone: Clone) {
    this.clean = clone.git(['show', `HEAD:${FOLDER}/kustomization.yaml`]);
  }

  /**
   * Commits one more object to the overlay.
   *
   * @param why for the history, and so that each commit changes the file
   * @param namespace that the object is moved to after Flux has given it the overlay's own
   * @returns what Flux says of the commit: why it does not apply it, or that it did
   */
  public async add(why: string, object: { kind: string }, namespace?: string): Promise<string> {
    writeFileSync(join(this.clone.folder, FOLDER, ADDED), stringify(object));
    await this.clone.git(['add', `${FOLDER}/${ADDED}`]);
    const resources = (await this.clean).replace('  - ../base\n', `  - ../base\n  - ${ADDED}\n`);
    return this.commit(why, `${resources}\n${namespace ? stringify({ transformers: [stringify(moved(object.kind, namespace))] }) : ''}# ${why}\n`);
  }

  /** Commits the overlay as it was. */
  public async restore(): Promise<string> {
    return this.commit('as it was', `${await this.clean}\n`);
  }

  private async commit(why: string, content: string): Promise<string> {
    const commit = await this.clone.push(`${FOLDER}/kustomization.yaml`, () => content, `chore: staging, ${why}`);
    return until(`Flux to have tried ${commit}`, async () => this.verdict(commit), { timeout: 60_000 });
  }

  private async verdict(commit: string): Promise<string | undefined> {
    const text = await this.sandbox.cluster.kubectl(['get', 'kustomization', 'shop-staging', '--namespace=flux-system', '--output=json']);
    const { status } = JSON.parse(text);
    const ready = status.conditions.find(({ type }: any) => type === 'Ready');
    const tried = status.lastAttemptedRevision?.endsWith(commit) || ready.message.includes(commit);
    return tried && ready.status !== 'Unknown' ? ready.message : undefined;
  }
}

/** Flux sets the namespace in the overlay's kustomization; what is listed as a transformer comes after that. */
function moved(kind: string, namespace: string): object {
  return {
    apiVersion: 'builtin',
    kind: 'PatchTransformer',
    metadata: { name: 'elsewhere' },
    target: { kind, labelSelector: ATTACK_LABEL },
    patch: JSON.stringify([{ op: 'add', path: '/metadata/namespace', value: namespace }]),
  };
}

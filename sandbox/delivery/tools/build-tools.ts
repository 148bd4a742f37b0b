import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { awsCli, installAwsCli } from './aws-cli';
import { Docker } from './docker';
import { Build } from '../build/build';

/**
 * What a build finds on PATH beside the machine's own commands: `docker` and `aws`.
 *
 * Builds that run at once have images of their own, since build specifications give them fixed names; builds one after
 * the other share them, so that the base image is pulled once.
 */
export class BuildTools {
  private readonly dockers: Docker[] = [];
  private readonly using = new Map<number, Build>();

  constructor(private readonly dir: string, private readonly onProgress: (line: string) => void) {}

  public async install(bin: string, build: Build): Promise<void> {
    const environment = await awsCli(this.onProgress);
    await mkdir(bin, { recursive: true });
    await installAwsCli(environment, bin);
    await this.docker(this.slotFor(build)).install(bin, build.project.privileged);
  }

  /** Removes every image of every build. */
  public async remove(): Promise<void> {
    for (const docker of this.dockers.splice(0)) {
      await docker.remove();
    }
    this.using.clear();
  }

  private slotFor(build: Build): number {
    const slot = [...this.using].find(([, other]) => other.ended)?.[0] ?? this.using.size;
    this.using.set(slot, build);
    return slot;
  }

  private docker(slot: number): Docker {
    this.dockers[slot] ??= new Docker(join(this.dir, 'images', String(slot)));
    return this.dockers[slot];
  }
}

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command';

export const PAUSE_IMAGE = 'localhost/pause:1';

/** Packs the program that holds a pod's namespaces as an image archive: the node pulls it from nowhere. */
export async function packPauseImage(pause: string, dir: string): Promise<string> {
  const folder = join(dir, 'pause');
  mkdirSync(folder, { recursive: true });
  copyFileSync(pause, join(folder, 'pause'));
  await command('tar', '--create', '--file', join(folder, 'layer.tar'), '--directory', folder, '--owner=0', '--group=0', '--mode=755', 'pause');
  const digest = createHash('sha256').update(readFileSync(join(folder, 'layer.tar'))).digest('hex');
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  writeFileSync(join(folder, 'config.json'), JSON.stringify({
    architecture, os: 'linux', config: { Entrypoint: ['/pause'] }, rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  }));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [PAUSE_IMAGE], Layers: ['layer.tar'] }]));
  const archive = join(dir, 'pause.tar');
  await command('tar', '--create', '--file', archive, '--directory', folder, 'manifest.json', 'config.json', 'layer.tar');
  return archive;
}

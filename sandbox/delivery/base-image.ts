import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command, findCommand } from './command';
import { cached, keyOf, partsCache } from '../parts/cache';

/** The name under which the sample application's Dockerfile asks for its base image. */
export const BASE_IMAGE = 'public.ecr.aws/docker/library/node:24-alpine';

/** What of Debian it is made from. */
export const BASE_IMAGE_COMMANDS = [{ command: 'busybox', package: 'busybox-static' }] as const;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * An image with Node.js and a shell, assembled from this machine's own programs.
 *
 * No public registry can be counted on where the sandbox runs. The image answers to what a Dockerfile expects of the
 * public one: `node`, `/bin/sh` with busybox's commands, and the user `node` with the number 1000. It has no npm.
 *
 * @returns the folder of an OCI image layout, in the cache.
 */
export async function baseImage(): Promise<string> {
  const programs = { node: await realpath(process.execPath), busybox: await findCommand('busybox') };
  const stamps = await Promise.all(Object.values(programs).map(async (file) => `${file} ${(await stat(file)).size} ${(await stat(file)).mtimeMs}`));
  const folder = join(partsCache(), '..', `base-image-${keyOf([LAYOUT, process.version, ...stamps])}`);
  await cached(folder, async (layout) => {
    const root = join(layout, 'root');
    await assemble(root, programs);
    await writeLayout(layout, root);
    await rm(root, { recursive: true });
  });
  return folder;
}

/** Puts the base image into a registry on loopback, with the program crane. */
export async function pushBaseImage(crane: string, registry: string, layout: string): Promise<void> {
  const [, name] = /^[^/]+\/(.+)$/.exec(BASE_IMAGE)!;
  await command(crane, ['push', layout, `${registry}/${name}`]);
}

async function assemble(root: string, programs: { node: string; busybox: string }): Promise<void> {
  await copyProgram(root, programs.node, '/usr/local/bin/node');
  await copyProgram(root, programs.busybox, '/bin/busybox');
  for (const applet of (await command(programs.busybox, ['--list'])).split('\n').filter((name) => name && name !== 'busybox')) {
    await symlink('busybox', join(root, 'bin', applet));
  }
  for (const folder of ['root', 'home/node', 'tmp', 'etc', 'usr/bin', 'usr/sbin', 'sbin', 'var', 'proc', 'sys', 'dev']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
}

/** A program and the libraries that it is linked with, each where the dynamic linker will look for it. */
async function copyProgram(root: string, file: string, target: string): Promise<void> {
  // ldd fails for a program without libraries
  const linked = await command('ldd', [file]).catch(() => '');
  const libraries = [...linked.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, library]) => [library, library]);
  for (const [from, to] of [[file, target], ...libraries]) {
    await mkdir(join(root, dirname(to)), { recursive: true });
    await copyFile(from, join(root, to));
    await chmod(join(root, to), 0o755);
  }
}

/** Changed when the image is assembled in another way, so that the cache makes it anew. */
const LAYOUT = 'one uncompressed layer, with its history';

/** The layer stays uncompressed: compressing takes seconds, and every copy of it stays on this machine. */
async function writeLayout(layout: string, root: string): Promise<void> {
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const tar = join(layout, 'layer.tar');
  await command('tar', ['--create', '--file', tar, '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--directory', root, '.']);
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: await digestOf(tar), size: (await stat(tar)).size };
  await rename(tar, join(blobs, layer.digest.split(':')[1]));

  const put = async (mediaType: string, content: object) => {
    const text = JSON.stringify(content);
    const hex = createHash('sha256').update(text).digest('hex');
    await writeFile(join(blobs, hex), text);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };
  const config = await put('application/vnd.oci.image.config.v1+json', {
    created: '1970-01-01T00:00:00Z',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: [`PATH=${PATH}`, `NODE_VERSION=${process.versions.node}`], Cmd: ['node'] },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'assembled by the sandbox' }], // buildah counts them
  });
  const manifest = await put('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [layer],
  });
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
  }
  return `sha256:${hash.digest('hex')}`;
}

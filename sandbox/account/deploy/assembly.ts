import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import AdmZip from 'adm-zip';

export interface StackArtifact {
  id: string;
  stackName: string;
  templateFile: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** The template's own place in the assets bucket, when it has one. */
  templateUrl?: string;
}

export interface FileAsset { bucket: string; key: string; read(): Promise<Buffer> }

export interface Assembly { stacks: StackArtifact[]; assets: FileAsset[] }

/** Reads a cloud assembly: its stacks in the order in which they depend on each other, and their file assets. */
export async function readAssembly(dir: string, fill: (text: string) => string): Promise<Assembly> {
  const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8'));
  const artifacts: Record<string, any> = manifest.artifacts ?? {};
  const stacks: StackArtifact[] = [];
  const visited = new Set<string>();
  const visit = (id: string): void => {
    if (visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    const { type, properties } = artifacts[id] ?? {};
    if (type !== 'aws:cloudformation:stack') return;
    stacks.push({
      id,
      stackName: properties.stackName ?? id,
      templateFile: join(dir, properties.templateFile),
      parameters: properties.parameters ?? {},
      tags: properties.tags ?? {},
      templateUrl: properties.stackTemplateAssetObjectUrl && fill(properties.stackTemplateAssetObjectUrl),
    });
  };
  Object.keys(artifacts).forEach(visit);
  const assets: FileAsset[] = [];
  for (const { type, properties } of Object.values(artifacts)) {
    if (type === 'cdk:asset-manifest') assets.push(...await fileAssets(dir, properties.file, fill));
    if (type === 'cdk:cloud-assembly') {
      const nested = await readAssembly(join(dir, properties.directoryName), fill);
      stacks.push(...nested.stacks);
      assets.push(...nested.assets);
    }
  }
  return { stacks, assets };
}

async function fileAssets(dir: string, file: string, fill: (text: string) => string): Promise<FileAsset[]> {
  const manifest = JSON.parse(await readFile(join(dir, file), 'utf8'));
  if (Object.keys(manifest.dockerImages ?? {}).length > 0) {
    throw new Error(`${file} holds image assets; the sandbox publishes file assets only.`);
  }
  return Object.values<any>(manifest.files ?? {}).flatMap(({ source, destinations }) => Object.values<any>(destinations).map(destination => ({
    bucket: fill(destination.bucketName),
    key: destination.objectKey,
    read: async () => readSource(join(dir, source.path), source.packaging),
  })));
}

async function readSource(path: string, packaging: string | undefined): Promise<Buffer> {
  const isFolder = (await stat(path)).isDirectory();
  if (packaging !== 'zip' || !isFolder) return readFile(path);
  const zip = new AdmZip();
  await zip.addLocalFolderPromise(path, {});
  return zip.toBuffer();
}

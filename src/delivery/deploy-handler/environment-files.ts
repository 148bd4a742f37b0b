import { DIGEST_PATTERN } from './digest';
import { Refusal } from './refusal';
import { Release } from './state';
import { NOT_RELEASED, RELEASED_ANNOTATION } from '../../flux/manifests/names';
import { describePath, readValue, replaceValue, ValuePath, YamlPathError } from '../../source/repository-files-handler/yaml-value';

/** Where an environment's release is written in the infrastructure repository. */
export interface EnvironmentFiles {
  readonly application: string;
  /** Seeded, then the team's: the image's name and digest. */
  readonly overlay: string;
  /** Managed: the annotation that tells what is released. */
  readonly managed: string;
}

export function environmentFiles(platform: string, application: string, environment: string): EnvironmentFiles {
  return {
    application,
    overlay: `apps/${application}/${environment}/kustomization.yaml`,
    managed: `clusters/${platform}/${application}-${environment}.yaml`,
  };
}

const RELEASED: ValuePath = ['Kustomization', 'metadata', 'annotations', RELEASED_ANNOTATION];

/** What the overlay names, without judging it. */
export function overlayDigest(files: EnvironmentFiles, overlay: string | undefined): string | undefined {
  return overlay === undefined ? undefined : readValue(overlay, imagePath(files, 'digest'));
}

/** What both files name; refused where one of them has no place for it. */
export function readRelease(files: EnvironmentFiles, overlay: string | undefined, managed: string | undefined): Release {
  const { digest, name } = readOverlay(files, overlay);
  return { digest, name, released: readValue(required(managed, files.managed), RELEASED) };
}

/** What the overlay names; refused where it has no place for it. */
export function readOverlay(files: EnvironmentFiles, overlay: string | undefined): Release {
  const path = imagePath(files, 'digest');
  const digest = readValue(required(overlay, files.overlay), path);
  if (digest === undefined) {
    throw new Refusal(`The file "${files.overlay}" has no value at ${describePath(path)}; `
      + `give it one entry "name: ${files.application}" under images with "digest: ${NOT_RELEASED}", which deployments then fill in.`);
  }
  return { digest: DIGEST_PATTERN.test(digest) ? digest : NOT_RELEASED, name: readValue(overlay!, imagePath(files, 'newName')) };
}

/** Both files with another release; a value that the release does not have stays. */
export function writeRelease(files: EnvironmentFiles, overlay: string, managed: string, release: Release): { path: string; content: string }[] {
  const changed = { [files.overlay]: overlay, [files.managed]: managed };
  const set = (file: string, path: ValuePath, value: string | undefined) => {
    if (value === undefined || readValue(changed[file], path) === undefined || readValue(changed[file], path) === value) { return; }
    try {
      changed[file] = replaceValue(changed[file], path, value);
    } catch (error) {
      throw error instanceof YamlPathError ? new Refusal(`The file "${file}" cannot be changed: ${error.message}`) : error;
    }
  };
  set(files.overlay, imagePath(files, 'newName'), release.name);
  set(files.overlay, imagePath(files, 'digest'), release.digest);
  set(files.managed, RELEASED, release.released);
  return [{ path: files.overlay, content: changed[files.overlay] }, { path: files.managed, content: changed[files.managed] }];
}

function imagePath({ application }: EnvironmentFiles, key: 'digest' | 'newName'): ValuePath {
  return ['Kustomization', 'images', { name: application }, key];
}

function required(content: string | undefined, path: string): string {
  if (content === undefined) {
    throw new Refusal(`The file "${path}" is not in the infrastructure repository; restore it from the history, or deploy the application's stack, which writes it where it is missing.`);
  }
  return content;
}

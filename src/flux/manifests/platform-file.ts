import { MANAGED_HEADER } from './environment-files';
import { FLUX_NAMESPACE, MANAGED_BY_LABELS } from './names';
import { RepositoryFile } from './repository-file';
import { toYaml } from './yaml';

/** Keeps the platform's folder in Git while it has no application, since Flux refuses a path that is missing. */
export function platformFile(platformName: string): RepositoryFile {
  return {
    path: `clusters/${platformName}/platform.yaml`,
    content: toYaml(
      [{
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${platformName}-info`, namespace: FLUX_NAMESPACE, labels: MANAGED_BY_LABELS },
        data: { platform: platformName },
      }],
      { header: MANAGED_HEADER },
    ),
  };
}

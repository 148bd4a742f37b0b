import { Environment, environmentObjectName } from './environment';
import { FLUX_NAMESPACE } from './names';

/** The comment by which image-update-automation finds the value that it sets. */
export function policyMarker(environment: Environment, part: 'tag' | 'digest'): string {
  return JSON.stringify({ $imagepolicy: `${FLUX_NAMESPACE}:${environmentObjectName(environment)}:${part}` }).replace(':', ': ');
}

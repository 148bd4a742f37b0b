import * as fc from 'fast-check';
import { FLUX_CONTROLLERS } from '../../../sandbox/cluster/flux-arguments';
import type { Choice } from '../step';

const restartFlux: Choice = {
  weight: 3,
  arbitrary: fc.constantFrom(...FLUX_CONTROLLERS).map((controller) => ({
    name: `kill the ${controller}`,
    run: async (world) => {
      world.sandbox.cluster.restartFlux(controller);
      world.count('Flux controllers killed');
      return 'it comes back';
    },
  })),
};

const apiServerAway: Choice = {
  weight: 1,
  arbitrary: fc.integer({ min: 1, max: 10 }).map((seconds) => ({
    name: `take the API server away for ${seconds} s`,
    run: async (world) => {
      world.meanwhile(world.sandbox.cluster.apiServerAway(seconds * 1000));
      world.count('API server away');
      return 'it comes back';
    },
  })),
};

/** What may become of the cluster */
export const CLUSTER: Choice[] = [restartFlux, apiServerAway];

import { BASE_IMAGE_COMMANDS } from './base-image';
import { AWS_CLI_COMMANDS } from './tools/aws-cli';
import { DOCKER_COMMANDS } from './tools/docker';

export { BASE_IMAGE, baseImage, pushBaseImage } from './base-image';
export { Delivery } from './delivery';
export type { DeliveryOptions } from './delivery';
export { Pipeline } from './pipeline/pipeline';
export type { Change } from './pipeline/pipeline';
export type { ActionExecution, Execution, StageExecution } from './pipeline/execution';
export type { Build } from './build/build';

/** The commands that builds and the base image need, for `ensureDebian`. */
export const DELIVERY_COMMANDS = [...DOCKER_COMMANDS, ...AWS_CLI_COMMANDS, ...BASE_IMAGE_COMMANDS];

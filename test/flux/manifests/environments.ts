import type { Environment } from '../../../src/flux/manifests/environment';

/** An environment that is promoted by commit. */
export const production: Environment = {
  platform: 'acme',
  application: 'shop',
  environment: 'production',
  namespace: 'shop-production',
  imageRepositoryUri: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/shop',
  followsTags: false,
};

/** An environment that follows tags, in a namespace of its own choice. */
export const staging: Environment = { ...production, environment: 'staging', namespace: 'try-out', followsTags: true };

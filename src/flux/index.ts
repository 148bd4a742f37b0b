export * from './flux';
export * from './flux-identities';
export * from './reconcile-trigger';

export * from './cluster-access';
export * from './node-architecture';
export * from './platform-cluster';
export * from './platform-network';
export * from './worker-nodes';

export * from './gitops-platform';
export * from './gitops-platform-props';
export * from './gitops-platform-ref';

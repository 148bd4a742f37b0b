export * from './application/application-options';
export * from './build/image-build';
export * from './build/image-build-options';
export * from './build/image-repository';
export * from './delivery/environment-options';
export * from './delivery/promotion';
export * from './source/application-repository';

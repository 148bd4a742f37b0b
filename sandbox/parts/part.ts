/** A program that the sandbox runs, and where its source comes from. */
export interface Part {
  /** The program's file name. */
  readonly name: string;
  /** The folder beside this file that holds the Go module which pins it. */
  readonly folder: string;
  /** The Go package of its main function. */
  readonly package: string;
  /** The pinned Go module whose version is the program's; none for our own. */
  readonly module?: string;
}

const KUBERNETES = { folder: 'control-plane', module: 'k8s.io/kubernetes' };
const REGISTRY = { folder: 'registry', module: 'github.com/google/go-containerregistry' };

/** In the order in which they are built: what starts first comes first. */
export const PARTS = [
  { name: 'etcd', folder: 'etcd', package: '.', module: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver', ...KUBERNETES },
  { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager', ...KUBERNETES },
  { name: 'kube-scheduler', package: 'k8s.io/kubernetes/cmd/kube-scheduler', ...KUBERNETES },
  { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl', ...KUBERNETES },
  { name: 'kubelet', package: 'k8s.io/kubernetes/cmd/kubelet', ...KUBERNETES },
  fluxController('source-controller'),
  fluxController('kustomize-controller'),
  fluxController('image-reflector-controller'),
  fluxController('image-automation-controller'),
  { name: 'kwok', folder: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', module: 'sigs.k8s.io/kwok' },
  { name: 'registry', package: 'github.com/google/go-containerregistry/cmd/registry', ...REGISTRY },
  { name: 'crane', package: 'github.com/google/go-containerregistry/cmd/crane', ...REGISTRY },
  { name: 'pause', folder: 'pause', package: '.' },
] as const satisfies readonly Part[];

export type PartName = (typeof PARTS)[number]['name'];

function fluxController<Name extends string>(name: Name) {
  return { name, folder: 'flux', package: `github.com/fluxcd/${name}`, module: `github.com/fluxcd/${name}` };
}

// No Go code: pins the modules of whose source trees the YAML files are read.
// The versions are those that flux2's own manifests name; the generator checks it.
module cdk-gitops-pipeline/flux-install/manifests

go 1.26.0

require (
	github.com/fluxcd/helm-controller v1.6.3
	github.com/fluxcd/image-automation-controller v1.2.4
	github.com/fluxcd/image-reflector-controller v1.2.4
	github.com/fluxcd/kustomize-controller v1.9.4
	github.com/fluxcd/notification-controller v1.9.3
	github.com/fluxcd/source-controller v1.9.4
)

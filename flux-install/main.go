// Command flux-install writes the Kubernetes objects that install Flux, as
// `flux install --export` prints them, to src/flux/install in this repository.
//
// Run it after a change of a version in go.mod, manifests/go.mod or images.json:
//
//	go run -C flux-install .
//
// Everything comes from Go modules, whose content go.sum pins, so that the same
// commit gives the same bytes on every machine.
package main

import (
	"fmt"
	"os"
)

// What the construct can install. source-watcher is left out: nothing here
// composes artifacts, and it would be one more controller to patch and watch.
var components = []string{
	"source-controller",
	"kustomize-controller",
	"helm-controller",
	"notification-controller",
	"image-reflector-controller",
	"image-automation-controller",
}

// The Kubernetes versions that this Flux version is tested with, from its release notes.
var kubernetes = []string{"1.34", "1.35", "1.36"}

const outputFolder = "../src/flux/install"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "flux-install:", err)
		os.Exit(1)
	}
}

func run() error {
	progress("[1/4] fetching the modules of Flux and its controllers")
	modules, err := fetchModules()
	if err != nil {
		return err
	}
	flux := modules[fluxModule].Version

	work, err := os.MkdirTemp("", "flux-install-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	progress("[2/4] building the manifests of Flux %s", flux)
	manifest, err := buildManifest(work, modules)
	if err != nil {
		return err
	}

	progress("[3/4] pinning the images by digest")
	objects, err := parseObjects(manifest)
	if err != nil {
		return err
	}
	if err := pinImages(objects); err != nil {
		return err
	}

	progress("[4/4] writing %d objects to %s", len(objects), "src/flux/install")
	if err := writeJSON("flux.json", contentsOf(objects)); err != nil {
		return err
	}
	return writeJSON("versions.json", versionsOf(modules))
}

// versions is what the construct reads beside the objects.
type versions struct {
	Flux        string            `json:"flux"`
	Controllers map[string]string `json:"controllers"`
	Kubernetes  []string          `json:"kubernetes"`
}

func versionsOf(modules map[string]module) versions {
	controllers := map[string]string{}
	for _, name := range components {
		controllers[name] = modules[modulePath(name)].number()
	}
	return versions{Flux: modules[fluxModule].number(), Controllers: controllers, Kubernetes: kubernetes}
}

func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
}

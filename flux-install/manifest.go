package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/fluxcd/flux2/v2/pkg/manifestgen/install"
	"github.com/fluxcd/flux2/v2/pkg/manifestgen/kustomization"
)

// buildManifest does in work what the release of Flux and then `flux install
// --export` do: build each controller, RBAC and the policies on their own, then
// compose the chosen ones by the flux CLI's own templates.
func buildManifest(work string, modules map[string]module) (string, error) {
	manifests := filepath.Join(work, "manifests")
	if err := copyTree(filepath.Join(modules[fluxModule].Dir, "manifests"), manifests); err != nil {
		return "", err
	}
	built := filepath.Join(work, "built")
	if err := os.Mkdir(built, 0o755); err != nil {
		return "", err
	}
	for _, name := range components {
		base := filepath.Join(manifests, "bases", name)
		if err := useLocalRelease(base, modules[modulePath(name)]); err != nil {
			return "", err
		}
		if err := buildInto(built, name, work, base); err != nil {
			return "", err
		}
	}
	for _, name := range []string{"rbac", "policies"} {
		if err := buildInto(built, name, work, filepath.Join(manifests, name)); err != nil {
			return "", err
		}
	}

	// A base URL of the web together with a folder means: compose what the
	// folder holds, as the flux CLI does with the manifests embedded in it.
	options := install.MakeDefaultOptions()
	options.Version = modules[fluxModule].Version
	options.Components = components
	manifest, err := install.Generate(options, built)
	if err != nil {
		return "", fmt.Errorf("the manifests of Flux %s cannot be composed: %w", options.Version, err)
	}
	return manifest.Content, nil
}

func buildInto(folder, name, root, base string) error {
	content, err := kustomization.BuildWithRoot(root, base)
	if err != nil {
		return fmt.Errorf("the manifests of %s cannot be built: %w", name, err)
	}
	return os.WriteFile(filepath.Join(folder, name+".yaml"), content, 0o644)
}

// The files that a controller's release is made of: `kustomize build` of its config/crd and config/manager.
var releaseFile = regexp.MustCompile(`https://github\.com/fluxcd/([a-z-]+)/releases/download/(v[0-9.]+)/[a-z-]+\.(crds|deployment)\.yaml`)

var releaseSource = map[string]string{"crds": "config/crd", "deployment": "config/manager"}

// useLocalRelease replaces the release files that a base names by URL with their source in the controller's module.
func useLocalRelease(base string, controller module) error {
	file := filepath.Join(base, "kustomization.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	found := releaseFile.FindAllStringSubmatch(string(content), -1)
	if len(found) != len(releaseSource) {
		return fmt.Errorf("%s names %d release files where 2 were expected: see how this version of Flux is put together", file, len(found))
	}
	for _, match := range found {
		if version := match[2]; version != controller.Version {
			return fmt.Errorf("Flux takes %s %s, but flux-install/manifests/go.mod requires %s: change it there", match[1], version, controller.Version)
		}
		kind := match[3]
		if err := copyTree(filepath.Join(controller.Dir, releaseSource[kind]), filepath.Join(base, kind)); err != nil {
			return err
		}
	}
	return os.WriteFile(file, releaseFile.ReplaceAll(content, []byte("$3")), 0o644)
}

// copyTree copies a folder out of Go's module cache, which is read-only: the copy is not.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
}

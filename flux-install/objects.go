package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// parseObjects reads a multi-document YAML, in its order.
func parseObjects(manifest string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewBufferString(manifest), 4096); ; {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("the manifests that were built cannot be read: %w", err)
		}
		objects = append(objects, object)
	}
}

// pinImages adds to each image the digest that images.json has for it: a tag can be moved, a digest cannot.
func pinImages(objects []*unstructured.Unstructured) error {
	content, err := os.ReadFile("images.json")
	if err != nil {
		return err
	}
	digests := map[string]string{}
	if err := json.Unmarshal(content, &digests); err != nil {
		return fmt.Errorf("flux-install/images.json cannot be read: %w", err)
	}
	used := map[string]bool{}
	for _, object := range objects {
		if object.GetKind() != "Deployment" {
			continue
		}
		path := []string{"spec", "template", "spec", "containers"}
		containers, _, err := unstructured.NestedSlice(object.Object, path...)
		if err != nil {
			return err
		}
		for _, container := range containers {
			fields := container.(map[string]any)
			image := fields["image"].(string)
			digest, known := digests[image]
			if !known {
				return fmt.Errorf("flux-install/images.json has no digest for %s: add it", image)
			}
			fields["image"] = image + "@" + digest
			used[image] = true
		}
		if err := unstructured.SetNestedSlice(object.Object, containers, path...); err != nil {
			return err
		}
	}
	for image := range digests {
		if !used[image] {
			return fmt.Errorf("flux-install/images.json has a digest for %s, which Flux does not use: remove it", image)
		}
	}
	return nil
}

// contentsOf leaves out unstructured's own JSON encoding, which escapes < and > for HTML.
func contentsOf(objects []*unstructured.Unstructured) []map[string]any {
	contents := make([]map[string]any, 0, len(objects))
	for _, object := range objects {
		contents = append(contents, object.Object)
	}
	return contents
}

// writeJSON writes a value so that two runs give the same bytes: encoding/json sorts the keys of maps.
func writeJSON(name string, value any) error {
	if err := os.MkdirAll(outputFolder, 0o755); err != nil {
		return err
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(outputFolder, name), buffer.Bytes(), 0o644)
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

const fluxModule = "github.com/fluxcd/flux2/v2"

// A module's source tree in Go's module cache.
type module struct {
	Path    string
	Version string
	Dir     string
	Error   string
}

func (m module) number() string {
	return strings.TrimPrefix(m.Version, "v")
}

func modulePath(controller string) string {
	return "github.com/fluxcd/" + controller
}

// fetchModules returns Flux's and its controllers' modules by path. Flux's is
// the one that this program is built with, so its templates and its manifests
// are of one version.
func fetchModules() (map[string]module, error) {
	modules := map[string]module{}
	for _, command := range [][]string{
		{"list", "-m", "-json", fluxModule},
		{"-C", "manifests", "mod", "download", "-json"},
	} {
		output, err := goCommand(command...)
		if err != nil {
			return nil, err
		}
		for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
			var m module
			if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("what go %s printed is no JSON: %w", strings.Join(command, " "), err)
			}
			modules[m.Path] = m
		}
	}
	for _, path := range append([]string{fluxModule}, controllerModules()...) {
		if modules[path].Dir == "" {
			return nil, fmt.Errorf("module %s is not there: require it in flux-install/manifests/go.mod", path)
		}
	}
	return modules, nil
}

func controllerModules() []string {
	var paths []string
	for _, name := range components {
		paths = append(paths, modulePath(name))
	}
	return paths
}

func goCommand(args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s failed (%w): %s%s", strings.Join(args, " "), err, stderr.String(), downloadErrors(output))
	}
	return output, nil
}

// go mod download -json says what is wrong in its output, not on standard error.
func downloadErrors(output []byte) string {
	var said []string
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var m module
		if decoder.Decode(&m) != nil {
			return strings.Join(said, "\n")
		}
		if m.Error != "" {
			said = append(said, m.Error)
		}
	}
}

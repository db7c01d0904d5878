package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// definitions is the file that all schemas refer to.
const definitions = "definitions.json"

type document struct {
	Definitions map[string]map[string]any `json:"definitions"`
}

func makeAllSchemas(directory, swagger string, definitions []string) error {
	if err := makeSchemas(swagger, directory); err != nil {
		return err
	}
	for _, d := range definitions {
		if err := makeDefinedSchemas(d, directory); err != nil {
			return err
		}
	}
	return nil
}

// makeSchemas makes the JSON schemas that kubeconform wants from Kubernetes' own description of its API. They are
// strict: a field that Kubernetes does not know is a fault.
func makeSchemas(swagger, directory string) error {
	text, err := os.ReadFile(swagger) //nolint:gosec // the file that was asked for
	if err != nil {
		return err
	}
	var all document
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("%s: %w", swagger, err)
	}
	if err := os.MkdirAll(directory, 0o750); err != nil { //nolint:gosec // the folder that was asked for
		return err
	}
	for name, schema := range all.Definitions {
		for _, file := range kinds(schema) {
			reference := map[string]any{"$ref": definitions + "#/definitions/" + name}
			if err := write(filepath.Join(directory, file), reference); err != nil {
				return err
			}
		}
		makeStrict(name, schema)
	}
	return write(filepath.Join(directory, definitions), all)
}

// makeDefinedSchemas makes them of a CustomResourceDefinition, for each of its versions.
func makeDefinedSchemas(file, directory string) error {
	text, err := os.ReadFile(file) //nolint:gosec // the file that was asked for
	if err != nil {
		return err
	}
	var d struct {
		Spec struct {
			Group string `json:"group"`
			Names struct {
				Kind string `json:"kind"`
			} `json:"names"`
			Versions []struct {
				Name   string `json:"name"`
				Schema struct {
					OpenAPI map[string]any `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, v := range d.Spec.Versions {
		refuseOthers(v.Schema.OpenAPI)
		path := filepath.Join(directory, fileName(d.Spec.Names.Kind, d.Spec.Group, v.Name))
		if err := write(path, v.Schema.OpenAPI); err != nil {
			return err
		}
	}
	return nil
}

// refuseOthers has a schema, and all in it, refuse fields that are not described, but for the metadata, which a
// definition leaves to Kubernetes.
func refuseOthers(schema map[string]any) {
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		if one, ok := p.(map[string]any); ok && name != "metadata" {
			refuseOthers(one)
		}
	}
	if items, ok := schema["items"].(map[string]any); ok {
		refuseOthers(items)
	}
	if properties != nil && schema["additionalProperties"] == nil {
		schema["additionalProperties"] = false
	}
}

// kinds are the names of the files in which kubeconform looks for this schema.
func kinds(schema map[string]any) []string {
	list, _ := schema["x-kubernetes-group-version-kind"].([]any)
	files := make([]string, 0, len(list))
	for _, one := range list {
		k, _ := one.(map[string]any)
		files = append(files, fileName(fmt.Sprint(k["kind"]), fmt.Sprint(k["group"]), fmt.Sprint(k["version"])))
	}
	return files
}

func fileName(kind, group, version string) string {
	group, _, _ = strings.Cut(group, ".")
	name := kind + "-" + group + "-" + version
	if group == "" {
		name = kind + "-" + version
	}
	return strings.ToLower(name) + ".json"
}

// makeStrict refuses fields that are not described, and admits numbers where Kubernetes does, though it says "string".
func makeStrict(name string, schema map[string]any) {
	switch {
	case strings.HasSuffix(name, ".IntOrString"), strings.HasSuffix(name, ".Quantity"):
		schema["type"] = []string{"string", "number"}
		delete(schema, "format")
	case schema["properties"] != nil && schema["additionalProperties"] == nil:
		schema["additionalProperties"] = false
	}
}

func write(file string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600) //nolint:gosec // in the folder that was asked for
}

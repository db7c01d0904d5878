package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFaultsAreFound shows each check a file that is right, and files that are not.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	const compose = "services:\n  shop:\n    image: shop\n"
	const discovery = "scrape_configs:\n  - job_name: pods\n    kubernetes_sd_configs: [{role: pod}]\n"
	for name, tt := range map[string]struct {
		command, text string
		ok            bool
	}{
		"compose":             {"compose", compose, true},
		"an unknown key":      {"compose", compose + "    imag: shop\n", false},
		"a missing service":   {"compose", compose + "    depends_on: [database]\n", false},
		"a cycle":             {"compose", compose + "    depends_on: [shop]\n", false},
		"Dockerfile":          {"dockerfile", "FROM debian:bookworm AS build\nCMD [\"true\"]\n", true},
		"casing":              {"dockerfile", "FROM debian:bookworm as build\n", false},
		"a secret":            {"dockerfile", "FROM debian:bookworm\nENV PASSWORD=secret\n", false},
		"an unknown command":  {"dockerfile", "FROM debian:bookworm\nRUNN true\n", false},
		"discovery":           {"prometheus", discovery, true},
		"an unknown role":     {"prometheus", strings.Replace(discovery, "role: pod", "role: pot", 1), false},
		"an unknown setting":  {"prometheus", discovery + "    scrape_every: 1s\n", false},
		"an unknown check":    {"nothing", "", false},
		"a profile's service": {"compose", compose + "    profiles: [a]\n  b:\n    image: b\n    depends_on: [shop]\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), []string{tt.command, file(t, "docker-compose.yml", tt.text)})
			if (err == nil) != tt.ok {
				t.Errorf("said %v", err)
			}
		})
	}
}

// TestSchemas makes a strict schema of a kind, under the name that kubeconform looks for.
func TestSchemas(t *testing.T) {
	t.Parallel()
	swagger := file(t, "swagger.json", `{"definitions": {
		"io.k8s.Shop": {"type": "object", "properties": {"size": {"$ref": "#/definitions/io.k8s.IntOrString"}},
			"x-kubernetes-group-version-kind": [{"group": "apps.k8s.io", "kind": "Shop", "version": "v1"}]},
		"io.k8s.IntOrString": {"type": "string", "format": "int-or-string"}}}`)
	custom := file(t, "crd.yaml", `{spec: {group: shops.example, names: {kind: Till}, versions: [{name: v1, schema: {
		openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {coins: {type: integer}}}}}}}]}}`)
	directory := t.TempDir()
	if err := run(t.Context(), []string{"schemas", directory, swagger, custom}); err != nil {
		t.Fatal(err)
	}
	var kind struct {
		Ref string `json:"$ref"`
	}
	decode(t, filepath.Join(directory, "shop-apps-v1.json"), &kind)
	if kind.Ref != "definitions.json#/definitions/io.k8s.Shop" {
		t.Errorf("the kind's schema is %q", kind.Ref)
	}
	var all document
	decode(t, filepath.Join(directory, "definitions.json"), &all)
	if all.Definitions["io.k8s.Shop"]["additionalProperties"] != false {
		t.Error("fields that are not described are admitted")
	}
	if types, _ := all.Definitions["io.k8s.IntOrString"]["type"].([]any); len(types) != 2 {
		t.Error("a number is refused where Kubernetes takes one")
	}
	var till struct {
		Properties struct {
			Spec map[string]any `json:"spec"`
		} `json:"properties"`
	}
	decode(t, filepath.Join(directory, "till-shops-v1.json"), &till)
	if till.Properties.Spec["additionalProperties"] != false {
		t.Error("fields that a custom resource does not have are admitted")
	}
}

func decode(t *testing.T, path string, to any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatal(err)
	}
}

package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	backends "myevents/deploy/test"
)

// thirdParty are the images of others that the overlay needs.
var thirdParty = []string{"rabbitmq:4.2-management-alpine", "mongo:8.0"}

// TestCluster builds the images of this checkout, brings them and the stand-ins of others to a real cluster, and runs
// TestInside where its Services are reached. The cluster is said by one of
//
//	CLUSTER=command  which has one of its own, and the subcommands load, kubectl and exec
//	LOAD=command     which brings archives of images to the nodes of the cluster that KUBECONFIG names: minikube image load
func TestCluster(t *testing.T) {
	cluster, load := os.Getenv("CLUSTER"), os.Getenv("LOAD")
	if cluster == "" && load == "" {
		t.Skip("by hand: make cluster-test")
	}
	folder := t.TempDir()
	environment := os.Environ()
	inside, kubectl := "", "kubectl"
	if cluster != "" {
		inside, kubectl, load = cluster+" exec --", cluster+" kubectl", cluster+" load"
		environment = append(environment, "GATEWAY=http://frontend."+namespace+".svc.cluster.local")
	}
	archive := filepath.Join(folder, "images.tar")
	overlay := collect(t, archive)
	shell(t, environment, load, archive)
	password := render(t, folder, kubectl, overlay)
	environment = append(environment, "ADMIN_PASSWORD="+password, manifestVariable+"="+filepath.Join(folder, "manifest.yaml"))
	shell(t, environment, inside, os.Args[0], "-test.run=^TestInside$", "-test.v", "-test.timeout=40m")
}

// shell runs a command that was given as text, with some more arguments, and shows what it says.
func shell(t *testing.T, environment []string, command string, arguments ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "/bin/sh", append([]string{"-c", command + ` "$@"`, "sh"}, arguments...)...)
	c.Env, c.Stdout, c.Stderr = environment, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(arguments, " "), err)
	}
}

// collect writes an archive of all images, and says which overlay is for them: MongoDB may be a stand-in.
func collect(t *testing.T, archive string) (overlay string) {
	t.Helper()
	d := backends.StartDocker(t)
	tag := d.Images(t)
	d.Need(t, thirdParty...)
	do := func(arguments ...string) string {
		output, err := d.Do(t.Context(), arguments...)
		if err != nil {
			t.Fatal(err)
		}
		return output
	}
	images := thirdParty
	for _, name := range []string{"eventservice", "bookingservice", "frontend"} {
		image := "myevents/" + name + ":cluster-test"
		do("tag", "myevents/"+name+":"+tag, image)
		images = append(images, image)
	}
	do(append([]string{"save", "--output", archive}, images...)...)
	if do("image", "inspect", "--format={{.Config.Labels.standin}}", "mongo:8.0") == "true" {
		return "standins"
	}
	return "overlay"
}

// render writes manifest.yaml, and answers with the admin's password. The secrets are made in a copy of the manifests, so
// that none are left in the checkout.
func render(t *testing.T, folder, kubectl, overlay string) (password string) {
	t.Helper()
	for from, to := range map[string]string{
		"../../kubernetes": "kubernetes", "../../prometheus": "prometheus", "../../grafana": "grafana", ".": "test/cluster",
	} {
		if err := os.CopyFS(filepath.Join(folder, to), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	secrets := filepath.Join(folder, "kubernetes", "overlays", "minikube", "secrets")
	if err := os.RemoveAll(secrets); err != nil { // of somebody who uses the overlay
		t.Fatal(err)
	}
	shell(t, os.Environ(), "sh", filepath.Join(folder, "kubernetes", "secrets.sh"), "minikube")
	shell(t, os.Environ(), fmt.Sprintf("exec >'%s/manifest.yaml'; %s kustomize", folder, kubectl), filepath.Join(folder, "test", "cluster", overlay))
	text, err := os.ReadFile(filepath.Join(secrets, "bookings.env"))
	if err != nil {
		t.Fatal(err)
	}
	_, password, _ = strings.Cut(string(text), "admin-password=")
	return strings.TrimSpace(password)
}

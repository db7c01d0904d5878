package images

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	backends "myevents/deploy/test"
)

// topLayer is how many bytes the last layer of an image has when it is fetched. The others are the base's.
func topLayer(t *testing.T, d *backends.Docker, image string) (size int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	d.Run(t, "save", "--output="+path, image)
	var manifests []struct{ Layers []string }
	eachFile(t, path, func(header *tar.Header, content io.Reader) {
		if header.Name != "manifest.json" {
			return
		}
		if err := json.NewDecoder(content).Decode(&manifests); err != nil {
			t.Fatal(err)
		}
	})
	if len(manifests) != 1 {
		t.Fatalf("%d images were saved", len(manifests))
	}
	layers := manifests[0].Layers
	eachFile(t, path, func(header *tar.Header, content io.Reader) {
		if header.Name == layers[len(layers)-1] {
			size = zipped(t, content)
		}
	})
	return size
}

// zipped is how many bytes something has when it is compressed, as registries have it.
func zipped(t *testing.T, content io.Reader) int64 {
	t.Helper()
	var size counter
	w := gzip.NewWriter(&size)
	_, err := io.Copy(w, content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return int64(size)
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// eachFile calls do with the regular files of an archive.
func eachFile(t *testing.T, path string, do func(*tar.Header, io.Reader)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	for archive := tar.NewReader(f); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeReg {
			do(header, archive)
		}
	}
}

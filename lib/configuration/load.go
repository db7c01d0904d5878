package configuration

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/json"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// fileSuffix makes of a secret's variable the one that names a file with the secret.
const fileSuffix = "_FILE"

// Load reads the settings of a service from a file, "" meaning DefaultFile if there is one, and from the environment as
// lookup (os.LookupEnv) knows it. All faults are reported together, each with the name of its key or variable.
func Load(service Service, file string, lookup func(string) (string, bool)) (Settings, error) {
	k := koanf.New(".")
	faults := make([]error, 0, len(table())+4) // a default each, and what else can go wrong
	for _, s := range table() {
		faults = append(faults, k.Set(s.key, s.standard(service)))
	}
	faults = append(faults, loadFile(k, file), loadEnvironment(k, lookup))
	var settings Settings
	err := unmarshal(k, &settings)
	faults = append(faults, err, settings.Validate())
	if err := errors.Join(faults...); err != nil {
		return Settings{}, fmt.Errorf("the configuration is not right:\n%w", err)
	}
	return settings, nil
}

func loadFile(k *koanf.Koanf, file string) error {
	name := file
	if name == "" {
		name = DefaultFile
	}
	content, err := os.ReadFile(name) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) && file == "" {
		return nil
	}
	if err != nil {
		return err
	}
	read := koanf.New(".")
	if err := read.Load(rawbytes.Provider(content), json.Parser()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var faults []error
	given := make(map[string]bool)
	for _, spelled := range slices.Sorted(maps.Keys(read.Raw())) {
		key := strings.ReplaceAll(spelled, "-", "_") // the book has restfulapi-tlsendpoint, too
		known := slices.ContainsFunc(table(), func(s setting) bool { return s.key == key })
		switch value := read.Raw()[spelled]; {
		case !known:
			faults = append(faults, fmt.Errorf("%s: unknown setting %q", name, spelled))
		case given[key]:
			faults = append(faults, fmt.Errorf("%s: %s: is there in two spellings", name, key))
		case value != nil:
			faults = append(faults, setValue(k, name+": "+key, key, value))
		}
		given[key] = true
	}
	return errors.Join(faults...)
}

// setValue sets a value of the file, in whose JSON a number, true and false may stand as such, and a list as an array.
func setValue(k *koanf.Koanf, where, key string, value any) error {
	text, err := textOf(value)
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return set(k, where, key, text)
}

// textOf spells a value of the file as a variable would, so that there is one way to read both.
func textOf(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case bool:
		return strconv.FormatBool(value), nil
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), nil
	case []any:
		parts := make([]string, len(value))
		for n, part := range value {
			text, ok := part.(string)
			if !ok {
				return "", errors.New("must be an array of strings")
			}
			parts[n] = text
		}
		return strings.Join(parts, ","), nil
	}
	return "", errors.New("must be a string, a number, true, false or an array of strings")
}

// set takes over a value that its setting can have. What it cannot have is a fault, and leaves the setting as it was,
// so that all the others can still be checked.
func set(k *koanf.Koanf, where, key, value string) error {
	alone := koanf.New(".")
	if err := alone.Set(key, value); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	if err := unmarshal(alone, new(Settings)); err != nil {
		return fmt.Errorf("%s: %w", where, reason(err))
	}
	return k.Set(key, value)
}

// reason leaves out what mapstructure says around it.
func reason(err error) error {
	var inner *mapstructure.DecodeError
	if errors.As(err, &inner) {
		return inner.Unwrap()
	}
	return err
}

// loadEnvironment sets what the environment has. An empty variable is not set.
func loadEnvironment(k *koanf.Koanf, lookup func(string) (string, bool)) error {
	var faults []error
	given := make(map[string]bool)
	for _, s := range table() {
		name, value, err := s.find(lookup)
		faults = append(faults, err)
		if value == "" {
			continue
		}
		given[s.key] = true
		faults = append(faults, set(k, name, s.key, value))
		if c := s.chooses; c.key != "" && !given[c.key] {
			given[c.key] = true // the first one of the table counts
			faults = append(faults, k.Set(c.key, c.value))
		}
	}
	return errors.Join(faults...)
}

// find reads a setting from the environment, or from the file that the environment names, and says by which variable.
func (s setting) find(lookup func(string) (string, bool)) (variable, value string, err error) {
	for _, name := range []string{s.variable, s.also} {
		if value, _ := lookup(name); value != "" {
			return name, value, nil
		}
	}
	name := s.variable + fileSuffix
	file, _ := lookup(name)
	if !s.secret || file == "" {
		return "", "", nil
	}
	content, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	return name, strings.TrimSpace(string(content)), nil
}

func unmarshal(k *koanf.Koanf, s *Settings) error {
	return k.UnmarshalWithConf("", s, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: s, TagName: "koanf", WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(),
			mapstructure.TextUnmarshallerHookFunc(),
			splitList,
		),
	}})
}

// splitList takes a list apart at its commas, behind which there may be spaces.
func splitList(from, to reflect.Type, value any) (any, error) {
	text, ok := value.(string)
	if !ok || from.Kind() != reflect.String || to != reflect.TypeFor[[]string]() {
		return value, nil
	}
	parts := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

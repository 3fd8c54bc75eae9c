package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// requestHash tells one's own refund from another (contract/README.md).
func requestHash(request any) (string, error) {
	canonical, err := canonicalJSON(request)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(sum[:]), nil
}

// canonicalJSON writes a value as RFC 8785 does, of what JSON carries of it, without fields that are null.
func canonicalJSON(value any) (string, error) {
	sent, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	decoder := json.NewDecoder(strings.NewReader(string(sent)))
	decoder.UseNumber()
	var carried any
	if err := decoder.Decode(&carried); err != nil {
		return "", err
	}
	var out strings.Builder
	err = write(&out, carried)
	return out.String(), err
}

func write(out *strings.Builder, value any) error {
	switch value := value.(type) {
	case map[string]any:
		return writeObject(out, value)
	case string:
		writeText(out, value)
	case bool:
		fmt.Fprintf(out, "%t", value)
	case json.Number:
		if strings.ContainsAny(value.String(), ".eE") {
			return fmt.Errorf("a request holds whole numbers only")
		}
		out.WriteString(value.String())
	default:
		return fmt.Errorf("no request holds a %T", value)
	}
	return nil
}

func writeObject(out *strings.Builder, fields map[string]any) error {
	names := make([]string, 0, len(fields))
	for name, value := range fields {
		if value != nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(one, other string) int {
		return slices.CompareFunc(utf16.Encode([]rune(one)), utf16.Encode([]rune(other)), cmp.Compare[uint16])
	})
	out.WriteByte('{')
	for index, name := range names {
		if index > 0 {
			out.WriteByte(',')
		}
		writeText(out, name)
		out.WriteByte(':')
		if err := write(out, fields[name]); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

var short = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}

// writeText differs from encoding/json, which also escapes <, >, &, U+2028 and U+2029.
func writeText(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, character := range text {
		if escape, found := short[character]; found {
			out.WriteString(escape)
		} else if character < 0x20 {
			fmt.Fprintf(out, `\u%04x`, character)
		} else {
			out.WriteRune(character)
		}
	}
	out.WriteByte('"')
}

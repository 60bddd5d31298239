package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
)

// versionResult is what this binary is.
type versionResult struct {
	Version    string `json:"version"`
	Commit     string `json:"commit"` // empty if the build does not know
	Modified   bool   `json:"modified"`
	Go         string `json:"go"`
	AppVersion uint64 `json:"app_version"` // of the chain's rules
}

func thisVersion() versionResult {
	v := versionResult{Version: "unknown", Go: runtime.Version(), AppVersion: chain.AppVersion}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Example: "  taolight version --json", Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			v := thisVersion()
			return a.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "taolight %s, chain rules %d, %s\n", v.Version, v.AppVersion, v.Go)
			})
		},
	}
}

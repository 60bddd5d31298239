package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// holdsOnly marks commands that do nothing but hold others.
const holdsOnly = "holds only commands"

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.ArbitraryArgs, Annotations: map[string]string{holdsOnly: ""},
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// unknownCommand says when a command line names a command that a group doesn't hold, whatever else stands in it: with
// --help, too, or behind "help". Below the root cobra would show the group's help and end well.
func unknownCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	cmd, rest, err := root.Find(args)
	if err != nil {
		return nil // cobra says that itself
	}
	if cmd.Name() == "help" && cmd.Parent() == root {
		if cmd, rest, err = root.Find(rest); err != nil || cmd == root && firstWord(cmd, rest) != "" {
			return unknownIn(root, firstWord(root, rest))
		}
	}
	_, marked := cmd.Annotations[holdsOnly]
	if word := firstWord(cmd, rest); word != "" && (marked || cmd.HasSubCommands() && !cmd.Runnable()) {
		return unknownIn(cmd, word)
	}
	return nil
}

func unknownIn(cmd *cobra.Command, word string) error {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return usage(cmd, "unknown command %.60q; there is %s", word, strings.Join(near, ", "))
	}
	return usage(cmd, "unknown command %.60q", word)
}

// firstWord is the first argument that is neither a flag nor a flag's value; "" where there is none, or where it can't be
// told because a flag is unknown.
func firstWord(cmd *cobra.Command, args []string) string {
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		switch {
		case args[i] == "" || args[i] == "--":
			return ""
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		case !isFlag || strings.Contains(name, "=") || name == "help":
			continue
		}
		f := cmd.Flag(name)
		if f == nil {
			return ""
		}
		if f.NoOptDefVal == "" {
			i++
		}
	}
	return ""
}

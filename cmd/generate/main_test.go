package main

import "testing"

func TestTidy(t *testing.T) {
	const generated = "package ui\n\nvar x = []int{\n\t\t1,\n\t\t// TODO: implement capture, etc. mostly need to decide syntax\n\t\t2, // kept\n}\n"
	const want = "package ui\n\nvar x = []int{\n\t1,\n\t2, // kept\n}\n"
	got, err := tidy([]byte(generated))
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	if again, err := tidy(got); err != nil || string(again) != want {
		t.Errorf("a tidy file changed: %q, %v", again, err)
	}
	if _, err := tidy([]byte("package")); err == nil {
		t.Error("what is no Go was taken")
	}
}

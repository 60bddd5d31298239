package fixed

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strconv"
	"testing"
)

// The logarithm under Ln gives the reference's bits for every number that fits.
func TestLog2(t *testing.T) {
	file, err := os.Open("testdata/scalar.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases struct {
			Log2 [][2]string `json:"log2_i96f32"`
		} `json:"cases"`
	}
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, c := range all.Cases.Log2 {
		x, err := strconv.ParseInt(c[0], 10, 64)
		if err != nil || x < int64(One) {
			continue // more than an I32F32 holds, or less than log2 takes
		}
		if got := strconv.FormatInt(int64(log2(I32F32(x))), 10); got != c[1] {
			t.Errorf("log2(%s) is %s, want %s", c[0], got, c[1])
		}
		held++
	}
	if held < 50 {
		t.Errorf("%d cases", held)
	}
}

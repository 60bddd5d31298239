package fixed

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/taolight/taolight/core/fixed/fixedtest"
)

// The logarithm under Ln gives the reference's bits for every number that fits.
func TestLog2(t *testing.T) {
	held := 0
	for _, raw := range fixedtest.Scalars(t)["log2_i96f32"] {
		var c [2]string
		for i := range c {
			if err := json.Unmarshal(raw[i], &c[i]); err != nil {
				t.Fatal(err)
			}
		}
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

package strictjson_test

import (
	"fmt"
	"strings"

	"github.com/taolight/taolight/core/strictjson"
)

func Example() {
	r := strictjson.NewReader(strings.NewReader(`{"subnets": [{"tempo": 360}, {"tempo": 70000}]}`))
	err := r.Object(strictjson.Fields{
		"subnets": {Required: true, Read: func() error {
			return r.Array(16, func(int) error {
				return r.Object(strictjson.Fields{
					"tempo": {Required: true, Read: func() error {
						tempo, err := r.Uint(65535)
						if err == nil {
							fmt.Println("tempo", tempo)
						}
						return err
					}},
				})
			})
		}},
	})
	fmt.Println(err)
	// Output:
	// tempo 360
	// $.subnets[1].tempo (byte 44): 70000: want a whole number from 0 to 65535
}

package keys

import "strings"

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// encodeBase58 writes in, read as one big-endian number, in base 58; leading zero bytes become leading '1's.
func encodeBase58(in []byte) string {
	var digits []byte // least significant first
	for _, c := range in {
		carry := int(c)
		for i := range digits {
			carry += int(digits[i]) << 8
			digits[i], carry = byte(carry%58), carry/58
		}
		for ; carry > 0; carry /= 58 {
			digits = append(digits, byte(carry%58))
		}
	}
	for i := 0; i < len(in) && in[i] == 0; i++ {
		digits = append(digits, 0)
	}
	out := make([]byte, len(digits))
	for i, d := range digits {
		out[len(out)-1-i] = base58[d]
	}
	return string(out)
}

// decodeBase58 undoes encodeBase58; it takes time quadratic in len(s), so callers bound the length first.
func decodeBase58(s string) ([]byte, error) {
	var out []byte // least significant first
	for i := range len(s) {
		carry := strings.IndexByte(base58, s[i])
		if carry < 0 {
			return nil, ErrAlphabet
		}
		for j := range out {
			carry += int(out[j]) * 58
			out[j], carry = byte(carry), carry>>8
		}
		for ; carry > 0; carry >>= 8 {
			out = append(out, byte(carry))
		}
	}
	for i := 0; i < len(s) && s[i] == '1'; i++ {
		out = append(out, 0)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, nil
}

// Package fixed is the fixed-point arithmetic of consensus.
package fixed

// I32F32 is a signed number with 32 bits before the point and 32 behind it: x is stored as floor(x·2^32).
type I32F32 int64

// I64F64 is a signed number with 64 bits before the point and 64 behind it: x is stored as floor(x·2^64), in two's
// complement.
type I64F64 struct {
	Hi int64
	Lo uint64
}

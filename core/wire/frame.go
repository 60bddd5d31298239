package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/taolight/taolight/core/codec"
)

// ErrFrame says that a frame is longer than its protocol allows or holds something else than its message. Whoever
// sent it does not speak the protocol.
var ErrFrame = errors.New("bad frame")

// WriteFrame encodes m and writes it as one frame with a single call of Write.
func WriteFrame(w io.Writer, m any) error {
	body, err := codec.Encode(m)
	if err != nil {
		return err
	}
	return WriteEncoded(w, body)
}

// WriteEncoded writes an already encoded message as one frame; servers encode once and share.
func WriteEncoded(w io.Writer, body []byte) error {
	if len(body) > MaxReply {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrFrame, len(body), MaxReply)
	}
	_, err := w.Write(append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body))), body...))
	return err
}

// ReadFrame reads one frame of at most max bytes and decodes it into the pointer m. Memory grows with what arrives,
// not with the length that was announced. The end of the stream before a frame is io.EOF, within one
// io.ErrUnexpectedEOF; a frame that breaks the rules is [ErrFrame].
func ReadFrame(r io.Reader, max int, m any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if uint64(n) > uint64(max) {
		return fmt.Errorf("%w: %d bytes announced, at most %d allowed", ErrFrame, n, max)
	}
	body, err := readGrowing(r, int(n))
	if err != nil {
		return err
	}
	if err := codec.Decode(body, m); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return nil
}

func readGrowing(r io.Reader, n int) ([]byte, error) {
	const step = 64 << 10
	body := make([]byte, 0, min(n, step))
	for len(body) < n {
		have := len(body)
		if have == cap(body) {
			body = append(make([]byte, 0, min(n, 2*cap(body))), body...)
		}
		body = body[:min(n, cap(body))]
		if _, err := io.ReadFull(r, body[have:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return body, nil
}

//go:build !js

package p2p

import (
	"context"
	"net"

	"github.com/coder/websocket"
)

func dialWebSocket(ctx context.Context, url string) (net.Conn, error) {
	ws, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(maxMessage)
	return &nativeConn{Conn: websocket.NetConn(context.Background(), ws, websocket.MessageBinary), ws: ws}, nil
}

type nativeConn struct {
	net.Conn
	ws *websocket.Conn
}

// Close does not wait for the relay's close frame.
func (c *nativeConn) Close() error { return c.ws.CloseNow() }

// A js-libp2p host for js_test.go: prints "READY MULTIADDR" and serves until its standard input ends.
import { createLibp2p } from 'libp2p'
import { webSockets } from '@libp2p/websockets'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'

// js-libp2p wants Node 22; Node 20 lacks only this.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new this((a, b) => { resolve = a; reject = b })
  return { promise, resolve, reject }
}

const host = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
  transports: [webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() }
})

const send = async (stream, bytes) => {
  if (!stream.send(bytes)) await stream.onDrain()
}

await host.handle('/test/echo/1', async (stream) => {
  for await (const part of stream) await send(stream, part)
  await stream.close()
})

await host.handle('/test/bulk/1', async (stream) => {
  for await (const part of stream) {
    const bytes = part.subarray()
    const pattern = new TextEncoder().encode('0123456789abcdef'.repeat(4096))
    for (let left = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0); left > 0; left -= pattern.length) {
      await send(stream, pattern.subarray(0, Math.min(left, pattern.length)))
    }
    await stream.close()
    return
  }
})

await host.handle('/test/ping-back/1', async (stream, connection) => {
  for await (const _ of stream) {
    try {
      const rtt = await host.services.ping.ping(connection.remotePeer)
      await send(stream, new TextEncoder().encode(rtt >= 0 ? 'pong' : 'odd'))
    } catch (e) {
      await send(stream, new TextEncoder().encode('failed: ' + e.message))
    }
    await stream.close()
    return
  }
})

console.log('READY ' + host.getMultiaddrs()[0].toString())
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))

package render

import "encoding/binary"

// Ops are instructions for the page: an opcode byte, a little-endian uint32 node id, then what the opcode needs,
// where a string is a uint32 length and UTF-8. Ids are never used again; 0 is no node.
type Ops []byte

// The opcodes. static/dom.js reads the same numbers.
const (
	opElement  = iota + 1 // id, namespace address, tag: make an element
	opText                // id, text: make a text node
	opSetText             // id, text
	opContent             // id, text: the element holds only this text
	opAttr                // id, name, value
	opUnattr              // id, name
	opProp                // id, name, JSON value
	opInsert              // id, parent id, id of the node to stand before (0: last)
	opRemove              // id: take it and what it holds off the page
	opForget              // id: drop the id of a node whose ancestor was removed
	opListen              // id, event type, flags: c capture, p passive
	opUnlisten            // id, event type, flags
	opMount               // id: the root, in place of what the mount point holds
)

func (o Ops) op(code byte, id uint32, strs ...string) Ops {
	o = binary.LittleEndian.AppendUint32(append(o, code), id)
	for _, s := range strs {
		o = append(binary.LittleEndian.AppendUint32(o, uint32(len(s))), s...)
	}
	return o
}

func (o Ops) insert(id, parent, before uint32) Ops {
	o = binary.LittleEndian.AppendUint32(append(o, opInsert), id)
	o = binary.LittleEndian.AppendUint32(o, parent)
	return binary.LittleEndian.AppendUint32(o, before)
}

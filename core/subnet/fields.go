package subnet

import "github.com/taolight/taolight/core/ledger"

// Field is the byte behind a subnet's id in [ledger.TableSubnet]: all that a subnet owns, in one place, so that removing
// its prefix leaves nothing behind. Uids and hotkeys follow the field where there is one value for each.
type Field byte

// The fields.
const (
	FieldSubnet       Field = 0x01 // → Subnet
	FieldIncome       Field = 0x02 // → Income
	FieldHotkey       Field = 0x03 // uid(2) → hotkey
	FieldUID          Field = 0x04 // hotkey(32) → uid
	FieldParams       Field = 0x05 // → hyper.Params
	FieldChanged      Field = 0x06 // hyperparameter(2) → block of the owner's last change
	FieldSchedule     Field = 0x07 // → Schedule
	FieldRegistration Field = 0x08 // → what the registration of neurons counts
	FieldColumn       Field = 0x09 // column(1) → packed vector, one element for each uid
	FieldWeights      Field = 0x0a // uid(2) → packed row
	FieldBonds        Field = 0x0b // uid(2) → packed row
	FieldCommits      Field = 0x0c // uid(2) → commits of weights not revealed yet
	FieldAxon         Field = 0x0d // uid(2) → where it serves
	FieldPrometheus   Field = 0x0e // uid(2) → where its metrics are
	FieldIdentity     Field = 0x0f // → Identity
	FieldCommitment   Field = 0x10 // uid(2) → what it has published
	FieldChildren     Field = 0x11 // hotkey(32) → children of that hotkey
	FieldParents      Field = 0x12 // hotkey(32) → parents of that hotkey
)

// Key starts the key of a field of a subnet.
func Key(id uint64, f Field) ledger.Key { return ledger.TableSubnet.Key().U64(id).Byte(byte(f)) }

func netuidKey(netuid uint16) ledger.Key { return ledger.TableNetuid.Key().U16(netuid) }

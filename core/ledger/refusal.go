package ledger

import (
	"fmt"
	"slices"
	"strconv"
)

// Code is the stable number of a refusal; it is what a block commits to. Codes below [FirstFailure] mark a transaction
// as invalid: no block may hold it. The others mark it as failed: its fee is paid, its nonce is used, nothing else
// happened; but a call that nobody pays for is invalid whatever it is refused with. The names follow the reference chain where it has one.
type Code uint32

// Codes of invalid transactions.
const (
	Malformed       Code = 1 + iota // not a canonical transaction
	TooLarge                        // more bytes than a transaction may have
	UnknownCall                     // no such call in this version
	BadArguments                    // arguments that the call does not take
	ValidityTooFar                  // valid_until too many blocks ahead
	Expired                         // valid_until is in the past
	NonceUsed                       // nonce below the account's
	NonceAhead                      // nonce above the account's
	CannotPayFee                    // fee would take the account below the existential deposit
	BadSignature                    // not the signer's signature over this transaction on this chain
	BlockFull                       // the block's cost limit is reached
	CallTooDeep                     // more calls inside each other than allowed
	CallNotNestable                 // a call that is signed by itself only
	TooManyCalls                    // more calls inside one transaction than allowed
	SlotTaken                       // the hotkey has a call of that kind waiting for this subnet
)

// FirstFailure is the lowest code of a failed transaction.
const FirstFailure Code = 100

// Codes of failed transactions.
const (
	ZeroAmount               Code = FirstFailure + iota // an amount of zero
	InsufficientBalance                                 // less free than asked for
	ExistentialDeposit                                  // an account would be left with, or begin with, less than it needs to exist
	NotEnoughBalanceToStake                             // less free than is to be staked
	HotKeyAccountNotExists                              // nobody owns such a hotkey
	NonAssociatedColdKey                                // the hotkey belongs to another coldkey
	HotkeyAlreadyOwned                                  // the hotkey has an owner already
	InvalidHotkeySignature                              // the hotkey did not sign its association
	NotEnoughStakeToWithdraw                            // less staked than is to be taken out
	StakeTooLow                                         // a position below the minimum
)

// Codes of subnets.
const (
	NetworkDoesNotExist                      Code = 200 + iota // no subnet at this netuid
	NotSubnetOwner                                             // the subnet belongs to another coldkey
	NotRoot                                                    // only governance does that
	UnknownHyperparameter                                      // no hyperparameter has that name
	StorageValueOutOfRange                                     // a value that the hyperparameter can't have
	MaxAllowedUIDsNotAllowed                                   // no more uids allowed than there are
	HyperparameterRateLimitExceeded                            // the owner has changed it too lately
	AdminActionProhibitedDuringWeightsWindow                   // an epoch is too near
	InvalidIdentity                                            // a part of an identity has too many bytes
	NetworkTxRateLimitExceeded                                 // the last subnet was made too lately
	AllNetworksInImmunity                                      // as many subnets as may be, and none is old enough to be replaced
	SameOwner                                                  // the subnet is that coldkey's already
)

// Codes of calls that carry others.
const (
	CallFiltered      Code = 600 + iota // a proxy's type does not allow the call
	NotProxy                            // nobody has made the signer a proxy of that kind
	DuplicateProxy                      // the proxy is there already
	NoSelfProxy                         // an account can't be its own proxy
	ProxyNotFound                       // no such proxy to remove
	UnknownProxyType                    // no such type of proxy
	BadSignatories                      // not sorted, repeated, too many, or the signer among the others
	BadThreshold                        // a threshold below 2 or above the number of signatories
	OperationNotFound                   // no such operation waits
	AlreadyApproved                     // the signer has approved the operation
	CallMismatch                        // another call than the one that was proposed
	NotDepositor                        // only who proposed an operation cancels it
	OperationExists                     // a second proposal of a group in one transaction
)

// Codes of registration.
const (
	OperationNotPermittedOnRootSubnet Code = 300 + iota // the root network has calls of its own
	RegistrationDisabled                                // the owner has closed this kind of registration
	TooManyRegistrationsThisBlock                       // the next block takes more
	TooManyRegistrationsThisInterval                    // three times the target of an adjustment interval
	AlreadyRegistered                                   // the hotkey has a uid on this subnet
	HotkeyOriginMismatch                                // signed by another hotkey than the work is for
	InvalidWorkBlock                                    // the work is not on one of the last two blocks
	InvalidDifficulty                                   // the work is less than the difficulty asks for
	InvalidSeal                                         // the work is not what block, hotkey and nonce give
	WorkSpent                                           // the work has been used
	StakeTooLowForRoot                                  // no seat has less stake
	NoNeuronIdAvailable                                 // no uid can be replaced
)

// Codes of weights, serving and commitments.
const (
	WeightVecNotEqualSize           Code = 400 + iota // not one value for each uid
	TooManyUids                                       // more weights than the subnet has uids
	NotRegistered                                     // the hotkey has no uid on this subnet
	NotEnoughStakeToSetWeights                        // less stake counts for the hotkey than setting weights takes
	IncorrectNetworkVersionKey                        // a version key below the subnet's
	SettingWeightsTooFast                             // fewer blocks after the last row than the rate limit
	NoValidatorPermit                                 // only validators give weight to others
	DuplicateUids                                     // a uid stands in a row twice
	InvalidUid                                        // weight toward a uid, or on the root network a subnet, that does not exist
	NotSettingEnoughWeights                           // a row shorter than the subnet wants
	MaxWeightExceeded                                 // one weight is a larger part of its row than the subnet wants
	CommitRevealEnabled                               // weights are committed to on this subnet, and not set at once
	CommitRevealDisabled                              // weights are set at once on this subnet
	HotKeyNotRegisteredInSubNet                       // the hotkey that commits has no uid on this subnet
	CommittingWeightsTooFast                          // fewer blocks after the last commit than the rate limit
	TooManyUnrevealedCommits                          // as many commits wait as may
	NoWeightsCommitFound                              // the hotkey has nothing to reveal
	ExpiredWeightCommit                               // the epoch in which the commit could be revealed is over
	InvalidRevealCommitHashNotMatch                   // no commit is to what is revealed
	RevealTooEarly                                    // the epoch in which the commit can be revealed is still to come
	InvalidBatchSize                                  // no items, or more than a batch takes
	DuplicateNetuids                                  // a batch sets a subnet's row twice
	InvalidIpType                                     // neither 4 nor 6
	InvalidIpAddress                                  // an address that nobody can be reached at
	InvalidPort                                       // port 0
	ServingRateLimitExceeded                          // fewer blocks after the last announcement than the rate limit
	TooManyFieldsInCommitmentInfo                     // more fields than a commitment has
	CommitmentFieldTooLong                            // more bytes than a field has
	SpaceLimitExceeded                                // more bytes published in an interval than allowed
)

// Codes of delegation, swaps and children.
const (
	AlreadyDelegate                  Code = 500 + iota // others may stake on the hotkey already
	DelegateTakeTooLow                                 // a take that is not lower or not higher than before, or below the least
	DelegateTakeTooHigh                                // a take above the most
	DelegateTxRateLimitExceeded                        // the take was raised too few blocks ago
	TxRateLimitExceeded                                // too few blocks since the last call of this kind
	SameOriginAndDestination                           // nothing would move
	NewHotKeyIsSameWithOld                             // a hotkey is not swapped for itself
	NotEnoughBalanceToPaySwapHotKey                    // less free than a hotkey swap costs
	NotEnoughBalanceToPaySwapColdKey                   // less free than a coldkey swap costs
	ColdkeySwapAnnouncementNotFound                    // the coldkey has not announced a swap
	ColdkeySwapTooEarly                                // the delay after the announcement is not over
	ColdkeySwapReannouncedTooEarly                     // the last announcement still stands
	ColdkeySwapDisputed                                // the swap was disputed
	ColdkeySwapInProgress                              // the swap has begun
	ColdkeyHasDeposits                                 // deposits must be taken back first
	AnnouncedColdkeyHashDoesNotMatch                   // another coldkey than the announced one
	NewColdKeyIsHotkey                                 // the new coldkey is somebody's hotkey
	ColdKeyAlreadyAssociated                           // the new coldkey has stake, hotkeys or subnets of its own
	TooManyChildren                                    // more children than a hotkey may have
	InvalidChild                                       // a hotkey can't be its own child, and a child gets something
	DuplicateChild                                     // the same child twice
	ProportionOverflow                                 // children would get more than there is
	TooManyParents                                     // the child's other parents all give it more
	InvalidChildkeyTake                                // a childkey take above the most
	TxChildkeyTakeRateLimitExceeded                    // the childkey take was raised too few blocks ago
)

// Codes of the list of relays.
const (
	InvalidRelayAddress Code = 800 + iota // an address that no light node could dial
	InvalidRelayName                      // a name that is too long or not printable ASCII
	InvalidRelayProof                     // the relay's key did not sign for this owner and address
	RelayProofExpired                     // the proof was good until an earlier block
	RelayOfAnother                        // another coldkey has listed the relay
	TooManyRelays                         // the coldkey has listed as many relays as may be
	RelayListFull                         // as many relays are listed as may be
	RelayNotFound                         // no such relay is listed
)

var codeNames = map[Code]string{
	0: "Ok", Malformed: "Malformed", TooLarge: "TooLarge", UnknownCall: "UnknownCall", BadArguments: "BadArguments",
	ValidityTooFar: "ValidityTooFar", Expired: "Expired", NonceUsed: "NonceUsed", NonceAhead: "NonceAhead",
	CannotPayFee: "CannotPayFee", BadSignature: "BadSignature", BlockFull: "BlockFull",
	ZeroAmount: "ZeroAmount", InsufficientBalance: "InsufficientBalance", ExistentialDeposit: "ExistentialDeposit",
	NotEnoughBalanceToStake: "NotEnoughBalanceToStake", HotKeyAccountNotExists: "HotKeyAccountNotExists",
	NonAssociatedColdKey: "NonAssociatedColdKey", HotkeyAlreadyOwned: "HotkeyAlreadyOwned",
	InvalidHotkeySignature: "InvalidHotkeySignature", NotEnoughStakeToWithdraw: "NotEnoughStakeToWithdraw",
	StakeTooLow:         "StakeTooLow",
	NetworkDoesNotExist: "NetworkDoesNotExist", NotSubnetOwner: "NotSubnetOwner", NotRoot: "NotRoot",
	UnknownHyperparameter: "UnknownHyperparameter", StorageValueOutOfRange: "StorageValueOutOfRange",
	MaxAllowedUIDsNotAllowed: "MaxAllowedUIDsNotAllowed", HyperparameterRateLimitExceeded: "HyperparameterRateLimitExceeded",
	AdminActionProhibitedDuringWeightsWindow: "AdminActionProhibitedDuringWeightsWindow", InvalidIdentity: "InvalidIdentity",
	NetworkTxRateLimitExceeded: "NetworkTxRateLimitExceeded", AllNetworksInImmunity: "AllNetworksInImmunity", SameOwner: "SameOwner",
	CallTooDeep: "CallTooDeep", CallFiltered: "CallFiltered", CallNotNestable: "CallNotNestable", TooManyCalls: "TooManyCalls",
	NotProxy: "NotProxy", DuplicateProxy: "DuplicateProxy", NoSelfProxy: "NoSelfProxy", ProxyNotFound: "ProxyNotFound",
	UnknownProxyType: "UnknownProxyType", BadSignatories: "BadSignatories", BadThreshold: "BadThreshold",
	OperationNotFound: "OperationNotFound", AlreadyApproved: "AlreadyApproved", CallMismatch: "CallMismatch", NotDepositor: "NotDepositor", OperationExists: "OperationExists",
	OperationNotPermittedOnRootSubnet: "OperationNotPermittedOnRootSubnet",
	RegistrationDisabled:              "RegistrationDisabled", TooManyRegistrationsThisBlock: "TooManyRegistrationsThisBlock",
	TooManyRegistrationsThisInterval: "TooManyRegistrationsThisInterval", AlreadyRegistered: "AlreadyRegistered",
	HotkeyOriginMismatch: "HotkeyOriginMismatch", InvalidWorkBlock: "InvalidWorkBlock",
	InvalidDifficulty: "InvalidDifficulty", InvalidSeal: "InvalidSeal", WorkSpent: "WorkSpent",
	StakeTooLowForRoot: "StakeTooLowForRoot", NoNeuronIdAvailable: "NoNeuronIdAvailable",
	WeightVecNotEqualSize: "WeightVecNotEqualSize", TooManyUids: "TooManyUids", NotRegistered: "NotRegistered",
	NotEnoughStakeToSetWeights: "NotEnoughStakeToSetWeights", IncorrectNetworkVersionKey: "IncorrectNetworkVersionKey",
	SettingWeightsTooFast: "SettingWeightsTooFast", NoValidatorPermit: "NoValidatorPermit",
	DuplicateUids: "DuplicateUids", InvalidUid: "InvalidUid", NotSettingEnoughWeights: "NotSettingEnoughWeights",
	MaxWeightExceeded: "MaxWeightExceeded", CommitRevealEnabled: "CommitRevealEnabled",
	CommitRevealDisabled: "CommitRevealDisabled", HotKeyNotRegisteredInSubNet: "HotKeyNotRegisteredInSubNet",
	CommittingWeightsTooFast: "CommittingWeightsTooFast", TooManyUnrevealedCommits: "TooManyUnrevealedCommits",
	NoWeightsCommitFound: "NoWeightsCommitFound", ExpiredWeightCommit: "ExpiredWeightCommit",
	InvalidRevealCommitHashNotMatch: "InvalidRevealCommitHashNotMatch", RevealTooEarly: "RevealTooEarly",
	InvalidBatchSize: "InvalidBatchSize", DuplicateNetuids: "DuplicateNetuids", SlotTaken: "SlotTaken",
	InvalidIpType: "InvalidIpType", InvalidIpAddress: "InvalidIpAddress", InvalidPort: "InvalidPort",
	ServingRateLimitExceeded:      "ServingRateLimitExceeded",
	TooManyFieldsInCommitmentInfo: "TooManyFieldsInCommitmentInfo", CommitmentFieldTooLong: "CommitmentFieldTooLong",
	SpaceLimitExceeded:               "SpaceLimitExceeded",
	AlreadyDelegate:                  "AlreadyDelegate",
	DelegateTakeTooLow:               "DelegateTakeTooLow",
	DelegateTakeTooHigh:              "DelegateTakeTooHigh",
	DelegateTxRateLimitExceeded:      "DelegateTxRateLimitExceeded",
	TxRateLimitExceeded:              "TxRateLimitExceeded",
	SameOriginAndDestination:         "SameOriginAndDestination",
	NewHotKeyIsSameWithOld:           "NewHotKeyIsSameWithOld",
	NotEnoughBalanceToPaySwapHotKey:  "NotEnoughBalanceToPaySwapHotKey",
	NotEnoughBalanceToPaySwapColdKey: "NotEnoughBalanceToPaySwapColdKey",
	ColdkeySwapAnnouncementNotFound:  "ColdkeySwapAnnouncementNotFound",
	ColdkeySwapTooEarly:              "ColdkeySwapTooEarly",
	ColdkeySwapReannouncedTooEarly:   "ColdkeySwapReannouncedTooEarly",
	ColdkeySwapDisputed:              "ColdkeySwapDisputed",
	ColdkeySwapInProgress:            "ColdkeySwapInProgress",
	ColdkeyHasDeposits:               "ColdkeyHasDeposits",
	AnnouncedColdkeyHashDoesNotMatch: "AnnouncedColdkeyHashDoesNotMatch",
	NewColdKeyIsHotkey:               "NewColdKeyIsHotkey",
	ColdKeyAlreadyAssociated:         "ColdKeyAlreadyAssociated",
	TooManyChildren:                  "TooManyChildren",
	InvalidChild:                     "InvalidChild",
	DuplicateChild:                   "DuplicateChild",
	ProportionOverflow:               "ProportionOverflow",
	TooManyParents:                   "TooManyParents",
	InvalidChildkeyTake:              "InvalidChildkeyTake",
	TxChildkeyTakeRateLimitExceeded:  "TxChildkeyTakeRateLimitExceeded",
	InvalidRelayAddress:              "InvalidRelayAddress",
	InvalidRelayName:                 "InvalidRelayName",
	InvalidRelayProof:                "InvalidRelayProof",
	RelayProofExpired:                "RelayProofExpired",
	RelayOfAnother:                   "RelayOfAnother",
	TooManyRelays:                    "TooManyRelays",
	RelayListFull:                    "RelayListFull",
	RelayNotFound:                    "RelayNotFound",
}

// Codes returns all codes of refusals, in order.
func Codes() []Code {
	return slices.Sorted(func(yield func(Code) bool) {
		for c := range codeNames {
			if c != 0 && !yield(c) {
				return
			}
		}
	})
}

// String returns the code's name, such as "InsufficientBalance".
func (c Code) String() string {
	if n, ok := codeNames[c]; ok {
		return n
	}
	return "Code" + strconv.FormatUint(uint64(c), 10)
}

// Invalid says whether no block may hold a transaction with this code.
func (c Code) Invalid() bool { return c != 0 && c < FirstFailure }

// Refusal is the ledger's typed no: the rule by its code, and in words the current value and the one that would be
// allowed. Only the code is part of consensus, the words are not.
type Refusal struct {
	Code    Code
	Text    string
	Invalid bool // no block may hold the transaction: by the code, or because nobody would pay for the failure
}

// Error returns the words and the code's name.
func (r *Refusal) Error() string { return fmt.Sprintf("%s (%s)", r.Text, r.Code) }

// Refuse makes a [Refusal].
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...), Invalid: code.Invalid()}
}

package main

import "github.com/taolight/taolight/ui/model"

// AccountView is the page of one address.
type AccountView struct{ App *model.App }

// BlocksView lists blocks.
type BlocksView struct{ App *model.App }

// BlockView shows one block.
type BlockView struct{ App *model.App }

// NodeView shows the node itself.
type NodeView struct{ App *model.App }
